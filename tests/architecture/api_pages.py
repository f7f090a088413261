"""The reference pages of the API, from the running application; `python -m architecture.api_pages` writes them."""

import asyncio
import importlib
import tempfile
from pathlib import Path
from typing import Any

import orjson

from architecture import source
from fakes.asgi import Browser
from mecum.bootstrap import running
from mecum.edges.http.app import compose
from mecum.edges.http.problems import status_of
from mecum.kernel import errors
from mecum.settings import load_settings

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
DOCUMENT = FOLDER / "openapi.json"
ERRORS = FOLDER / "errors.md"
_HEAD = """# Errors

Generated from the code by `python -m architecture.api_pages` (with `src` and `tests` on the path).

Every refusal of the API is a problem document (`application/problem+json`) with one of these codes. A code never
changes its meaning; the words may.

| Code | Kind | Status | Meaning |
|---|---|---|---|
"""


async def document() -> dict[str, Any]:
    """Return the OpenAPI document as a client gets it."""
    with tempfile.TemporaryDirectory() as folder:
        chosen: dict[str, Any] = {
            "data_dir": folder,
            "storage": {"key": "none"},
            "models": {"ollama_url": None, "local_servers": [], "folder": f"{folder}/no-models"},
        }
        async with running(load_settings(chosen)) as parts:
            app: Any = compose(parts)
            parts.authenticator.admit_local("mk_local_pages", parts.owner)
            browser = Browser(app, {"authorization": "Bearer mk_local_pages"})
            found: dict[str, Any] = (await browser.ask("GET", "/api/v1/openapi.json")).json
            return found


def document_page(found: dict[str, Any]) -> bytes:
    """Return the document as the file has it."""
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def errors_page() -> str:
    """Return the list of all errors of the product, whichever of its modules were needed so far."""
    for path in source.modules():
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if "migrations" not in name and not name.startswith("__"):
            importlib.import_module(f"mecum.{name}")
    rows = [
        f"| `{code}` | {cls.kind} | {status_of(cls)} | {(cls.__doc__ or '').strip().splitlines()[0]} |\n"
        for code, cls in errors.declared().items()
        if cls.__module__.startswith("mecum.")
    ]
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    DOCUMENT.write_bytes(document_page(asyncio.run(document())))
    ERRORS.write_text(errors_page(), encoding="utf-8")
