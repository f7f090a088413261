"""What is said after something was deleted for ever: which backups still hold it, and how to remove them."""

from typing import Any, Final

from mecum.edges.cli import render
from mecum.edges.cli.client import Client
from mecum.edges.cli.outcome import Refusal

_SHOWN: Final = 5


def tell(client: Client) -> None:
    """Name the backups that still hold what was deleted for ever; who may not see backups is told nothing."""
    try:
        items: list[dict[str, Any]] = client.get("/backups")["items"]
    except Refusal:
        return
    holding = [one["name"] for one in items if one["purged"]]
    if holding:
        render.notice(f"{sentence(holding)} {REMEDY}")


def sentence(names: list[str]) -> str:
    """Return which backups still hold something that was deleted for ever."""
    which = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    one = len(names) == 1
    return f"{len(names)} backup{'' if one else 's'} made before still hold{'s' if one else ''} it: {which}."


REMEDY: Final = "Remove them with `mecum backup delete NAME`, or wait until they expire (`mecum backup list`)."
