"""Errors on the wire: problem details (RFC 9457) with our stable codes."""

import errno
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope
from starlette.websockets import WebSocket

from mecum.infra.storage.errors import StoreFull
from mecum.infra.web.requests import BodyTooLarge, RequestInvalid, problems_of
from mecum.kernel.errors import Denied, Internal, Invalid, Kind, Limit, MecumError, NotFound, Unavailable

_log = logging.getLogger("mecum.http")
_REPORTED: Final = "mecum.reported"
REQUEST_ID: Final = "mecum.request_id"
_STATUS_OF_KIND: Final[dict[Kind, int]] = {
    "invalid": 400,
    "denied": 403,
    "not_found": 404,
    "conflict": 409,
    "limit": 429,
    "internal": 500,
    "unavailable": 503,
}
_STATUS_OF_CODE: Final = {"auth.required": 401, "auth.failed": 401, "request.method_not_allowed": 405}
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT}
Renderer = Callable[[MecumError, int, str], Response]
"""Makes the response for an error, its status and the request's id."""
Failed = Callable[[MecumError, Exception], None]
"""Told of every error that is a fault: what was answered, and what was raised."""


class RouteNotFound(NotFound):
    """There is nothing at this address."""

    code = "request.not_found"


class MethodNotAllowed(Invalid):
    """This address does not take this method."""

    code = "request.method_not_allowed"


_OF_STATUS: Final[dict[int, type[MecumError]]] = {
    401: Denied,
    403: Denied,
    404: RouteNotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    429: Limit,
    503: Unavailable,
}


def status_of(error: MecumError | type[MecumError]) -> int:
    """Return the HTTP status of an error."""
    if error.kind == "limit" and error.code.endswith(".too_large"):
        return 413
    return _STATUS_OF_CODE.get(error.code) or _STATUS_OF_KIND[error.kind]


def problem(error: MecumError, status: int, request_id: str) -> Response:
    """Return the problem details of an error."""
    details = dict(error.details)
    body: dict[str, Any] = {
        "type": f"urn:mecum:error:{error.code}",
        "title": (type(error).__doc__ or error.code).strip().splitlines()[0],
        "status": status,
        "code": error.code,
        "detail": error.message,
        "request_id": request_id,
    }
    if errors := details.pop("errors", None):
        body["errors"] = errors
    if details and error.kind != "internal":
        body["details"] = details
    headers = _headers(status, error.details.get("retry_after"))
    return Response(orjson.dumps(body, default=str), status, headers, "application/problem+json")


def _headers(status: int, retry_after: object) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(retry_after, int | float):
        headers["Retry-After"] = str(max(1, round(retry_after)))
    return headers


def translated(error: Exception) -> MecumError:
    """Return our error for one of the framework's; anything unknown is internal, and says nothing of itself."""
    if isinstance(error, MecumError):
        return error
    if isinstance(error, RequestValidationError):
        return RequestInvalid(errors=problems_of(error.errors()))
    if isinstance(error, HTTPException):
        return _of_status(error)
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return StoreFull()
    return Internal()


def _of_status(error: HTTPException) -> MecumError:
    known = _OF_STATUS.get(error.status_code)
    if known is not None:
        return known()
    return Invalid(str(error.detail)) if error.status_code < 500 else Internal()


class Problems:
    """Answers errors, and reports each that is a fault once. `shapes`: other renderers below some paths (`/v1`)."""

    def __init__(self, shapes: Mapping[str, Renderer] | None = None, failed: Failed | None = None) -> None:
        self._shapes = tuple((prefix + "/", render) for prefix, render in (shapes or {}).items())
        self._failed = failed

    def response(self, scope: Scope, error: Exception) -> Response:
        """Return the response for `error` in the shape of the path that was asked for."""
        self.report(scope, error)
        ours = translated(error)
        path = str(scope.get("path", ""))
        render = next((render for prefix, render in self._shapes if path.startswith(prefix)), problem)
        response = render(ours, status_of(ours), str(scope.get(REQUEST_ID, "")))
        if isinstance(error, HTTPException):
            response.headers.update(error.headers or {})
        return response

    def report(self, scope: Scope, error: Exception) -> None:
        """Log an unexpected error, and tell `failed` of every fault; the framework may show us the same one twice."""
        if scope.get(_REPORTED):
            return
        scope[_REPORTED] = True
        ours = translated(error)
        if ours.kind == "internal":
            _log.error("unexpected error", exc_info=error, extra={"code": ours.code, "path": scope.get("path")})
        if self._failed is not None and ours.kind in ("internal", "unavailable"):
            self._failed(ours, error)

    def install(self, app: FastAPI) -> None:
        """Let the framework answer its errors and ours like this."""

        async def answer(request: Request | WebSocket, error: Exception) -> Response:
            return self.response(request.scope, error)

        for kind in (MecumError, RequestValidationError, HTTPException, Exception):
            app.add_exception_handler(kind, answer)
