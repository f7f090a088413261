"""Our own JSON and JSON Lines: everything a conversation has, to the byte.

JSON is one object `{format, version, conversation, messages, files}`; JSON Lines has the same one record a line, each
with its `type`. A file's bytes are base64.
"""

import json
from collections.abc import AsyncIterator
from typing import Any, Final, cast

import orjson

from mecum.domains.transfer.errors import NotAConversation
from mecum.domains.transfer.rules import shapes
from mecum.domains.transfer.rules.exact import cleaned, data_part, storable_part
from mecum.domains.transfer.rules.record import Json, Record, Report
from mecum.kernel.text import shown

FORMAT: Final = "mecum.conversation"
VERSION: Final = 1


Files = AsyncIterator[tuple[Json, AsyncIterator[bytes]]]
"""What is known of each file, and its bytes as base64, piece by piece: a large one is never held as a whole."""


async def write_json(record: Record, files: Files) -> AsyncIterator[bytes]:
    """Return the export in pieces."""
    head = {"format": FORMAT, "version": VERSION, "conversation": record.conversation}
    yield orjson.dumps(head)[:-1] + b',"messages":['
    for place, message in enumerate(record.messages):
        yield (b",\n" if place else b"\n") + orjson.dumps(message)
    yield b'],"files":['
    before = b"\n"
    async for known, pieces in files:
        yield before + _opened(known)
        async for piece in pieces:
            yield piece
        yield b'"}'
        before = b",\n"
    yield b"]}\n"


async def write_jsonl(record: Record, files: Files) -> AsyncIterator[bytes]:
    """Return the export line by line."""
    head = {"type": "conversation", "format": FORMAT, "version": VERSION, **record.conversation}
    yield orjson.dumps(head) + b"\n"
    for message in record.messages:
        yield orjson.dumps({"type": "message", **message}) + b"\n"
    async for known, pieces in files:
        yield _opened({"type": "file", **known})
        async for piece in pieces:
            yield piece
        yield b'"}\n'


def _opened(known: Json) -> bytes:
    return orjson.dumps(known)[:-1] + b',"base64":"'


def read_json(body: bytes, report: Report) -> Record:
    """Return what an export in JSON holds; raises NotAConversation."""
    whole = parsed(body)
    if not isinstance(whole, dict):
        raise NotAConversation
    return _record(cast("Json", whole), report)


def read_jsonl(body: bytes, report: Report) -> Record:
    """Return what an export in JSON Lines holds; raises NotAConversation."""
    lines = [parsed(line) for line in body.splitlines() if line.strip()]
    if not lines or not all(isinstance(line, dict) for line in lines):
        raise NotAConversation
    of_type: dict[str, list[Json]] = {"conversation": [], "message": [], "file": []}
    for line in cast("list[Json]", lines):
        kind = str(line.pop("type", ""))
        if kind in of_type:
            of_type[kind].append(line)
        else:
            report.lose("lines of an unknown type are left out")
    if len(of_type["conversation"]) != 1:
        raise NotAConversation("One line must be the conversation.")
    head = of_type["conversation"][0]
    names = {name: head.pop(name, None) for name in ("format", "version")}
    return _record({**names, "conversation": head, "messages": of_type["message"], "files": of_type["file"]}, report)


def parsed(body: bytes) -> Any:
    """Return JSON, halves of surrogate pairs included; raises NotAConversation."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotAConversation("This is not JSON in UTF-8.") from error


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _record(whole: Json, report: Report) -> Record:
    if whole.get("format") != FORMAT or whole.get("version") != VERSION:
        raise NotAConversation(f"This is not an export of version {VERSION}.")
    conversation = shapes.checked(shapes.CONVERSATION, whole.get("conversation"), "conversation")
    messages = shapes.checked(shapes.MESSAGES, whole.get("messages"), "messages")
    files = shapes.checked(shapes.FILES, whole.get("files") or [], "files")
    for shape in (conversation, conversation.config, *messages):
        report.lose("unknown fields are left out", len(shape.model_extra or {}) - _expected(shape))
    return Record(
        conversation=_conversation(conversation),
        messages=_in_order([_message(message, report) for message in messages]),
        files={file.id: cleaned(file.model_dump()) for file in files},
    )


def _expected(shape: Any) -> int:
    """How many of the fields beyond the shape are known and made anew: they are no loss."""
    return len({"run_id", "cost", "exported_at"} & set(shape.model_extra or {}))


def _conversation(shape: shapes.ConversationShape) -> Json:
    known = set(shapes.ConversationShape.model_fields)
    values: Json = cleaned(shape.model_dump(include=known))
    values["leaf_id"] = None if shape.leaf_id is None else str(shape.leaf_id)
    values["config"] = cleaned(shape.config.model_dump(include=set(shapes.Config.model_fields)))
    return values


def _message(shape: shapes.MessageShape, report: Report) -> Json:
    parts: list[Json] = []
    for part in shape.parts:
        if shapes.known_part(part):
            parts.extend(storable_part(part, report))
        else:
            report.lose("parts of an unknown type are kept as data")
            parts.append(data_part(part))
    values: Json = shape.model_dump(include=set(shapes.MessageShape.model_fields), exclude={"parts"})
    parent_id = None if shape.parent_id is None else str(shape.parent_id)
    return {**cleaned(values), "id": str(shape.id), "parent_id": parent_id, "parts": parts}


def _in_order(messages: list[Json]) -> list[Json]:
    """Return the messages, parents first, otherwise as they came; raises NotAConversation for a tree that is none."""
    by_id = {message["id"]: message for message in messages}
    if len(by_id) != len(messages):
        raise NotAConversation("Two messages have the same id.")
    ordered: dict[str, Json] = {}
    for message in messages:
        for message_id in _upwards(message, by_id, ordered)[::-1]:
            ordered[message_id] = by_id[message_id]
    return list(ordered.values())


def _upwards(message: Json, by_id: dict[str, Json], done: dict[str, Json]) -> list[str]:
    """Return the message and those above it that are not yet in order."""
    path: list[str] = []
    seen: set[str] = set()
    at: str | None = message["id"]
    while at is not None and at not in done:
        if at in seen or at not in by_id:
            raise NotAConversation(f"The message {shown(message['id'][:50])} does not hang on a root.")
        path.append(at)
        seen.add(at)
        at = by_id[at]["parent_id"]
    return path
