"""Vendor errors of JSON-over-HTTP wires, translated once."""

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast

import orjson

from mecum.inference.errors import (
    AnswerCutShort,
    ContextTooLong,
    ErrorInside,
    ModelAuthFailed,
    ModelLimited,
    ModelNotFound,
    ModelRefused,
    ModelUnavailable,
    NotAModelServer,
    ServerUnproven,
)
from mecum.infra.net import CertificateInvalid, EndedEarly, NetUnavailable
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

_BY_STATUS: dict[int, type[MecumError]] = {
    401: ModelAuthFailed,
    403: ModelAuthFailed,
    404: ModelNotFound,
    408: ModelUnavailable,
    429: ModelLimited,
}
# Source: the OpenAI API reference, error codes; servers that copied the wire say one of the two, code or type.
_BY_KIND = {
    "invalid_request_error": 400,
    "context_length_exceeded": 400,
    "invalid_api_key": 401,
    "authentication_error": 401,
    "permission_error": 403,
    "permission_denied": 403,
    "model_not_found": 404,
    "not_found_error": 404,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
}
_CONTEXT = re.compile(
    r"context[_ ](length|size|window|limit)|exceeds? the available context|too many tokens"
    r"|prompt is too long|exceeds the maximum number of tokens",
    re.IGNORECASE,
)
# How vendors word it: a maximum context length is 8192 tokens; a context size of (512 tokens); so many tokens are
# allowed (1048576); there are 208310 tokens > 200000 maximum; or a model with 32768 maximum context length.
_WINDOW = re.compile(
    r"(?:context (?:length|size|window)(?: is| of|:)?|allowed|>)\s*\(?(\d[\d,]*)|(\d[\d,]*)(?: tokens)? maximum",
    re.IGNORECASE,
)
_LARGEST_WINDOW = 1 << 30
_CREDENTIALS: Final = ("authorization", "x-api-key", "x-goog-api-key")
_SHORTEST_KEY: Final = 8
"""Characters; what is shorter (`none`, `x`) is a word that servers without keys are given, and says nothing."""
_KEY: Final = "(the key)"


def failure_of(status: int, body: bytes, headers: Mapping[bytes, bytes] | None = None) -> MecumError:
    """Return the error for an HTTP status and body; the vendor's own sentence is kept for the person.

    With `headers` (names in lower case) it says in its detail `retry_after` for how many seconds to leave it alone.
    """
    said = _sentence(body)
    cls = _BY_STATUS.get(status) or (ModelRefused if 400 <= status < 500 else ModelUnavailable)
    if cls in (ModelRefused, ModelUnavailable) and _CONTEXT.search(said):
        cls = ContextTooLong
    told = retry_after((headers or {}).get(b"retry-after", b"").decode("latin-1"))
    details: dict[str, Any] = {"status": status} | ({} if told is None else {"retry_after": told})
    if cls is ContextTooLong and (window := _window_in(said)) is not None:
        details["window"] = window
    return cls(f"{(cls.__doc__ or '').strip()} It said: {said}" if said else None, **details)


def _window_in(said: str) -> int | None:
    """Return how many tokens a server says it takes, in the sentence that refuses more."""
    found = _WINDOW.search(said)
    number = 0 if found is None else int((found.group(1) or found.group(2)).replace(",", ""))
    return number if 0 < number < _LARGEST_WINDOW else None


def inside(error: MecumError) -> MecumError:
    """Return the error for one that came where an answer was promised; one that says more stays what it is."""
    if type(error) is not ModelUnavailable:
        return error
    said = error.message.partition(" It said: ")[2]
    return ErrorInside(f"{(ErrorInside.__doc__ or '').strip()} It said: {said}" if said else None, **error.details)


def discreet(error: MecumError, headers: Mapping[str, str]) -> MecumError:
    """Return `error`, the keys that stood in the request's `headers` taken out of what the server said of them.

    Some servers repeat a key they do not accept; its sentence is shown, stored and exported, and a key never is.
    """
    for name, value in headers.items():
        key = value.removeprefix("Bearer ")
        if name.lower() in _CREDENTIALS and len(key) >= _SHORTEST_KEY:
            error.message = _without(error.message, key)
    error.args = (error.message,)
    return error


def _without(said: str, key: str) -> str:
    """A sentence is cut off at some length, and so may be the key at its end."""
    said = said.replace(key, _KEY)
    cut = next((n for n in range(len(key) - 1, _SHORTEST_KEY - 1, -1) if said.endswith(key[:n])), 0)
    return said[:-cut] + _KEY if cut else said


def failure_inside(error: Any) -> MecumError:
    """Return the error for one on the OpenAI wire that came where an answer was promised: it names its kind."""
    named = cast("dict[str, Any]", error) if isinstance(error, dict) else {}
    status = _status_of(named.get("code")) or _status_of(named.get("type")) or 500
    return inside(failure_of(status, orjson.dumps({"error": error})))


def _status_of(told: Any) -> int | None:
    """Return the HTTP status that a code or type of an error stands for; a proxy writes the status itself."""
    if isinstance(told, int) or (isinstance(told, str) and told.isdigit()):
        return int(told) if 400 <= int(told) < 600 else None
    return _BY_KIND.get(str(told))


def unreachable(error: NetUnavailable) -> ModelUnavailable:
    """Return the error for a server that could not be reached, is not who it should be, or broke off."""
    kinds = ((CertificateInvalid, ServerUnproven), (EndedEarly, AnswerCutShort))
    kind = next((ours for theirs, ours in kinds if isinstance(error, theirs)), ModelUnavailable)
    return kind(error.message, **error.details)


def not_json(data: bytes) -> ModelUnavailable:
    """Return the error for what should have been JSON of a model's answer."""
    if data.lstrip()[:1] == b"<":
        return NotAModelServer("It answered with a web page, not with a model's answer: is the address right?")
    return ModelUnavailable("The model's server sent something that is not JSON.")


def broken_off(error: MecumError) -> MecumError:
    """Return the error for what is wrong with the last piece of an answer: it ends in the middle."""
    if type(error) is not ModelUnavailable:
        return error
    return AnswerCutShort("The model's server ended its answer in the middle.", **error.details)


def no_list(body: bytes, wire: str) -> MecumError:
    """Return the error for a 200 whose body is no list of models on the wire of `wire`, with what it is instead."""
    start = body[:200].lstrip().lower()
    if start.startswith(b"<"):
        return NotAModelServer("It answered with a web page, not with models: is the address right?")
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        cut = start.startswith((b"{", b"["))
        return AnswerCutShort("Its answer ends in the middle.") if cut else NotAModelServer("Its answer is not JSON.")
    if isinstance(value, dict) and value.get("error"):  # pyright: ignore[reportUnknownMemberType]
        return ErrorInside(f"It answered 200 with an error inside. It said: {_sentence(body)}")
    return NotAModelServer(f"This server does not speak {wire}'s wire.")


def retry_after(value: str) -> float | None:
    """Return the seconds in a Retry-After header, which holds a number or a date; None when it holds neither."""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - clock.now()).total_seconds())


def _sentence(body: bytes) -> str:
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body[:200].decode("utf-8", "replace").strip()
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0]  # pyright: ignore[reportUnknownVariableType]
    error = value.get("error", value) if isinstance(value, dict) else value  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    for name in ("message", "detail"):
        if isinstance(error, dict):
            error = error.get(name) or error  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return _worded(error)[:300]


def _worded(said: Any) -> str:
    """Return a sentence, or several: a server that validates names each field and what is wrong with it."""
    try:
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in said)
    except (TypeError, KeyError):
        return str(said)
