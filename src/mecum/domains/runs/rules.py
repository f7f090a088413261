"""What holds of runs without asking a database: any old position in a settled run still gives the exact text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from mecum.kernel import clock


@dataclass(frozen=True, slots=True)
class AnsweredRun:
    """A settled run as figures of who answered are made from it; moments in milliseconds."""

    id: str
    message_id: str
    status: str
    assistant_id: str | None
    revision: int | None
    """Of the assistant, as it was then."""
    parts: tuple[bytes, ...]
    """The hashes of the parts of its request."""
    started_at: int | None
    finished_at: int
    thumb: int | None


def answered_run(row: Sequence[Any]) -> AnsweredRun:
    """Return it from (id, message, status, wants, request, started, finished, thumb)."""
    run_id, message_id, status, wants, request, started, finished, thumb = row
    named: dict[str, Any] = wants.get("assistant") or {}
    return AnsweredRun(
        id=run_id,
        message_id=message_id,
        status=status,
        assistant_id=named.get("id"),
        revision=named.get("revision"),
        parts=tuple(parts_of(request)),
        started_at=None if started is None else clock.to_milliseconds(started),
        finished_at=clock.to_milliseconds(finished),
        thumb=thumb,
    )


def parts_of(request: Mapping[str, Any] | None) -> list[bytes]:
    """Return the hashes of the parts that a stored request refers to."""
    return [bytes.fromhex(part) for part in (request or {}).get("parts", ())]


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
