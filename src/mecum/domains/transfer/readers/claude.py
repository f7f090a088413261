"""Claude's `conversations.json`: messages with blocks of text, thinking and tools, and files as extracted text."""

from collections.abc import Iterator
from typing import Any, Final

from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.readers.stream import elements
from mecum.domains.transfer.readers.values import is_object, object_of, objects_of
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.incoming import Attached, Found, Incoming, Skipped, Thread, arranged
from mecum.domains.transfer.rules.moments import Impossible, moment, moment_or_none
from mecum.domains.transfer.rules.record import Json

NAME: Final = "claude"
_ROLES: Final = {"human": "user", "user": "user", "assistant": "assistant", "system": "system"}
_KNOWN: Final = frozenset("uuid name created_at updated_at chat_messages account".split())
_KNOWN_OF_MESSAGE: Final = frozenset(
    "uuid text content sender created_at updated_at attachments files parent_message_uuid".split()
)


def knows(value: Any) -> bool:
    """Whether this is the first element, or the whole, of such a file."""
    return is_object(value) and isinstance(value.get("chat_messages"), list)


def read(source: Source) -> Iterator[Found]:
    """Return its conversations."""
    for place, value in enumerate(elements(source.file)):
        if knows(value):
            yield _thread(source, value)
        else:
            yield Skipped(
                "conversation", f"{source.name}#{place}", "it is not a conversation", pieces.kept({"": value})
            )


def _thread(source: Source, value: Json) -> Thread:
    legacy = pieces.kept({name: inner for name, inner in value.items() if name not in _KNOWN})
    thread = Thread(
        ref=str(value.get("uuid") or f"{value.get('created_at')}/{value.get('name')}"),
        title=pieces.text_or_none(value.get("name"), 500),
        messages=[],
        created_at=moment_or_none(value.get("created_at")),
        last_activity_at=moment_or_none(value.get("updated_at")),
        model=pieces.text_or_none(value.get("model")),
        metadata={"legacy": legacy} if legacy else {},
    )
    for place, message in enumerate(objects_of(value["chat_messages"])):
        _take(source, thread, message, place)
    thread.messages = arranged(thread.messages)
    return thread


def _take(source: Source, thread: Thread, message: Json, place: int) -> None:
    ref = str(message.get("uuid") or f"{thread.ref}/{place}")
    role = _ROLES.get(str(message.get("sender")))
    if role is None:
        reason = f"its role {str(message.get('sender'))[:40]!r} is unknown"
        thread.skipped.append(Skipped("message", f"{thread.ref}/{ref}", reason, pieces.kept(message)))
        return
    try:
        at = moment(message.get("created_at"))
    except Impossible:
        reason = "its time is impossible"
        thread.skipped.append(Skipped("message", f"{thread.ref}/{ref}", reason, pieces.kept(message)))
        return
    there = {one.ref for one in thread.messages}
    before = thread.messages[-1].ref if thread.messages else None
    given = str(message.get("parent_message_uuid"))
    legacy = pieces.kept({name: inner for name, inner in message.items() if name not in _KNOWN_OF_MESSAGE})
    thread.messages.append(
        Incoming(
            ref=ref,
            parent=given if given in there else None if _is_root(given) else before,
            role=role,
            parts=[*_parts(message), *_files(source, thread, message, ref)],
            raw=[message.get("text"), message.get("content")],
            at=at,
            metadata={"legacy": legacy} if legacy else {},
        )
    )


def _is_root(given: str) -> bool:
    return given.startswith("00000000-0000-")


def _parts(message: Json) -> list[Json]:
    blocks = objects_of(message.get("content"))
    if not blocks:
        return pieces.said(message.get("text"))
    return [part for block in blocks for part in _block(block)]


def _block(block: Json) -> list[Json]:
    match block.get("type"):
        case "text":
            return [*pieces.said(block.get("text")), *_citations(block)]
        case "thinking":
            return pieces.said(block.get("thinking"), "reasoning")
        case "tool_use":
            return pieces.call(block.get("id") or "", block.get("name"), block.get("input"))
        case "tool_result":
            content = "\n".join(str(item["text"]) for item in objects_of(block.get("content")) if "text" in item)
            failed = bool(block.get("is_error"))
            said = content or block.get("content")
            return pieces.result(block.get("tool_use_id") or "", block.get("name"), said, is_error=failed)
        case "token_budget":
            return []
        case _:
            return pieces.said(block)


def _citations(block: Json) -> list[Json]:
    found: list[Json] = []
    for item in objects_of(block.get("citations")):
        details = object_of(item.get("details"))
        url = item.get("url") or details.get("url")
        made: Json = {"type": "citation", "title": str(item.get("title") or url or ""), "quote": ""}
        made["quote"] = str(item.get("cited_text") or "")
        found.extend(pieces.part({**made, "url": str(url)} if url else made))
    return found


def _files(source: Source, thread: Thread, message: Json, ref: str) -> Iterator[Json]:
    for place, item in enumerate(objects_of(message.get("attachments"))):
        name = pieces.text_or_none(item.get("file_name")) or "attachment.txt"
        text = item.get("extracted_content")
        if isinstance(text, str) and text:
            key = f"{ref}/{place}"
            thread.files[key] = Attached(name, text.encode("utf-8", "surrogatepass"))
            yield {"type": "file", "file_id": key, "name": name, "media_type": "", "size": 0}
        else:
            thread.skipped.append(Skipped("file", f"{thread.ref}/{ref}/{name}", "its file did not come along"))
            yield from pieces.said(f"[{name}]")
    for item in objects_of(message.get("files")):
        name = pieces.text_or_none(item.get("file_name")) or "file"
        found = source.attached(str(item.get("file_uuid") or name))
        if isinstance(found, str):
            thread.skipped.append(Skipped("file", f"{thread.ref}/{ref}/{name}", found))
            yield from pieces.said(f"[{name}]")
        else:
            key = f"{ref}/{name}"
            thread.files[key] = Attached(name, found.content)
            yield {"type": "file", "file_id": key, "name": name, "media_type": "", "size": len(found.content)}
