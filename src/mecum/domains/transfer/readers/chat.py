"""SQLite files of the older chat servers: `conversations` and `messages`, in each of their shapes.

Before their first phase, after it (configuration, metadata, uuid, parents), and upgraded in place, where older rows
have neither; and the later one that names its enums (`USER`) and writes numbers as text. What is in a column that has
no place here travels in the metadata under `legacy`; what is in a table that has none, as a document.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.readers.values import is_object, list_of, object_of
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.incoming import Document, Found, Incoming, Skipped, Thread, arranged
from mecum.domains.transfer.rules.moments import Impossible, moment, moment_or_none
from mecum.domains.transfer.rules.record import ROLES, Json
from mecum.infra.storage.foreign import ForeignStore, Row

NAME: Final = "chat-db"
_OWN: Final = ("conversations", "messages")
_TIMES: Final = ("timestamp", "created_at")
_CHANGES: Final = ("updated_at", "last_activity_at")
_MODELS: Final = ("model", "model_name")
_TOKENS: Final = ("token_count", "tokens")
_KNOWN: Final = frozenset(
    ("id", "title", *_TIMES, *_CHANGES, *_MODELS, "system_prompt", "temperature", "metadata", "uuid")
)
_KNOWN_OF_MESSAGE: Final = frozenset(
    "id conversation_id step role content thinking tool_name tool_calls tool_results model model_name timestamp "
    "created_at confidence_score token_count tokens processing_time_ms metadata parent_message_id uuid".split()
)
_RAW: Final = ("role", "content", "thinking", "tool_name", "tool_calls", "tool_results")
_CONFIDENCE: Final = "imported"
"""The method of a confidence that another system stored, and did not say how it came to it."""


def knows_tables(tables: Mapping[str, Any]) -> bool:
    """Whether a SQLite file is such a record."""
    return set(_OWN) <= tables.keys() and {"conversation_id", "role", "content"} <= set(tables["messages"])


def read(source: Source) -> Iterator[Found]:
    """Return conversations, orphans, and the rows of other tables."""
    with ForeignStore(source.file) as store:
        yield from _Record(store).found()


class _Record:
    def __init__(self, store: ForeignStore) -> None:
        self._store = store
        store.index("messages", "conversation_id")

    def found(self) -> Iterator[Found]:
        """Return everything, in the order of the file's ids."""
        known: set[Any] = set()
        for row in self._store.rows("conversations", ("id",)):
            known.add(row["id"])
            yield self._thread(row)
        for row in self._store.rows("messages", ("id",)):
            if row["conversation_id"] not in known:
                reason = f"its conversation {row['conversation_id']} is not in the file"
                yield Skipped("message", f"messages/{row['id']}", reason, pieces.kept(row))
        for table in sorted(self._store.tables.keys() - set(_OWN)):
            for place, row in enumerate(self._store.rows(table)):
                yield Document(table, str(row.get("id", place)), pieces.kept(row))

    def _thread(self, row: Row) -> Thread:
        at = _first(row, _TIMES)
        metadata = _metadata(row, _KNOWN)
        if row.get("uuid"):
            metadata["uuid"] = pieces.plain(row["uuid"])
        thread = Thread(
            ref=str(row["id"]),
            title=pieces.text_or_none(row.get("title"), 500),
            messages=[],
            created_at=moment_or_none(at),
            last_activity_at=moment_or_none(_first(row, _CHANGES)),
            distinct=at if isinstance(row["id"], int) else None,
            model=pieces.text_or_none(_first(row, _MODELS)),
            system_prompt=pieces.text_or_none(row.get("system_prompt")),
            temperature=pieces.temperature(row.get("temperature")),
            metadata=metadata,
        )
        rows = sorted(self._store.matching("messages", "conversation_id", row["id"]), key=_place)
        for message in rows:
            _Taken(thread, message).take()
        thread.messages = arranged(thread.messages)
        return thread


