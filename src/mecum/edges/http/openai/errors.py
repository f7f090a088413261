"""Errors in the shape of OpenAI's API: `{"error": {message, type, param, code}}`.

Source: the OpenAI API reference, "Error codes", and the error objects its SDK reads.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json
from starlette.responses import Response

from mecum.engine.chat.called import Ending
from mecum.infra.web.requests import RequestInvalid, parsed
from mecum.kernel.errors import Conflict, Internal, Invalid, MecumError, NotFound, Unavailable

Shape = TypeVar("Shape")


class ParameterRefused(Invalid):
    """A parameter is missing, unknown, or has a value that is not supported here."""

    code = "request.parameter"


class NoSuchUrl(NotFound):
    """There is nothing at this address of the OpenAI surface."""

    code = "request.unknown_url"


class RunCancelled(Conflict):
    """The run was cancelled before the answer was complete."""

    code = "run.cancelled"


class RunInterrupted(Unavailable):
    """The server stopped before the answer was complete; what there was is in the record."""

    code = "run.interrupted"


_TYPES: Final[Mapping[int, str]] = {403: "permission_error", 429: "rate_limit_error"}
# As the service itself: a key that is wrong has a code, one that is missing has none.
_CODES: Final[Mapping[str, str | None]] = {
    "auth.required": None,
    "auth.failed": "invalid_api_key",
    "model.not_found": "model_not_found",
    "model.ambiguous": "model_not_found",
    "assistant.not_found": "model_not_found",
    "model.context_too_long": "context_length_exceeded",
    "model.limited": "rate_limit_exceeded",
    "request.not_found": "unknown_url",
    "request.unknown_url": "unknown_url",
}
_PARAMS: Final[Mapping[str, str]] = {
    "model.not_found": "model",
    "model.ambiguous": "model",
    "assistant.not_found": "model",
    "conversation.not_found": "metadata.conversation_id",
    "conversation.in_trash": "metadata.conversation_id",
}
_NOT_THERE: Final = frozenset({"missing", "extra_forbidden"})
_STEP: Final = re.compile(r"[^.\[\]]+")
# The SDK asks again by itself after 409; what contradicts the record now will do so in a second.
_NO_RETRY: Final = {"x-should-retry": "false"}


def refused(param: str | None, message: str, code: str = "unsupported_value") -> ParameterRefused:
    """Return the error for one parameter of a request."""
    return ParameterRefused(message, param=param, code=code)


def error_object(error: MecumError, status: int) -> dict[str, Any]:
    """Return the inside of `{"error": …}`."""
    param = error.details.get("param") or error.details.get("parameter") or _PARAMS.get(error.code)
    named = error.details.get("code") if isinstance(error, ParameterRefused) else None
    return {
        "message": _sentence(error),
        "type": _TYPES.get(status) or ("server_error" if status >= 500 else "invalid_request_error"),
        "param": param,
        "code": named or _CODES.get(error.code, error.code),
    }


def rendered(error: MecumError, status: int, request_id: str) -> Response:
    """Return the response for an error; see `Renderer`."""
    headers = {"Cache-Control": "no-store", **(_NO_RETRY if error.kind == "conflict" else {})}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    retry_after = error.details.get("retry_after")
    if isinstance(retry_after, int | float):
        headers["Retry-After"] = str(max(1, round(retry_after)))
    return Response(orjson.dumps({"error": error_object(error, status)}), status, headers, "application/json")


def failure_of(ending: Ending) -> MecumError | None:
    """Return why a run has no whole answer, or None when it has one or is not over."""
    if ending.status == "failed":
        return ending.error or Internal()
    if ending.status == "cancelled":
        return RunCancelled()
    return RunInterrupted() if ending.status == "interrupted" else None


def call_of(adapter: TypeAdapter[Shape], body: bytes) -> Shape:
    """Return the body as its shape; raises ParameterRefused that names the parameter that is wrong."""
    try:
        return parsed(adapter, body)
    except RequestInvalid as error:
        if isinstance(error.__cause__, ValidationError):
            raise _explained(error.__cause__, body) from error
        raise


def _sentence(error: MecumError) -> str:
    problems: Sequence[Mapping[str, str]] = error.details.get("errors") or ()
    return " ".join([error.message, *(f"{problem['path']}: {problem['message']}" for problem in problems)])


def _explained(cause: ValidationError, body: bytes) -> ParameterRefused:
    errors = cause.errors(include_url=False, include_context=False)
    if errors[0]["type"] == "json_invalid":
        return refused(None, f"The body of the request is not JSON: {errors[0]['msg']}.", "invalid_json")
    value = from_json(body)
    named = [(path_of(error["loc"], value, missing=error["type"] in _NOT_THERE), error) for error in errors]
    # Of the alternatives of a union the one that was followed furthest is the one that was meant.
    param, worst = max(named, key=lambda one: (len(_STEP.findall(one[0])), _telling(one[1]["type"])))
    return _named(param or None, worst["type"], worst["msg"])


def _telling(kind: str) -> int:
    """How much an error says of what was meant: a wrong `type` more than what is missing for another one."""
    if kind == "literal_error":
        return 2
    return 0 if kind.endswith("_type") or kind in _NOT_THERE else 1


def _named(param: str | None, kind: str, said: str) -> ParameterRefused:
    if kind == "missing":
        return refused(param, f"Missing required parameter: '{param}'.", "missing_required_parameter")
    if kind == "extra_forbidden":
        return refused(param, f"Unknown parameter: '{param}'.", "unknown_parameter")
    if kind == "none_required":
        return refused(param, f"Unsupported parameter: '{param}' is not supported here.", "unsupported_parameter")
    if kind == "union_tag_invalid":
        wanted = said.partition("expected tags: ")[2]
        return refused(param, f"Unsupported value for '{param}': it is none of {wanted}.", "unsupported_value")
    if kind in ("literal_error", "enum"):
        return refused(param, f"Unsupported value for '{param}': {said}.", "unsupported_value")
    code = "invalid_type" if kind.endswith("_type") else "invalid_value"
    return refused(param, f"Invalid value for '{param}': {said}.", code)


def path_of(steps: Sequence[int | str], value: Any, *, missing: bool) -> str:
    """Return `messages[0].content` for the steps of a validation; names of a union's branches are left out.

    `missing`: the last step names something that is not in `value`, or should not be.
    """
    path, last = "", len(steps) - 1
    for number, step in enumerate(steps):
        inside = _inside(value, step)
        if isinstance(step, int):
            path, value = f"{path}[{step}]", inside
        elif _is_field(value, step, last=number == last, missing=missing):
            path, value = f"{path}.{step}" if path else step, inside
    return path


def _is_field(value: Any, step: str, *, last: bool, missing: bool) -> bool:
    """Whether a step goes into `value`; else it is a branch's name, which may be that of a field too."""
    if last and missing:
        return True
    if not isinstance(value, dict) or step not in value:
        return False
    tags = (value.get("type"), value.get("role"))  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return last or step not in tags or isinstance(value[step], dict | list)


def _inside(value: Any, step: int | str) -> Any:
    if isinstance(value, dict):
        return value.get(step)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return value[step] if isinstance(value, list) and isinstance(step, int) else None  # pyright: ignore[reportUnknownVariableType]
