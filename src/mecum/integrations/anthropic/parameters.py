"""What a caller asked for beyond the messages, in the names of the Anthropic wire."""

from collections.abc import Callable
from typing import Any, Final

from mecum.inference.errors import ModelRefused
from mecum.inference.exchange import ModelRequest
from mecum.integrations.anthropic.abilities import Abilities

_MOST_TOKENS: Final = 32_000
_UNKNOWN_MOST_TOKENS: Final = 8_192
_LEAST_BUDGET: Final = 1024
_LEAST_TOP_P: Final = 0.95
_SHARES: Final = {"minimal": 0.05, "low": 0.1, "medium": 0.3, "high": 0.6, "xhigh": 0.8, "max": 0.9}
_CHOICES: Final = {"auto": "auto", "required": "any", "none": "none"}
_FORCED: Final = ("any", "tool")

Body = dict[str, Any]


def parameters_of(request: ModelRequest, abilities: Abilities, *, thought: bool) -> Body:
    """Return the body's further members; raises ModelRefused for what this wire cannot honour.

    `thought`: whether thinking by a budget may be asked for; an answer in progress must have begun with it.
    """
    given = {name: value for name, value in request.parameters.items() if value is not None}
    body: Body = {"max_tokens": _most_tokens(given, abilities)}
    effort = given.pop("reasoning_effort", None)
    for name, value in given.items():
        read = _READ.get(name)
        if read is None:
            raise _unknown(name)
        read(value, body)
    if not request.tools:
        body.pop("tool_choice", None)
    free = request.temperature in (None, 1) and _free(body)
    _think(effort, body, abilities, thought=thought, free=free)
    return body


def _unknown(name: str) -> ModelRefused:
    return ModelRefused(f"The Anthropic wire does not know the parameter {name} with this value.", parameter=name)


def _most_tokens(given: dict[str, Any], abilities: Abilities) -> int:
    wanted = given.pop("max_tokens", None)
    wanted = given.pop("max_completion_tokens", wanted)
    return wanted or min(abilities.most_tokens or _UNKNOWN_MOST_TOKENS, _MOST_TOKENS)


def _same(name: str) -> Callable[[Any, Body], None]:
    def read(value: Any, body: Body) -> None:
        body[name] = value

    return read


def _stop(value: Any, body: Body) -> None:
    # A sequence of white space alone is refused.
    found = [text for text in ([value] if isinstance(value, str) else value) if text.strip()]
    if found:
        body["stop_sequences"] = found


def _user(value: Any, body: Body) -> None:
    body["metadata"] = {"user_id": value}


def _format(value: Any, body: Body) -> None:
    kind = value.get("type") if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if kind == "json_schema":
        body["output_config"] = {"format": {"type": "json_schema", "schema": value["json_schema"]["schema"]}}
    elif kind != "text":
        raise _unknown("response_format")


def _choice(value: Any, body: Body) -> None:
    choice: dict[str, Any] = body.setdefault("tool_choice", {})
    if isinstance(value, dict):
        function: dict[str, Any] = value.get("function") or {}  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        choice.update(type="tool", name=function.get("name"))  # pyright: ignore[reportUnknownMemberType]
    elif value in _CHOICES:
        choice["type"] = _CHOICES[value]
    else:
        raise _unknown("tool_choice")


def _parallel(value: Any, body: Body) -> None:
    if value is False:
        body.setdefault("tool_choice", {"type": "auto"})["disable_parallel_tool_use"] = True


def _neutral(name: str) -> Callable[[Any, Body], None]:
    def read(value: Any, body: Body) -> None:
        if value:
            raise _unknown(name)

    return read


_READ: Final[dict[str, Callable[[Any, Body], None]]] = {
    "top_p": _same("top_p"),
    "top_k": _same("top_k"),
    "stop": _stop,
    "user": _user,
    "response_format": _format,
    "tool_choice": _choice,
    "parallel_tool_calls": _parallel,
    "presence_penalty": _neutral("presence_penalty"),
    "frequency_penalty": _neutral("frequency_penalty"),
}


def _think(effort: str | None, body: Body, abilities: Abilities, *, thought: bool, free: bool) -> None:
    """Ask for thoughts that can be read, where the model decides how much; by a budget only when somebody asked.

    Not where something else was asked for that excludes thinking: then only the effort is said.
    """
    if effort is not None and effort not in ("none", *_SHARES):
        raise _unknown("reasoning_effort")
    if effort == "none":
        if abilities.adaptive or abilities.budgeted:
            body["thinking"] = {"type": "disabled"}
        return
    if effort and abilities.adaptive is False and not abilities.budgeted:
        raise ModelRefused("This model does not reason.", parameter="reasoning_effort")
    if abilities.adaptive is not False:
        _adapt(effort, body, abilities, free=free)
    elif effort and thought and not _forced(body):
        _budget(_SHARES[effort], body)


def _adapt(effort: str | None, body: Body, abilities: Abilities, *, free: bool) -> None:
    if free and (effort or abilities.adaptive):
        body["thinking"] = {"type": "adaptive", "display": "summarized"}
    if effort:
        body.setdefault("output_config", {})["effort"] = _level(effort, abilities.efforts)


def _level(effort: str, known: frozenset[str] | None) -> str:
    """Return the level the model has that is nearest below the one asked for."""
    level = "low" if effort == "minimal" else effort
    order = ("low", "medium", "high", "xhigh", "max")
    below = [name for name in order[: order.index(level) + 1] if known is None or name in known]
    return below[-1] if below else level


def _budget(share: float, body: Body) -> None:
    budget = max(_LEAST_BUDGET, int(body["max_tokens"] * share))
    body["max_tokens"] = max(body["max_tokens"], budget + _LEAST_BUDGET)
    body["thinking"] = {"type": "enabled", "budget_tokens": budget}


def _free(body: Body) -> bool:
    """Whether thinking may be asked for beside these parameters (the guide to extended thinking, compatibility)."""
    return "top_k" not in body and body.get("top_p", 1) >= _LEAST_TOP_P and not _forced(body)


def _forced(body: Body) -> bool:
    """Whether a tool must be called, which excludes thinking."""
    return body.get("tool_choice", {}).get("type") in _FORCED
