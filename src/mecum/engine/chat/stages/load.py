"""Read the branch a turn answers, as a model needs it."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, takewhile
from typing import Any, Final, Protocol

import orjson

from mecum.domains.conversations import api as conversations
from mecum.engine.chat.context import MOST_MESSAGES
from mecum.engine.chat.turn import Turn
from mecum.inference.exchange import (
    CallContent,
    Content,
    ImageContent,
    ModelMessage,
    ReasoningContent,
    ResultContent,
    Role,
    TextContent,
)
from mecum.infra.blobs.media import text_of
from mecum.infra.storage import Database
from mecum.infra.storage.scope import owner_values
from mecum.kernel.subject import Subject

_GO_ON = "Go on with your previous message exactly where it stopped, without repeating any of it."
_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


class FileBytes(Protocol):
    """Reads the bytes of a file the subject may see."""

    async def read(self, subject: Subject, file_id: str) -> bytes:
        """Return the bytes; raises FileNotFound."""
        ...


class Load:
    """Leaves the history in the turn: system prompt first, the message to answer last."""

    def __init__(self, database: Database, files: FileBytes) -> None:
        self._database, self._files = database, files

    async def __call__(self, turn: Turn) -> None:
        messages = list(turn.given) if turn.given is not None else await self._branch(turn)
        if turn.wants.system_prompt and turn.wants.mode == "chat":
            messages.insert(0, ModelMessage("system", (TextContent(turn.wants.system_prompt),)))
            turn.prompted = True
        turn.history = tuple(messages)
        if turn.wants.resume is not None:
            turn.begins_with = _begun(turn, messages)

    async def _branch(self, turn: Turn) -> list[ModelMessage]:
        if turn.asked is not None:
            return messages_of("user", await self._content(turn.subject, turn.asked))
        leaf = turn.wants.resume or turn.parent_id
        values = {"_leaf": leaf, "_limit": MOST_MESSAGES, **owner_values(turn.subject)}
        rows = await self._database.fetch(conversations.BRANCH_FOR_MODEL, values)
        turn.unread = len(rows) == MOST_MESSAGES and rows[-1][1] is not None
        messages: list[ModelMessage] = []
        places: list[str] = []
        for message_id, _, role, parts, _ in reversed(rows):
            content = await self._content(turn.subject, orjson.loads(parts))
            if content:
                told = messages_of(role, content)
                messages.extend(told)
                places.extend([message_id] * len(told))
        turn.places = places
        if turn.wants.resume is not None and turn.wants.mode == "chat":
            messages.append(ModelMessage("user", (TextContent(_GO_ON),)))
        return messages

    async def _content(self, subject: Subject, parts: Sequence[Mapping[str, Any]]) -> list[Content]:
        content: list[Content] = []
        for part in parts:
            item = PROJECT[part["type"]](part) if part["type"] in PROJECT else None
            if item is not None:
                content.append(item)
            elif part["type"] in ("image", "file"):
                content.append(await self._file(subject, part))
        return content

    async def _file(self, subject: Subject, part: Mapping[str, Any]) -> Content:
        name, media_type = part["name"], part["media_type"]
        if media_type in _IMAGES:
            return ImageContent(media_type, await self._files.read(subject, part["file_id"]))
        if not media_type.startswith("text/"):
            return TextContent(f"[attached file {name} ({media_type}, {part['size']} bytes): its content is not text]")
        text = text_of(media_type, await self._files.read(subject, part["file_id"]))
        return TextContent(f"[attached file {name}]\n{text}\n[end of {name}]\n")


def _begun(turn: Turn, messages: list[ModelMessage]) -> str:
    """A continued answer begins with what was there: nothing of it is lost, and the old one stays beside it."""
    asked = -1 if turn.wants.mode == "chat" else None
    begun = [*takewhile(lambda message: message.role != "user", reversed(messages[:asked]))]
    return "".join(message.text for message in reversed(begun) if message.role == "assistant")


def messages_of(role: Role, content: list[Content]) -> list[ModelMessage]:
    """A stored answer may hold results of tools: on every wire those are messages of their own, where they stand."""
    runs = groupby(content, lambda item: isinstance(item, ResultContent))
    return [ModelMessage("tool" if results else role, tuple(items)) for results, items in runs]


PROJECT: Final[dict[str, Callable[[Mapping[str, Any]], Content]]] = {
    "text": lambda part: TextContent(part["text"]),
    "reasoning": lambda part: ReasoningContent(
        part["text"], part.get("signature"), part.get("origin"), part.get("redacted", False)
    ),
    "data": lambda part: TextContent(part["shown"]),
    "tool_call": lambda part: CallContent(part["call_id"], part["name"], part["arguments"]),
    "tool_result": lambda part: ResultContent(
        part["call_id"], part["name"], part["content"], part.get("is_error", False)
    ),
}
