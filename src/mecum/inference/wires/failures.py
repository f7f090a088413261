"""Vendor errors of JSON-over-HTTP wires, translated once."""

import re
from typing import Any

import orjson

from mecum.inference.errors import (
    ContextTooLong,
    ModelAuthFailed,
    ModelLimited,
    ModelNotFound,
    ModelRefused,
    ModelUnavailable,
)
from mecum.kernel.errors import MecumError

_BY_STATUS: dict[int, type[MecumError]] = {
    401: ModelAuthFailed,
    403: ModelAuthFailed,
    404: ModelNotFound,
    408: ModelUnavailable,
    429: ModelLimited,
}
_CONTEXT = re.compile(r"context[_ ](length|size|window)|exceeds? the available context|too many tokens", re.IGNORECASE)


def failure_of(status: int, body: bytes) -> MecumError:
    """Return the error for an HTTP status and body; the vendor's own sentence is kept for the person."""
    said = _sentence(body)
    cls = _BY_STATUS.get(status) or (ModelRefused if 400 <= status < 500 else ModelUnavailable)
    if cls in (ModelRefused, ModelUnavailable) and _CONTEXT.search(said):
        cls = ContextTooLong
    return cls(f"{(cls.__doc__ or '').strip()} It said: {said}" if said else None, status=status)


def _sentence(body: bytes) -> str:
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body[:200].decode("utf-8", "replace").strip()
    error = value.get("error", value) if isinstance(value, dict) else value  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if isinstance(error, dict):
        error = error.get("message") or error  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return str(error)[:300]  # pyright: ignore[reportUnknownArgumentType]
