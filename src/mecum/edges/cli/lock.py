"""The lock file of a data folder: which server holds it, and how to reach it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import orjson
import psutil

from mecum.kernel.errors import Unavailable

FILE: Final = "server.json"


class ServerGone(Unavailable):
    """The server of this data folder has gone away."""

    code = "cli.server_gone"


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a data folder; `url` and `token` are empty while it listens nowhere."""

    url: str
    token: str
    pid: int
    started_at: str


def holder(folder: Path) -> Holder | None:
    """Return who holds `folder`, or None when nobody does or the process that did is gone."""
    try:
        found: Any = orjson.loads((folder / FILE).read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return None
    if not isinstance(found, dict):
        return None
    fields = cast("dict[str, Any]", found)
    pid = fields.get("pid")
    if not isinstance(pid, int) or not _lives(pid):
        return None
    return Holder(
        str(fields.get("url") or ""), str(fields.get("token") or ""), pid, str(fields.get("started_at") or "")
    )


def _lives(pid: int) -> bool:
    """Whether there is such a process; one that ended and was not waited for, as in many containers, is gone."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def present(folder: Path) -> Holder:
    """Return who holds `folder` right now; raises ServerGone when nobody does."""
    found = holder(folder)
    if found is None:
        raise ServerGone
    return found
