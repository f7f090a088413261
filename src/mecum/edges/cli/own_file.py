"""The configuration file that commands and the page write a person's wishes to: one key changed, all else left."""

from typing import Any, Final, cast

import orjson

from mecum.edges.cli.client import Client
from mecum.kernel.errors import Conflict

FILE: Final = "user_models.json"
_PATH: Final = f"/config/files/{FILE}"

NULL: Final = object()
"""The value `null`, which takes back what a weaker level says."""


class OwnFileBroken(Conflict):
    """The configuration file `user_models.json` cannot be read as it is, so nothing is added to it."""

    code = "cli.own_file_broken"


def put(client: Client, path: tuple[str, ...], value: object) -> dict[str, Any]:
    """Let a key say `value` (None takes the key out), and return the file as the server tells of it.

    Raises OwnFileBroken, and what the server refuses: a value that does not hold, a file changed in this moment.
    """
    found = client.get(_PATH)
    document = _document(found["text"])
    _place(document, path, value)
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"
    headers = {} if found["etag"] is None else {"If-Match": f'"{found["etag"]}"'}
    with client.begin("PUT", _PATH, {"text": text}, headers=headers) as arriving:
        written: dict[str, Any] = orjson.loads(b"".join(arriving))
    return written


def _document(text: str) -> dict[str, Any]:
    try:
        found: Any = orjson.loads(text) if text.strip() else {"version": 1}
    except orjson.JSONDecodeError as error:
        raise OwnFileBroken from error
    if not isinstance(found, dict):
        raise OwnFileBroken
    return cast("dict[str, Any]", found)


def _place(document: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    inside = document
    for step in path[:-1]:
        here = inside.get(step)
        if not isinstance(here, dict):
            here = inside[step] = dict[str, Any]()
        inside = cast("dict[str, Any]", here)
    if value is None:
        inside.pop(path[-1], None)
    else:
        inside[path[-1]] = None if value is NULL else value
