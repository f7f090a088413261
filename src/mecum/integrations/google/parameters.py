"""What a caller asked for beyond the messages, in the names of the Google wire."""

import re
from typing import Any, Final

from mecum.inference.errors import ModelRefused
from mecum.inference.exchange import ModelRequest
from mecum.inference.ports import ModelInfo

_NAMES: Final = {
    "max_tokens": "maxOutputTokens",
    "max_completion_tokens": "maxOutputTokens",
    "top_p": "topP",
    "top_k": "topK",
    "seed": "seed",
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
}
_MODES: Final = {"auto": "AUTO", "required": "ANY", "none": "NONE"}
_LEVELS: Final = {
    "minimal": "MINIMAL",
    "low": "LOW",
    "medium": "MEDIUM",
    "high": "HIGH",
    "xhigh": "HIGH",
    "max": "HIGH",
}
_BUDGETS: Final = {
    "none": 0,
    "minimal": 512,
    "low": 1024,
    "medium": 8192,
    "high": 24_576,
    "xhigh": 24_576,
    "max": 24_576,
}
_GENERATION: Final = re.compile(r"gemini-(\d+)")
_SIGNING: Final = 3
# Names the caller, changes nothing in an answer: this wire has no place for it.
_WITHOUT_EFFECT: Final = frozenset({"user"})


def parameters_of(request: ModelRequest, model: ModelInfo) -> dict[str, Any]:
    """Return the body's further members; raises ModelRefused for what this wire cannot honour."""
    config: dict[str, Any] = {}
    if request.temperature is not None:
        config["temperature"] = request.temperature
    given = {name: value for name, value in request.parameters.items() if value is not None}
    choice = given.pop("tool_choice", "auto")
    _thinking(given.pop("reasoning_effort", None), config, model)
    for name, value in given.items():
        _parameter(name, value, config)
    body: dict[str, Any] = {"generationConfig": config} if config else {}
    if request.tools:
        body["toolConfig"] = {"functionCallingConfig": _calling(choice, request)}
    return body


def signs_calls(model: str) -> bool:
    """Whether calls in a model's history must carry a signature: since Gemini 3, so that is what it is taken for."""
    return generation(model) >= _SIGNING


def generation(model: str) -> int:
    """Return the generation in a model's name; a Gemini without a number (`gemini-flash-latest`) is a new one."""
    found = _GENERATION.search(model)
    return int(found[1]) if found else _SIGNING if "gemini" in model else 0


def _unknown(name: str) -> ModelRefused:
    return ModelRefused(f"The Google wire does not know the parameter {name} with this value.", parameter=name)


def _parameter(name: str, value: Any, config: dict[str, Any]) -> None:
    if name in _WITHOUT_EFFECT or (name, value) == ("parallel_tool_calls", True):
        return
    if name in _NAMES:
        config[_NAMES[name]] = value
    elif name == "stop":
        config["stopSequences"] = [value] if isinstance(value, str) else value
    elif name == "response_format":
        _format(value, config)
    else:
        raise _unknown(name)


def _format(value: Any, config: dict[str, Any]) -> None:
    kind = value.get("type") if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if kind == "text":
        return
    if kind not in ("json_object", "json_schema"):
        raise _unknown("response_format")
    config["responseMimeType"] = "application/json"
    if kind == "json_schema":
        config["responseJsonSchema"] = value["json_schema"]["schema"]


def _calling(choice: Any, request: ModelRequest) -> dict[str, Any]:
    if isinstance(choice, dict):
        function: dict[str, Any] = choice.get("function") or {}  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return {"mode": "ANY", "allowedFunctionNames": [function.get("name")]}  # pyright: ignore[reportUnknownMemberType]
    if choice not in _MODES:
        raise _unknown("tool_choice")
    strict = choice == "auto" and any(tool.strict for tool in request.tools)
    return {"mode": "VALIDATED" if strict else _MODES[choice]}


def _thinking(effort: str | None, config: dict[str, Any], model: ModelInfo) -> None:
    """Ask for thoughts that can be read where the model has them, and for as much as somebody wanted."""
    thinking: dict[str, Any] = {"includeThoughts": True} if model.reasoning and effort != "none" else {}
    if effort is not None:
        thinking |= _effort(effort, model)
    if thinking:
        config["thinkingConfig"] = thinking


def _effort(effort: str, model: ModelInfo) -> dict[str, Any]:
    if effort not in _BUDGETS or (model.reasoning is False and effort != "none"):
        raise ModelRefused("This model does not reason with that effort.", parameter="reasoning_effort")
    if model.reasoning is False:
        return {}
    if generation(model.name) < _SIGNING:
        return {"thinkingBudget": _BUDGETS[effort]}
    if effort == "none":
        raise ModelRefused("This model always reasons.", parameter="reasoning_effort")
    return {"thinkingLevel": _LEVELS[effort]}
