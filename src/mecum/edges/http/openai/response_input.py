"""The input of a response, as the other surfaces have messages too. Items of one speaker in a row are one message."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mecum.edges.http.openai.chat_messages import NO_ARGUMENTS
from mecum.edges.http.openai.errors import refused
from mecum.edges.http.openai.response_schemas import (
    FunctionCall,
    FunctionResult,
    InputImage,
    InputMessage,
    InputText,
    OutputText,
    ReasoningItem,
    Refusal,
    ResponseCreate,
    SchemaTextFormat,
)
from mecum.edges.http.openai.response_schemas import Item as InputItem
from mecum.edges.http.openai.said import Item, Said, Thought, image_of
from mecum.inference.exchange import CallContent, ResultContent, Role, TextContent, ToolSpec

_ALWAYS = {"input_text": ("user", "system", "developer"), "input_image": ("user",), "output_text": ("assistant",)}


def said_of(given: str | Sequence[InputItem], names: Mapping[str, str]) -> list[Said]:
    """Return the messages; `names` are the functions of calls that came before. Raises ParameterRefused."""
    if isinstance(given, str):
        return [Said("user", (TextContent(given),))]
    known = {**names, **{item.call_id: item.name for item in given if isinstance(item, FunctionCall)}}
    return _merged([_said(item, known, f"input[{number}]") for number, item in enumerate(given)])


def tools_of(body: ResponseCreate) -> tuple[ToolSpec, ...]:
    """Return the tools offered to the model."""
    tools = body.tools or ()
    return tuple(ToolSpec(t.name, t.description or "", t.parameters or NO_ARGUMENTS, t.strict) for t in tools)


def parameters_of(body: ResponseCreate) -> dict[str, Any]:
    """Return the parameters in the names that models' adapters take: those of chat completions."""
    given = {
        "max_completion_tokens": body.max_output_tokens,
        "top_p": body.top_p,
        "user": body.user,
        "parallel_tool_calls": body.parallel_tool_calls,
        "reasoning_effort": body.reasoning.effort if body.reasoning else None,
        "logprobs": True if body.include else None,
        "top_logprobs": body.top_logprobs if body.include else None,
        "tool_choice": _tool_choice(body),
        "response_format": _format(body),
    }
    return {name: value for name, value in given.items() if value is not None}


def _tool_choice(body: ResponseCreate) -> str | dict[str, Any] | None:
    chosen = body.tool_choice
    if chosen is None or isinstance(chosen, str):
        return chosen
    return {"type": "function", "function": {"name": chosen.name}}


def _format(body: ResponseCreate) -> dict[str, Any] | None:
    wanted = body.text.format if body.text else None
    if isinstance(wanted, SchemaTextFormat):
        schema = wanted.model_dump(by_alias=True, exclude_none=True, exclude={"type"})
        return {"type": "json_schema", "json_schema": schema}
    return {"type": "json_object"} if wanted is not None and wanted.type == "json_object" else None


def _said(item: InputItem, names: Mapping[str, str], param: str) -> Said:
    match item:
        case InputMessage():
            role: Role = "system" if item.role == "developer" else item.role
            return Said(role, tuple(_content(item, param)))
        case FunctionCall():
            return Said("assistant", (CallContent(item.call_id, item.name, item.arguments),))
        case FunctionResult():
            output = item.output if isinstance(item.output, str) else "".join(part.text for part in item.output)
            return Said("tool", (ResultContent(item.call_id, names.get(item.call_id, ""), output),))
        case ReasoningItem():
            texts = [part.text for part in item.content or item.summary]
            return Said("assistant", (Thought("".join(texts)),) if any(texts) else ())


def _content(message: InputMessage, param: str) -> Iterable[Item]:
    if isinstance(message.content, str):
        yield TextContent(message.content)
        return
    for number, part in enumerate(message.content):
        at = f"{param}.content[{number}]"
        if message.role not in _ALWAYS.get(part.type, ("assistant",)):
            raise refused(f"{at}.type", f"'{part.type}' is no content of the role {message.role}.", "invalid_value")
        yield _part(part, at)


def _part(part: InputText | InputImage | OutputText | Refusal, param: str) -> Item:
    match part:
        case InputImage():
            return image_of(part.image_url, f"{param}.image_url")
        case Refusal():
            return TextContent(part.refusal)
        case _:
            return TextContent(part.text)


def _merged(said: Sequence[Said]) -> list[Said]:
    """A model's text, calls and reasoning come as items of their own, and were one message."""
    merged: list[Said] = []
    for one in said:
        if merged and one.role == merged[-1].role == "assistant":
            merged[-1] = Said("assistant", merged[-1].content + one.content)
        else:
            merged.append(one)
    return merged
