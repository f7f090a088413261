"""What is answered while the store is being upgraded: how far that is, to people as a page, to programs as JSON."""

from collections.abc import Mapping
from html import escape
from typing import Final

import orjson
from starlette.responses import Response

from mecum import __version__

_WORDS: Final = {
    "checking": "Looking whether the record is sound and the disk has room.",
    "copying": "Making a copy of the record as it was.",
    "comparing": "Comparing every row.",
    "changing": "Changing the record.",
    "checking again": "Looking again whether the record is sound.",
    "going back": "Putting the copy from before back in its place.",
}
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="2"><title>Mecum is upgrading</title>
<style>:root{{color-scheme:light dark}}body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;
padding:0 1rem}}</style></head>
<body><main><h1>Mecum is upgrading its record</h1><p role="status">{says}</p>
<p>This page comes back by itself. Nothing is lost if it is interrupted.</p></main></body></html>
"""
_HEADERS: Final = {
    "Retry-After": "2",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}


def response(path: str, says: str) -> Response:
    """Return the answer to a request for `path`: always 503, except that the process is alive."""
    sentence = _WORDS.get(says, "Starting.")
    if path == "/api/v1/health":
        return _json({"status": "ok", "version": __version__}, 200)
    if path == "/api/v1/health/ready":
        return _json({"status": f"upgrading: {sentence}", "version": __version__}, 503)
    if path.startswith(("/api/", "/v1/")):
        problem = {
            "type": "urn:mecum:error:store.upgrading",
            "title": "The record is being upgraded.",
            "status": 503,
            "code": "store.upgrading",
            "detail": sentence,
        }
        return _json(problem, 503)
    return Response(_PAGE.format(says=escape(sentence)), 503, _HEADERS, "text/html; charset=utf-8")


def _json(value: Mapping[str, object], status: int) -> Response:
    return Response(orjson.dumps(value), status, _HEADERS, "application/json")
