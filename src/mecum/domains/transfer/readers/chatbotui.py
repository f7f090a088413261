"""ChatbotUI's export: a history of conversations without ids or times for messages, folders and prompts beside it."""

from collections.abc import Iterator
from typing import Any, Final

from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.readers.stream import elements
from mecum.domains.transfer.readers.values import is_object, object_of, objects_of
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.incoming import Document, Found, Incoming, Skipped, Thread
from mecum.domains.transfer.rules.record import ROLES, Json

NAME: Final = "chatbotui"
_KNOWN: Final = frozenset("id name messages model prompt temperature".split())
_BESIDE: Final = ("folders", "prompts")


def knows(value: Any) -> bool:
    """Whether this is the whole of such a file (or, in its first version, the first of its elements)."""
    if not is_object(value):
        return False
    return isinstance(value.get("history"), list) or (isinstance(value.get("messages"), list) and "name" in value)


def read(source: Source) -> Iterator[Found]:
    """Return its conversations, then its folders and prompts."""
    for value in elements(source.file):
        if not is_object(value):
            yield Skipped("conversation", source.name, "it is not a conversation", pieces.kept({"": value}))
        elif "history" not in value:
            yield _thread(value)
        else:
            yield from map(_thread, objects_of(value["history"]))
            for table in _BESIDE:
                for place, item in enumerate(objects_of(value.get(table))):
                    yield Document(f"{NAME}/{table}", str(item.get("id") or place), pieces.kept(item))


def _thread(value: Json) -> Thread:
    legacy = pieces.kept({name: inner for name, inner in value.items() if name not in _KNOWN})
    thread = Thread(
        ref=str(value.get("id")),
        title=pieces.text_or_none(value.get("name"), 500),
        messages=[],
        model=pieces.text_or_none(object_of(value.get("model")).get("id")),
        system_prompt=pieces.text_or_none(value.get("prompt")),
        temperature=pieces.temperature(value.get("temperature")),
        metadata={"legacy": legacy} if legacy else {},
    )
    for place, message in enumerate(objects_of(value.get("messages"))):
        ref, role = f"{thread.ref}/{place}", str(message.get("role"))
        if role not in ROLES:
            reason = f"its role {role[:40]!r} is unknown"
            thread.skipped.append(Skipped("message", ref, reason, pieces.kept(message)))
            continue
        before = thread.messages[-1].ref if thread.messages else None
        parts, raw = pieces.said(message.get("content")), message.get("content")
        thread.messages.append(Incoming(ref=ref, parent=before, role=role, parts=parts, raw=raw))
    return thread