class _Taken:
    """One row of messages on its way into a conversation."""

    def __init__(self, thread: Thread, row: Row) -> None:
        self._thread, self._row, self._ref = thread, row, str(row["id"])

    def take(self) -> None:
        """Add it, or the reason why not."""
        role = str(self._row.get("role") or "").lower()
        if role not in ROLES:
            self._skip(f"its role {str(self._row.get('role'))[:40]!r} is unknown")
            return
        try:
            at = moment(_first(self._row, _TIMES))
        except Impossible:
            self._skip("its time is impossible")
            return
        self._thread.messages.append(self._message(role, at))

    def _message(self, role: str, at: int | None) -> Incoming:
        row = self._row
        metadata = _metadata(row, _KNOWN_OF_MESSAGE)
        if row.get("uuid"):
            metadata["uuid"] = pieces.plain(row["uuid"])
        confidence = pieces.number(row.get("confidence_score"))
        above = row.get("parent_message_id")
        before = self._thread.messages[-1].ref if self._thread.messages else None
        there = {message.ref for message in self._thread.messages}
        return Incoming(
            ref=self._ref,
            parent=str(above) if above is not None and str(above) in there else before,
            role=role,
            parts=self._parts(role),
            raw=[row.get(name) or None for name in _RAW],
            at=at,
            model=pieces.text_or_none(_first(row, _MODELS)) if role == "assistant" else None,
            token_count=pieces.whole(_first(row, _TOKENS)),
            processing_ms=pieces.whole(row.get("processing_time_ms")),
            confidence=confidence,
            confidence_method=None if confidence is None else _CONFIDENCE,
            metadata=metadata,
        )

    def _parts(self, role: str) -> list[Json]:
        row = self._row
        parts = pieces.said(row.get("thinking"), "reasoning")
        if role == "tool" and isinstance(row.get("content"), str) and row["content"]:
            parts += pieces.result(self._called(row.get("tool_name")), row.get("tool_name"), row["content"])
        else:
            parts += pieces.said(row.get("content"))
        return [*parts, *self._calls(row.get("tool_calls")), *self._results(row.get("tool_results"))]

    def _calls(self, written: Any) -> list[Json]:
        given = pieces.parsed(written)
        if not isinstance(given, list):
            return pieces.said(written)
        return [part for place, item in enumerate(list_of(given)) for part in self._call(place, item)]

    def _call(self, place: int, item: Any) -> list[Json]:
        function = object_of(object_of(item).get("function")) or object_of(item)
        if not isinstance(function.get("name"), str):
            return pieces.said(item)
        call_id = object_of(item).get("id") or f"call_{self._ref}_{place}"
        return pieces.call(call_id, function["name"], function.get("arguments") or {})

    def _results(self, written: Any) -> list[Json]:
        if written in (None, "", b""):
            return []
        given = pieces.parsed(written)
        items: Sequence[Any] = list_of(given) if isinstance(given, list) else [written]
        return [part for item in items for part in self._result(item)]

    def _result(self, item: Any) -> list[Json]:
        if not isinstance(item, str) and not is_object(item):
            return pieces.said(item)
        about = object_of(item)
        name = about.get("name") or about.get("tool_name") or self._row.get("tool_name")
        content = about.get("content", about.get("result", item))
        return pieces.result(about.get("tool_call_id") or self._called(name), name, content)

    def _called(self, name: Any) -> str:
        """Return the id of the nearest call of this tool before, or one of its own."""
        for message in reversed(self._thread.messages):
            for part in reversed(message.parts):
                if part["type"] == "tool_call" and (not name or part["name"] == name):
                    return str(part["call_id"])
        return f"call_{self._ref}"

    def _skip(self, reason: str) -> None:
        self._thread.skipped.append(Skipped("message", f"messages/{self._ref}", reason, pieces.kept(self._row)))


def _place(row: Row) -> tuple[bool, Any, bool, Any]:
    """Where a message stands: by its step, those without one last, by its id within that."""
    step, number = row.get("step"), row["id"]
    by_step = step if isinstance(step, int) else None
    return by_step is None, by_step or 0, not isinstance(number, int), number if isinstance(number, int) else _at(row)


def _at(row: Row) -> Any:
    return moment_or_none(_first(row, _TIMES)) or 0


def _first(row: Row, names: Sequence[str]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _metadata(row: Row, known: frozenset[str]) -> Json:
    """Return what becomes of `metadata`, and under `legacy` what stands in columns of no place here."""
    given = pieces.parsed(row.get("metadata"))
    metadata = pieces.kept(given) if is_object(given) else {}
    beside = {name: value for name, value in row.items() if name not in known}
    if not is_object(given):
        beside["metadata"] = row.get("metadata")
    legacy = pieces.kept(beside)
    return {**metadata, "legacy": legacy} if legacy else metadata
