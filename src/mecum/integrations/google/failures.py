"""Google's errors, translated once: it words a wrong key as a bad request, and says in the body when to come back."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from mecum.inference.errors import ModelAuthFailed
from mecum.inference.wires.failures import failure_of, retry_after
from mecum.kernel.errors import MecumError


def google_failure(status: int, body: bytes, headers: Mapping[bytes, bytes] | None = None) -> MecumError:
    """Return the error for an HTTP status and body."""
    error = failure_of(status, body, headers)
    for detail in _details(body):
        if detail.get("reason") == "API_KEY_INVALID":
            return ModelAuthFailed(error.message, status=status)
        if (told := retry_after(str(detail.get("retryDelay", "")).removesuffix("s"))) is not None:
            error.details["retry_after"] = told
    return error


def _details(body: bytes) -> Iterable[dict[str, Any]]:
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return
    value = value[0] if isinstance(value, list) and value else value  # pyright: ignore[reportUnknownVariableType]
    error: Any = value.get("error") if isinstance(value, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    found: Any = error.get("details") if isinstance(error, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if isinstance(found, list):
        yield from (detail for detail in found if isinstance(detail, dict))  # pyright: ignore[reportUnknownVariableType]
