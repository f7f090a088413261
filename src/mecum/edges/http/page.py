"""The built page: its files as they are, and its shell for every address inside it."""

from pathlib import Path

from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from mecum.edges.http.problems import MethodNotAllowed, RouteNotFound

_NOT_PAGES = ("/api/", "/v1/")
_FOREVER = "public, max-age=31536000, immutable"
_NEVER = "no-cache"
# What a build writes; the machine's own table would answer differently on every machine.
_MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_MISSING = "The page is not built. `make web` builds it; the API and the command line work without it."


class Page:
    """Serves the page from a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    @property
    def built(self) -> bool:
        """Whether there is a page."""
        return (self._folder / "index.html").is_file()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(_NOT_PAGES):
            raise RouteNotFound
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed
        await self._response(scope["path"].lstrip("/"))(scope, receive, send)

    def _response(self, path: str) -> Response:
        file = self._file(path)
        if file is not None:
            # Files under assets/ carry a hash of their content in their name.
            cache = _FOREVER if path.startswith("assets/") else _NEVER
            return FileResponse(file, headers={"cache-control": cache}, media_type=_media_type(file))
        if path.startswith("assets/"):
            return PlainTextResponse("Not found", 404)
        if not self.built:
            return PlainTextResponse(_MISSING, 503)
        return FileResponse(self._folder / "index.html", headers={"cache-control": _NEVER}, media_type="text/html")

    def _file(self, path: str) -> Path | None:
        if not path or "\x00" in path:
            return None
        file = (self._folder / path).resolve()
        return file if file.is_relative_to(self._folder) and file.is_file() else None


def _media_type(file: Path) -> str:
    return _MEDIA_TYPES.get(file.suffix, "application/octet-stream")
