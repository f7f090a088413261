"""The messages of a chat completion, as the other surfaces have them too."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from mecum.edges.http.openai.chat_schemas import (
    AssistantMessage,
    ChatCreate,
    ImagePart,
    Message,
    RefusalPart,
    TextPart,
    ToolMessage,
    UserMessage,
)
from mecum.edges.http.openai.said import Item, Said, Thought, image_of
from mecum.inference.exchange import CallContent, ResultContent, TextContent, ToolSpec

NO_ARGUMENTS: Final[dict[str, Any]] = {"type": "object", "properties": {}}


def said_of(messages: Sequence[Message]) -> list[Said]:
    """Return the messages; raises ParameterRefused for an image that cannot be one."""
    names: dict[str, str] = {}
    return [_said(message, names, f"messages[{number}]") for number, message in enumerate(messages)]


def tools_of(body: ChatCreate) -> tuple[ToolSpec, ...]:
    """Return the tools offered to the model."""
    functions = [tool.function for tool in body.tools or ()]
    return tuple(ToolSpec(f.name, f.description or "", f.parameters or NO_ARGUMENTS, f.strict) for f in functions)


def _said(message: Message, names: dict[str, str], param: str) -> Said:
    match message:
        case UserMessage():
            return Said("user", tuple(_user(message, param)))
        case AssistantMessage():
            names.update({call.id: call.function.name for call in message.tool_calls or ()})
            return Said("assistant", tuple(_assistant(message)))
        case ToolMessage():
            name = message.name or names.get(message.tool_call_id, "")
            return Said("tool", (ResultContent(message.tool_call_id, name, _joined(message.content)),))
        case _:
            return Said("system", (TextContent(_joined(message.content)),))


def _user(message: UserMessage, param: str) -> Iterable[Item]:
    if isinstance(message.content, str):
        yield TextContent(message.content)
        return
    for number, part in enumerate(message.content):
        if isinstance(part, ImagePart):
            yield image_of(part.image_url.url, f"{param}.content[{number}].image_url.url")
        else:
            yield TextContent(part.text)


def _assistant(message: AssistantMessage) -> Iterable[Item]:
    if message.reasoning_content:
        yield Thought(message.reasoning_content)
    if text := _joined(message.content or "") + (message.refusal or ""):
        yield TextContent(text)
    for call in message.tool_calls or ():
        yield CallContent(call.id, call.function.name, call.function.arguments)


def _joined(content: str | Sequence[TextPart | RefusalPart]) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.refusal if isinstance(part, RefusalPart) else part.text for part in content)
