"""What a caller posted, the same for all surfaces: messages for a model, and messages for the record."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mecum.domains.conversations import api as conversations
from mecum.edges.http.openai.errors import refused
from mecum.engine.chat.turn import Posted
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
from mecum.infra.blobs.media import sniffed
from mecum.kernel.text import is_storable

IMAGE_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class Thought:
    """Reasoning that came with a message: kept, and never shown to a model again."""

    text: str


Item = Content | Thought
Keep = Callable[[ImageContent], Awaitable[str]]
"""Keeps an image as a file and returns the file's id."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message."""

    role: Role
    content: tuple[Item, ...]

    @property
    def text(self) -> str:
        """Its text, joined."""
        return "".join(item.text for item in self.content if isinstance(item, TextContent))


def history_of(said: Iterable[Said]) -> tuple[ModelMessage, ...]:
    """Return the messages as a model sees them."""
    return tuple(
        ModelMessage(one.role, tuple(item for item in one.content if not isinstance(item, Thought))) for one in said
    )


async def posted_of(said: Iterable[Said], keep: Keep) -> tuple[Posted, ...]:
    """Return the messages as the record keeps them."""
    return tuple([Posted(one.role, tuple([await _part(item, keep) for item in _kept(one)])) for one in said])


def news_of(said: Sequence[Said], param: str) -> list[Said]:
    """Return what comes after the last answer, system prompts left out; raises ParameterRefused when that is nothing.

    What comes before is the caller's own copy of a conversation that the record has.
    """
    last = max((number for number, one in enumerate(said) if one.role == "assistant"), default=-1)
    found = [one for one in said[last + 1 :] if one.role != "system"]
    if not found:
        raise refused(param, "The last message must be one to answer: of the user, or the result of a tool.")
    return found


def system_prompt_of(said: Iterable[Said]) -> str | None:
    """Return the system messages as one prompt, or None."""
    texts = [one.text for one in said if one.role == "system"]
    return "\n\n".join(texts) if texts else None


def require_storable(said: Iterable[Said]) -> None:
    """Raise MessageUnstorable for a text of a person that the record could not keep exactly."""
    for one in said:
        if one.role in ("user", "system") and not is_storable(one.text):
            raise conversations.MessageUnstorable


def require_known_calls(said: Iterable[Said], known: Iterable[str], param: str) -> None:
    """Raise ParameterRefused for the result of a call that nobody made."""
    made = set(known)
    for one in said:
        for item in one.content:
            if isinstance(item, CallContent):
                made.add(item.call_id)
            elif isinstance(item, ResultContent) and item.call_id not in made:
                raise refused(param, f"No call with the id '{item.call_id}' comes before its result.", "invalid_value")


def sees(said: Iterable[Said]) -> bool:
    """Whether there is an image to be seen."""
    return any(isinstance(item, ImageContent) for one in said for item in one.content)


def image_of(url: str, param: str) -> ImageContent:
    """Return the image in a `data:` URI, its type by its bytes; raises ParameterRefused."""
    head, comma, data = url.partition(",")
    if not (head.startswith("data:") and head.endswith(";base64") and comma):
        raise refused(param, f"Unsupported value for '{param}': only data: URIs with base64; nothing is fetched.")
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise refused(param, f"Invalid value for '{param}': this is not base64.", "invalid_value") from error
    media_type = sniffed(content[:64])
    if media_type not in IMAGE_TYPES:
        raise refused(param, f"Unsupported value for '{param}': only PNG, JPEG, GIF and WebP images.")
    return ImageContent(media_type, content)


def _kept(one: Said) -> Iterable[Item]:
    """An empty text is nothing to keep."""
    return (item for item in one.content if not isinstance(item, TextContent) or item.text)


async def _part(item: Item, keep: Keep) -> dict[str, Any]:
    match item:
        case TextContent(text):
            return {"type": "text", "text": text}
        case Thought(text) | ReasoningContent(text):
            return {"type": "reasoning", "text": text}
        case CallContent(call_id, name, arguments):
            return {"type": "tool_call", "call_id": call_id, "name": name, "arguments": arguments}
        case ResultContent(call_id, name, content, is_error):
            return {"type": "tool_result", "call_id": call_id, "name": name, "content": content, "is_error": is_error}
        case ImageContent():
            return {"type": "image", "file_id": await keep(item)}
