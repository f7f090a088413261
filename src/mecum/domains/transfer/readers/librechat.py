"""LibreChat's export of one conversation: nested by `children`, or a list whose messages name their parents."""

from collections.abc import Iterator
from typing import Any, Final

from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.readers.stream import elements
from mecum.domains.transfer.readers.values import is_object, object_of, objects_of
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.incoming import Attached, Found, Incoming, Skipped, Thread, arranged
from mecum.domains.transfer.rules.moments import Impossible, moment
from mecum.domains.transfer.rules.record import Json

NAME: Final = "librechat"
_KNOWN: Final = frozenset("conversationId title messages options exportAt branches recursive".split())
_KNOWN_OF_MESSAGE: Final = frozenset(
    "_id __v messageId conversationId createdAt updatedAt isCreatedByUser parentMessageId text content children "
    "tokenCount unfinished error model files attachments user".split()
)


def knows(value: Any) -> bool:
    """Whether this is the whole of such a file."""
    return is_object(value) and "conversationId" in value and isinstance(value.get("messages"), list)


def read(source: Source) -> Iterator[Found]:
    """Return its conversation."""
    for value in elements(source.file):
        if knows(value):
            yield _thread(source, value)
        else:
            yield Skipped("conversation", source.name, "it is not a conversation", pieces.kept({"": value}))


def _thread(source: Source, value: Json) -> Thread:
    options = object_of(value.get("options"))
    legacy = pieces.kept({name: inner for name, inner in value.items() if name not in _KNOWN})
    thread = Thread(
        ref=str(value["conversationId"]),
        title=pieces.text_or_none(value.get("title"), 500),
        messages=[],
        model=pieces.text_or_none(options.get("model")),
        system_prompt=pieces.text_or_none(options.get("promptPrefix")),
        temperature=pieces.temperature(options.get("temperature")),
        metadata=pieces.kept({"legacy": {**legacy, "options": pieces.kept(options)}}),
    )
    for message in _flat(objects_of(value["messages"])):
        _take(source, thread, message)
    thread.messages = arranged(thread.messages)
    return thread


def _flat(messages: list[Json]) -> Iterator[Json]:
    waiting = messages[::-1]
    while waiting:
        message = waiting.pop()
        yield message
        waiting.extend(objects_of(message.get("children"))[::-1])


def _take(source: Source, thread: Thread, message: Json) -> None:
    ref = str(message.get("messageId") or f"{thread.ref}/{len(thread.messages)}")
    role = _role(message)
    try:
        at = moment(message.get("createdAt"))
    except Impossible:
        reason = "its time is impossible"
        thread.skipped.append(Skipped("message", f"{thread.ref}/{ref}", reason, pieces.kept(_alone(message))))
        return
    if role is None:
        reason = "its role is unknown"
        thread.skipped.append(Skipped("message", f"{thread.ref}/{ref}", reason, pieces.kept(_alone(message))))
        return
    legacy = pieces.kept({name: inner for name, inner in message.items() if name not in _KNOWN_OF_MESSAGE})
    failed = message.get("error") is True
    thread.messages.append(
        Incoming(
            ref=ref,
            parent=str(message.get("parentMessageId")),
            role=role,
            parts=[*_parts(message), *_files(source, thread, message, ref)],
            raw=[message.get("text"), message.get("content")],
            at=at,
            model=pieces.text_or_none(message.get("model")),
            token_count=pieces.whole(message.get("tokenCount")),
            state="failed" if failed else "interrupted" if message.get("unfinished") is True else "complete",
            metadata={"legacy": legacy} if legacy else {},
        )
    )


def _role(message: Json) -> str | None:
    by_person = message.get("isCreatedByUser")
    if isinstance(by_person, bool):
        return "user" if by_person else "assistant"
    return {"user": "user", "assistant": "assistant"}.get(str(message.get("sender")).lower())


def _alone(message: Json) -> Json:
    return {name: value for name, value in message.items() if name != "children"}


def _parts(message: Json) -> list[Json]:
    blocks = objects_of(message.get("content"))
    if not blocks:
        return pieces.said(message.get("text"))
    return [part for block in blocks for part in _block(block)]


def _block(block: Json) -> list[Json]:
    match block.get("type"):
        case "text":
            text = block.get("text")
            return pieces.said(text.get("value") if is_object(text) else text)
        case "think":
            think = block.get("think")
            return pieces.said(think.get("value") if is_object(think) else think, "reasoning")
        case "tool_call" if is_object(block.get("tool_call")):
            call = block["tool_call"]
            made = pieces.call(call.get("id") or "", call.get("name"), call.get("args") or "{}")
            output = call.get("output")
            return made if output is None else [*made, *pieces.result(call.get("id") or "", call.get("name"), output)]
        case _:
            return pieces.said(block)


def _files(source: Source, thread: Thread, message: Json, ref: str) -> Iterator[Json]:
    for item in [*objects_of(message.get("files")), *objects_of(message.get("attachments"))]:
        name = pieces.text_or_none(item.get("filename")) or "file"
        found = source.attached(str(item.get("file_id") or name))
        if isinstance(found, str):
            thread.skipped.append(Skipped("file", f"{thread.ref}/{ref}/{name}", found))
            yield from pieces.said(f"[{name}]")
        else:
            thread.files[f"{ref}/{name}"] = Attached(name, found.content)
            yield {"type": "file", "file_id": f"{ref}/{name}", "name": name, "media_type": "", "size": 0}
