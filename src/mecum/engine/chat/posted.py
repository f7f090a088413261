"""Messages that a caller brings along: their parts as the record keeps them, and the chain they make in the tree."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mecum.domains.conversations import api as conversations
from mecum.engine.chat.turn import Posted, TurnRequest
from mecum.inference.exchange import Role
from mecum.infra.storage import Op
from mecum.kernel import ids
from mecum.kernel.text import exact_base64, is_storable, shown

FileOf = Callable[[TurnRequest, str], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A posted message with its place in the record."""

    id: str
    parent_id: str | None
    role: Role
    parts: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """Its text."""
        return text_of(self.parts)


async def chain(request: TurnRequest, parent_id: str | None, file_of: FileOf, most_bytes: int) -> list[Kept]:
    """Return the posted messages, each under the one before; raises what is wrong with one of them."""
    kept: list[Kept] = []
    for message in request.posted:
        parts = [await _part(request, message, part, file_of) for part in message.parts]
        if not parts and message.role == "user":
            raise conversations.MessageEmpty
        if len(orjson.dumps(parts)) > most_bytes and len(text_of(parts).encode("utf-8")) > most_bytes:
            raise conversations.MessageTooLarge(limit=most_bytes)
        kept.append(Kept(ids.new("msg"), kept[-1].id if kept else parent_id, message.role, parts))
    return kept


def writes(message: Kept, conversation_id: str, mode: str, at: int) -> list[Op]:
    """Return the writes of a posted message."""
    row = {
        "id": message.id,
        "conversation_id": conversation_id,
        "parent_id": message.parent_id,
        "role": message.role,
        "mode": mode,
        "state": "complete",
        "parts": orjson.dumps(message.parts).decode(),
        "created_at": at,
    }
    held = dict.fromkeys(part["file_id"] for part in message.parts if "file_id" in part)
    return [conversations.insert_message(row), *(conversations.attach(message.id, file_id) for file_id in held)]


def text_of(parts: list[dict[str, Any]]) -> str:
    """Return the text of a message's parts."""
    return "\n".join(part["text"] for part in parts if part["type"] == "text")


async def _part(request: TurnRequest, message: Posted, part: Mapping[str, Any], file_of: FileOf) -> dict[str, Any]:
    if "file_id" in part:
        return await file_of(request, part["file_id"])
    name = _TEXT_OF.get(part["type"])
    if name is None or is_storable(part[name]):
        return dict(part)
    if message.role in ("user", "system"):
        raise conversations.MessageUnstorable
    return _exact(part, name)


_TEXT_OF = {"text": "text", "reasoning": "text", "tool_call": "arguments", "tool_result": "content"}


def _exact(part: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What a model or a tool said may hold anything: the exact bytes are kept beside what can be shown."""
    text = part[name]
    if part["type"] == "text":
        return {"type": "data", "media_type": "text/plain", "base64": exact_base64(text), "shown": shown(text)}
    return {**part, name: shown(text), "base64": exact_base64(text)}
