"""Finds what a person means by `last`, the start of an id, or a name."""

from collections.abc import Iterable
from typing import Any, Final

from mecum.edges.cli.client import Client, part
from mecum.kernel import ids
from mecum.kernel.errors import Invalid, NotFound

LAST: Final = "last"
_SHOWN: Final = 5


class NoSuchThing(NotFound):
    """Nothing here has that id or name."""

    code = "cli.no_such_id"


class Ambiguous(Invalid):
    """More than one thing begins like that."""

    code = "cli.ambiguous_id"


def conversation(client: Client, given: str, *, deleted: bool = False, archived: bool = False) -> str:
    """Return the id of the conversation meant by an id, the start of one, its number in an older record, or `last`."""
    if ids.is_id(given, "cnv"):
        return given
    if given == LAST:
        newest = next(client.items("/conversations", 1, deleted=deleted, archived=archived), None)
        if newest is None:
            raise NoSuchThing("The trash is empty." if deleted else "There is no conversation yet.")
        return str(newest["id"])
    if given.isascii() and given.isdecimal() and (known := _numbered(client, given)) is not None:
        return known
    return str(_pick(client.items("/conversations", deleted=deleted, archived=archived), "cnv", given)["id"])


def _numbered(client: Client, given: str) -> str | None:
    """Return the conversation that had this number in an older record, None when none had."""
    items = client.get("/imports/origins", original=given)["items"]
    found = list(dict.fromkeys(str(item["conversation_id"]) for item in items))
    if len(found) > 1:
        some = ", ".join(f"{item['conversation_id']} ({item['system']})" for item in items[:_SHOWN])
        raise Ambiguous(f"{given} may be any of {some}.")
    return found[0] if found else None


def message(client: Client, conversation_id: str, given: str) -> str:
    """Return the id of a message by its id, the start of one, or `last` (the conversation's present leaf)."""
    if ids.is_id(given, "msg"):
        return given
    if given == LAST:
        leaf = client.get(f"/conversations/{part(conversation_id)}")["leaf_id"]
        if leaf is None:
            raise NoSuchThing("The conversation has no message yet.")
        return str(leaf)
    return str(_pick(client.items(f"/conversations/{part(conversation_id)}/messages"), "msg", given)["id"])


def project(client: Client, given: str, *, deleted: bool = False) -> str:
    """Return the id of the project meant by a name, an id or the start of one; `deleted`: it may be in the trash."""
    if ids.is_id(given, "prj"):
        return given
    items = list(client.items("/projects"))
    if deleted:
        items += client.items("/projects", deleted=True)
    folded = " ".join(given.split()).casefold()
    known = [item for item in items if str(item["name"]).casefold() == folded]
    return str((known[0] if known else _pick(items, "prj", given))["id"])


def named(items: Iterable[dict[str, Any]], given: str) -> dict[str, Any]:
    """Return the item with this name, id or start of an id."""
    everything = list(items)
    for item in everything:
        if given in (item.get("id"), item.get("name")):
            return item
    return _pick(everything, None, given)


def _pick(items: Iterable[dict[str, Any]], prefix: str | None, given: str) -> dict[str, Any]:
    start = given if prefix is None or given.startswith(f"{prefix}_") else f"{prefix}_{given}"
    found = [item for item in items if given and str(item["id"]).startswith(start)]
    if not found:
        raise NoSuchThing(f"Nothing here is called or begins with {given}.")
    if len(found) > 1:
        some = ", ".join(str(item["id"]) for item in found[:_SHOWN])
        raise Ambiguous(f"{given} may be any of {some}{' …' if len(found) > _SHOWN else ''}.")
    return found[0]
