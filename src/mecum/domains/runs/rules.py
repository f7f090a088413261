"""What holds of runs without asking a database: any old position in a settled run still gives the exact text."""

from collections.abc import Mapping
from typing import Any

import orjson

from mecum.kernel import clock


def stored_events(run: Mapping[str, Any], message: Mapping[str, Any] | None, after: int) -> list[tuple[int, bytes]]:
    """Return (seq, envelope) of what a client who has `after` still needs; nothing when it has the end.

    Parts are told whole from offset 0: a client takes only the bytes beyond those it has. Only the end carries the last
    number, so that a connection that breaks before it is told everything again.
    """
    last = run["last_seq"]
    if after >= last:
        return []
    head = {"v": 1, "run_id": run["id"], "conversation_id": run["conversation_id"], "message_id": run["message_id"]}
    events: list[dict[str, Any]] = []
    for index, part in enumerate(message["parts"] if message else ()):
        events.append({"type": "part.started", "part": index, "kind": part["type"]})
        if part.get("logprobs"):
            events.append({"type": "part.logprobs", "part": index, "tokens": part["logprobs"]})
        if part["type"] in ("text", "reasoning"):
            events.append({"type": "part.delta", "part": index, "offset": 0, "text": part["text"]})
        whole = None if part["type"] in ("text", "reasoning") else part
        events.append({"type": "part.completed", "part": index, "content": whole})
    end = {"type": f"run.{run['status']}", "status": run["status"], "message": message, "error": run["error"]}
    ts = clock.iso(clock.milliseconds())
    numbered = [*((last - 1, event) for event in events), (last, end)]
    return [(seq, orjson.dumps({**head, "seq": seq, "ts": ts, **event})) for seq, event in numbered]
