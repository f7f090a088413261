"""Errors in Ollama's shape: `{"error": "a sentence"}`."""

import orjson
from starlette.responses import Response

from mecum.edges.http.openai.errors import error_object
from mecum.kernel.errors import MecumError


def sentence(error: MecumError, status: int) -> str:
    """Return what is wrong, with the parameter where one is."""
    found = error_object(error, status)
    param, message = found["param"], str(found["message"])
    return message if not param or f"'{param}'" in message else f"{param}: {message}"


def rendered(error: MecumError, status: int, request_id: str) -> Response:
    """Return the response for an error; see `problems.Renderer`."""
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    retry_after = error.details.get("retry_after")
    if isinstance(retry_after, int | float):
        headers["Retry-After"] = str(max(1, round(retry_after)))
    return Response(orjson.dumps({"error": sentence(error, status)}), status, headers, "application/json")
