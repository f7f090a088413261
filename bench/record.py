"""What is added to what a person writes: to the prompt, and on the disk."""

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from bench import places
from bench.figure import Bench, Figure, Values
from bench.rows import Goal, NotMeasured, Value
from bench.servers import Client, Server, start_ours, stopping

_TEXT = "Say something short about foxes."
_TURNS = 20
"""Turns in one conversation."""

PROMPT = (Goal("prompt_added", "bytes", most=1024),)
STORED = (Goal("stored_per_message", "bytes", most=400),)


def _prompt(bench: Bench) -> Values:
    with stopping(start_ours(bench.upstream(), places.fresh("prompt"))) as server:
        server.client().ask("POST", "/api/v1/runs", {"text": _TEXT, "model": server.model(0, 4, 0), "wait": True})
        _, asked = bench.upstream().client().raw("GET", "/__last")
    body = asked.partition(b"\r\n\r\n")[2]
    if _TEXT.encode() not in body:
        raise NotMeasured("the model server was not asked")
    return {"prompt_added": Value(len(body) - len(_TEXT), "the whole body of the request beyond the text")}


def _stored(bench: Bench) -> Values:
    data = places.fresh("stored")
    start_ours(bench.upstream(), data).stop()
    before = _size(data)
    with stopping(start_ours(bench.upstream(), data)) as server:
        _converse(server, bench.size(40, 200))
    after, (messages, text) = _size(data), _texts(data)
    note = f"{messages} messages in conversations of {2 * _TURNS}; {_heaviest(data, messages)}"
    return {"stored_per_message": Value((after - before - text) / messages, note)}


def _converse(server: Server, conversations: int) -> None:
    failures: list[BaseException] = []

    def some() -> None:
        try:
            for _ in range(conversations // 4):
                _conversation(server.client(), server.model(0, 64, 0))
        except (NotMeasured, OSError) as error:
            failures.append(error)

    threads = [threading.Thread(target=some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise NotMeasured(str(failures[0]))


def _conversation(client: Client, model: str) -> None:
    body: dict[str, Any] = {"text": _TEXT, "model": model, "wait": True}
    for _ in range(_TURNS):
        run = cast("dict[str, Any]", client.ask("POST", "/api/v1/runs", body))
        if run["status"] != "completed":
            raise NotMeasured(f"a run ended {run['status']}")
        body["conversation_id"] = run["conversation_id"]


def _open(data: Path) -> sqlite3.Connection:
    return sqlite3.connect(data / "mecum.db")


def _size(data: Path) -> int:
    """Bytes of the database in use, with nothing left in the log beside it."""
    with closing(_open(data)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages, free, size = (
            store.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * size)


def _texts(data: Path) -> tuple[int, int]:
    with closing(_open(data)) as store:
        parts = [json.loads(row[0]) for row in store.execute("SELECT parts FROM messages")]
    return len(parts), sum(len(part.get("text", "").encode()) for message in parts for part in message)


def _heaviest(data: Path, messages: int) -> str:
    """Name the tables and indexes that take most, in bytes per message."""
    with closing(_open(data)) as store:
        try:
            found = store.execute(
                "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 6"
            ).fetchall()
        except sqlite3.OperationalError:
            return "this SQLite cannot say of what"
    return ", ".join(f"{name} {size / messages:.0f}" for name, size in found)


FIGURES = (
    Figure("prompt", PROMPT, _prompt, alone=False),
    Figure("stored", STORED, _stored, alone=False),
)
