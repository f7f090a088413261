"""A record of another system brought in: how long it takes, what it weighs, and what people notice of it meanwhile."""

import json
import random
import time
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import Any

from bench import load, machine, places
from bench.figure import Bench, Figure, Values
from bench.load import Answers
from bench.rows import Goal, NotMeasured, Value
from bench.seed import vocabulary
from bench.servers import Client, Server, start_ours, stopping

_MESSAGES = 10
_WORDS = 20
_IDLE_SECONDS = 3.0
_LIMIT_SECONDS = 400.0
_SET = 10
"""Answers of which one 95th percentile is taken; the figure is the middle one of the sets."""
_EACH_MS = 500
"""Between the beginnings of two answers: somebody who asks twice a second."""

GOALS = (
    Goal("import_seconds", "s", most=60),
    Goal("import_memory", "MB", most=150),
    Goal("import_seconds_beside_chat", "s", most=60),
    Goal("import_first_token_p95", "× idle", most=1.5),
)


def _measure(bench: Bench) -> Values:
    conversations = bench.size(2_000, 10_000)
    file = places.fresh("import-file") / "conversations.json"
    _write(file, conversations)
    bench.say(f"{conversations:,} conversations, {file.stat().st_size / 1e6:.0f} MB")
    share = 10_000 / conversations
    with stopping(start_ours(bench.upstream(), places.fresh("import"))) as server:
        time.sleep(_IDLE_SECONDS)
        idle = machine.rss_mb(server.pid)
        with Weighed(server) as weighed:
            alone = _imported(server, file)
        memory = weighed.most - idle
    with stopping(start_ours(bench.upstream(), places.fresh("import-chat"))) as server:
        load.answers(server, "sse", _answers(_SET))
        sets = range(bench.size(2, 4))
        before = median(load.answers(server, "sse", _answers(_SET)).seen["first_p95"] for _ in sets)
        beside, meanwhile = _beside(server, file)
    note = f"of {conversations:,} conversations, {conversations * _MESSAGES:,} messages"
    return {
        "import_seconds": Value(alone * share, note + (", scaled" if share > 1 else "")),
        "import_memory": Value(memory, f"above {idle:.0f}"),
        "import_seconds_beside_chat": Value(beside * share, f"an answer every {_EACH_MS} ms"),
        "import_first_token_p95": Value(meanwhile / before, f"{meanwhile:.1f} against {before:.1f} ms"),
    }


def _answers(many: int) -> Answers:
    return Answers(streams=many, tokens=3, gap=20, ramp=many * _EACH_MS)


def _imported(server: Server, file: Path) -> float:
    """Return the seconds from the request to the reckoning."""
    client = server.client(timeout=120)
    began = time.monotonic()
    view = begin(client, file)
    while view["state"] in ("queued", "running"):
        if time.monotonic() - began > _LIMIT_SECONDS:
            raise NotMeasured(f"not over after {_LIMIT_SECONDS:.0f} s: {view['found']} found")
        time.sleep(0.25)
        view = client.ask("GET", f"/api/v1/imports/{view['id']}")
    if view["state"] != "done" or view["imported"] != view["found"]:
        raise NotMeasured(f"the import ended {view['state']}: {view['code']}")
    return time.monotonic() - began


def begin(client: Client, file: Path) -> Any:
    """Upload a file and ask for its import; return the import."""
    status, body = client.raw("POST", f"/api/v1/imports/files?name={file.name}", file.read_bytes())
    if status != 201:
        raise NotMeasured(f"the upload was answered {status}")
    return client.ask("POST", "/api/v1/imports", {"files": [json.loads(body)["id"]]})


def _beside(server: Server, file: Path) -> tuple[float, float]:
    """Import while answers are asked for; return its seconds, and the 95th percentile of the first tokens (ms)."""
    taken: list[float] = []
    thread = Thread(target=lambda: taken.append(_imported(server, file)))
    thread.start()
    seen: list[float] = []
    while thread.is_alive():
        found = load.answers(server, "sse", _answers(_SET)).seen["first_p95"]
        if thread.is_alive():
            seen.append(found)
    thread.join()
    if not taken or not seen:
        raise NotMeasured("the import was over too soon")
    return taken[0], median(seen)


class Weighed:
    """Watches the memory of a server: `most` MB."""

    def __init__(self, server: Server) -> None:
        self._pid, self._over, self.most = server.pid, Event(), 0.0
        self._thread = Thread(target=self._watch)

    def __enter__(self) -> "Weighed":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self.most = max(self.most, machine.rss_mb(self._pid))


def _write(file: Path, conversations: int) -> None:
    """Write such an export as ChatGPT makes, in words as uneven as in life."""
    chance, words = random.Random(5), vocabulary()
    weights = [1 / (rank + 2.7) for rank in range(len(words))]
    said = [" ".join(chance.choices(words, weights, k=_WORDS)) for _ in range(2_000)]
    with file.open("w") as out:
        for number in range(conversations):
            out.write("," if number else "[")
            json.dump(_conversation(number, chance, said), out)
        out.write("]")


def _conversation(number: int, chance: random.Random, said: list[str]) -> dict[str, Any]:
    at, mapping = 1.6e9 + 1e4 * number, dict[str, Any]()
    before: str | None = None
    for place in range(_MESSAGES):
        key = f"{number:08x}-{place:04x}-4000-8000-000000000000"
        text = f"{chance.choice(said)} {chance.choice(said)[:20]} {number}"
        role = "assistant" if place % 2 else "user"
        content = {"content_type": "text", "parts": [text]}
        message = {"id": key, "author": {"role": role}, "create_time": at + place, "content": content, "metadata": {}}
        mapping[key] = {"id": key, "message": message, "parent": before, "children": []}
        if before is not None:
            mapping[before]["children"].append(key)
        before = key
    times = {"create_time": at, "update_time": at + _MESSAGES}
    ref = f"conversation-{number}"
    return {"title": f"About {number}", **times, "mapping": mapping, "conversation_id": ref, "current_node": before}


FIGURES = (Figure("import", GOALS, _measure, alone=False),)
