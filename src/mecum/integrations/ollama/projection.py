"""How a request of ours looks on the Ollama wire: messages, options, the size of the window."""

import base64
from typing import Any, Final

import orjson

from mecum.inference.errors import ModelRefused
from mecum.inference.exchange import (
    CallContent,
    ImageContent,
    ModelMessage,
    ModelRequest,
    ReasoningContent,
    ResultContent,
    TextContent,
    ToolSpec,
)
from mecum.inference.ports import ModelInfo
from mecum.inference.windows import ANSWER_ROOM, SENT_AT_LEAST
from mecum.inference.wires.images import without_images
from mecum.inference.wires.openai import with_passages
from mecum.inference.wires.turns import arguments_of, settled

# Tokens are 3 to 4 bytes in most languages; the smaller number errs towards a window that is large enough.
_BYTES_PER_TOKEN: Final = 3
_IMAGE_TOKENS: Final = 1024
_OPTIONS: Final = {
    "max_tokens": "num_predict",
    "max_completion_tokens": "num_predict",
    "top_p": "top_p",
    "stop": "stop",
    "seed": "seed",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
    "top_k": "top_k",
    "min_p": "min_p",
    "repeat_penalty": "repeat_penalty",
}
_EFFORTS: Final[dict[str, bool | str]] = {
    "none": False,
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "max",
    "max": "max",
}
_LIKELIHOODS: Final = ("logprobs", "top_logprobs")
# Names the caller, changes nothing in an answer: there is nothing to honour on a server of one's own.
_WITHOUT_EFFECT: Final = frozenset({"user"})


def body_of(request: ModelRequest, model: ModelInfo) -> dict[str, Any]:
    """Return the JSON body for /api/chat, or /api/generate in raw mode; raises ModelRefused."""
    body: dict[str, Any] = {"model": request.model, "stream": True}
    if request.mode == "raw":
        body |= {"prompt": "".join(message.text for message in request.messages), "raw": True}
    else:
        seen = without_images(request) if model.vision is False else request
        messages = [wire for message in settled(with_passages(seen)) for wire in _messages(message)]
        body |= {"messages": messages, **_tools(request)}
    options: dict[str, Any] = {"num_ctx": window(request, model)}
    if request.temperature is not None:
        options["temperature"] = request.temperature
    for name, value in request.parameters.items():
        _parameter(name, value, body, options, model)
    # Without these the server cuts the oldest messages away in silence, before or while it answers.
    return body | {"options": options, "truncate": False, "shift": False}


def window(request: ModelRequest, model: ModelInfo) -> int:
    """Return the context length to ask for, in tokens.

    What the caller asked for, else the next power of two that holds the request and an answer: a model's full
    window may need more memory than there is, and every change of the number makes Ollama load it again.
    """
    largest = min(model.context_length or 2**31, request.window_limit or 2**31)
    if request.context_length is not None:
        return min(request.context_length, largest)
    if request.tokens is not None:
        return min(_holding(request.tokens), largest)
    contents = [item for message in with_passages(request) for item in message.content]
    size = sum(_size(item) for item in contents) + sum(len(orjson.dumps(tool.parameters)) for tool in request.tools)
    return min(_holding(size // _BYTES_PER_TOKEN), largest)


def _holding(tokens: int) -> int:
    return max(SENT_AT_LEAST, 1 << (tokens + ANSWER_ROOM - 1).bit_length())


def _size(item: object) -> int:
    if isinstance(item, TextContent):
        return len(item.text.encode("utf-8", "surrogatepass"))
    if isinstance(item, CallContent):
        return len(item.arguments)
    if isinstance(item, ResultContent):
        return len(item.content)
    if isinstance(item, ReasoningContent):
        # What was thought before is not sent.
        return 0
    return _IMAGE_TOKENS * _BYTES_PER_TOKEN


def _messages(message: ModelMessage) -> list[dict[str, Any]]:
    results = [item for item in message.content if isinstance(item, ResultContent)]
    if results:
        return [{"role": "tool", "tool_name": item.name, "content": item.content} for item in results]
    wire: dict[str, Any] = {"role": message.role, "content": message.text}
    images = [item.data for item in message.content if isinstance(item, ImageContent)]
    if images:
        wire["images"] = [base64.b64encode(data).decode("ascii") for data in images]
    calls = [item for item in message.content if isinstance(item, CallContent)]
    if calls:
        wire["tool_calls"] = [{"function": {"name": call.name, "arguments": arguments_of(call)}} for call in calls]
    # Nothing is left of a message that was all reasoning.
    return [wire] if message.text or images or calls else []


def _tools(request: ModelRequest) -> dict[str, Any]:
    if not request.tools or request.parameters.get("tool_choice") == "none":
        return {}
    return {"tools": [_tool(tool) for tool in request.tools]}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    if tool.strict:
        raise ModelRefused(f"Ollama cannot promise that calls of {tool.name} follow its schema.", parameter="strict")
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _parameter(name: str, value: Any, body: dict[str, Any], options: dict[str, Any], model: ModelInfo) -> None:
    if value is None or name in _WITHOUT_EFFECT:
        return
    if name in _OPTIONS:
        options[_OPTIONS[name]] = [value] if name == "stop" and isinstance(value, str) else value
    elif name == "response_format":
        _format(value, body)
    elif name == "reasoning_effort":
        _effort(value, body, model)
    elif name in _LIKELIHOODS:
        _likelihood(name, value, body)
    elif (name, value) not in (
        ("tool_choice", "auto"),
        ("tool_choice", "none"),
        ("parallel_tool_calls", True),
    ):
        raise ModelRefused(f"Ollama does not know the parameter {name} with this value.", parameter=name)


def _likelihood(name: str, value: Any, body: dict[str, Any]) -> None:
    if name == "top_logprobs":
        body[name] = value
    elif value is not False:
        body["logprobs"] = True
        if value is not True:
            # Of a text to continue it is how many likeliest tokens to tell of.
            body["top_logprobs"] = value


def _format(value: Any, body: dict[str, Any]) -> None:
    kind = value.get("type") if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if kind == "json_object":
        body["format"] = "json"
    elif kind == "json_schema":
        body["format"] = value["json_schema"]["schema"]
    elif kind != "text":
        raise ModelRefused("Ollama does not know this response_format.", parameter="response_format")


def _effort(value: Any, body: dict[str, Any], model: ModelInfo) -> None:
    if value not in _EFFORTS or (model.reasoning is False and value != "none"):
        raise ModelRefused("This model does not reason with that effort.", parameter="reasoning_effort")
    if model.reasoning is not False:
        body["think"] = _EFFORTS[value]
