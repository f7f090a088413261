"""The messages of a chat, as the other surfaces have them too. On this wire calls need no ids: they get some."""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Sequence

import orjson

from mecum.edges.http.ollama.schemas import OllamaChatCreate, OllamaMessage
from mecum.edges.http.openai.chat_messages import NO_ARGUMENTS
from mecum.edges.http.openai.errors import refused
from mecum.edges.http.openai.said import IMAGE_TYPES, Item, Said, Thought
from mecum.inference.exchange import CallContent, ImageContent, ResultContent, TextContent, ToolSpec
from mecum.infra.blobs.media import sniffed


def said_of(messages: Sequence[OllamaMessage]) -> list[Said]:
    """Return the messages; raises ParameterRefused for what is no image, and for the result of a call nobody made."""
    calls = _Calls()
    return [_said(message, calls, f"messages[{number}]") for number, message in enumerate(messages)]


def tools_of(body: OllamaChatCreate) -> tuple[ToolSpec, ...]:
    """Return the tools offered to the model."""
    functions = [tool.function for tool in body.tools or ()]
    return tuple(ToolSpec(f.name, f.description or "", f.parameters or NO_ARGUMENTS) for f in functions)


def images_of(images: Sequence[str] | None, param: str) -> Iterable[ImageContent]:
    """Return the images in base64, their types by their bytes; raises ParameterRefused."""
    for number, text in enumerate(images or ()):
        at = f"{param}[{number}]"
        try:
            data = b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise refused(at, f"Invalid value for '{at}': this is not base64.", "invalid_value") from error
        media_type = sniffed(data[:64])
        if media_type not in IMAGE_TYPES:
            raise refused(at, f"Unsupported value for '{at}': only PNG, JPEG, GIF and WebP images.")
        yield ImageContent(media_type, data)


class _Calls:
    """The calls that wait for their results."""

    def __init__(self) -> None:
        self._made = 0
        self._open: list[CallContent] = []

    def make(self, name: str, arguments: str, call_id: str | None) -> CallContent:
        self._made += 1
        call = CallContent(call_id or f"call_{self._made}", name, arguments)
        self._open.append(call)
        return call

    def answered(self, message: OllamaMessage, param: str) -> CallContent:
        """Return the call a result belongs to: that of its id, else the first of its name, else the first."""
        wanted = message.tool_call_id or message.tool_name
        named = [call for call in self._open if wanted in (None, call.call_id, call.name)]
        if not named:
            raise refused(param, f"No call of '{wanted or 'a tool'}' comes before its result.", "invalid_value")
        self._open.remove(named[0])
        return named[0]


def _said(message: OllamaMessage, calls: _Calls, param: str) -> Said:
    if message.role == "tool":
        call = calls.answered(message, param)
        return Said("tool", (ResultContent(call.call_id, call.name, message.content or ""),))
    return Said(message.role, tuple(_content(message, calls, param)))


def _content(message: OllamaMessage, calls: _Calls, param: str) -> Iterable[Item]:
    for name, role in (("images", "user"), ("tool_calls", "assistant"), ("thinking", "assistant")):
        if getattr(message, name) and message.role != role:
            raise refused(f"{param}.{name}", f"'{name}' is nothing of the role {message.role}.", "invalid_value")
    if message.thinking:
        yield Thought(message.thinking)
    if message.content:
        yield TextContent(message.content)
    yield from images_of(message.images, f"{param}.images")
    for call in message.tool_calls or ():
        yield calls.make(call.function.name, orjson.dumps(call.function.arguments).decode(), call.id)
