"""From what a file says of an assistant to what the room of assistants takes in."""

import base64
import binascii
import re
from datetime import datetime
from typing import Any, Final

from mecum.domains.assistants import api as assistants
from mecum.domains.transfer.rules.incoming import Newcomer, Skipped
from mecum.domains.transfer.rules.record import Json
from mecum.kernel import clock

_SLUG: Final = re.compile(assistants.SLUG)
_LONGEST: Final = 100


def slug_of(found: Newcomer) -> str:
    """Return the slug it had, or one made of its name."""
    given = found.core.get("slug")
    return given if isinstance(given, str) and _SLUG.fullmatch(given) else assistants.slug_of(found.name)


def arrival_of(found: Newcomer, slug: str, own_id: str | None, began: int) -> assistants.Arrival:
    """Return an assistant as it is taken in; `own_id` is the id it keeps, `began` when the import did.

    Adds to `found.skipped` what cannot be taken.
    """
    core: Json = {**found.core, "name": found.name, "slug": slug}
    core |= {name: _moment(core.get(name)) for name in ("created_at", "updated_at")}
    if own_id is not None:
        core["id"] = own_id
    return assistants.Arrival(
        core=core,
        facets=found.facets,
        prompt=found.prompt,
        texts=[assistants.BroughtText(one["text"], one["note"], _moment(one["created_at"])) for one in found.texts],
        current=found.current,
        versions=[_kept(one, began) for one in found.versions],
        vectors=_vectors(found),
        legacy=found.legacy,
        picture=_picture(found),
    )


def _kept(one: Json, began: int) -> assistants.Kept:
    # Never of later than the import: what was changed here since is told from what it brought by this.
    at = began if one["created_at"] is None else min(one["created_at"], began)
    return assistants.Kept(one["number"], one["reason"], one["state"], clock.from_milliseconds(at))


def _picture(found: Newcomer) -> assistants.Picture | None:
    if found.picture is None:
        return None
    picture = assistants.picture_of(found.picture)
    if picture is None:
        reason = "its picture is none that is shown, or too large"
        found.skipped.append(Skipped("file", f"{found.ref}/picture", reason))
    return picture


def _vectors(found: Newcomer) -> list[assistants.BroughtVector]:
    made: list[assistants.BroughtVector] = []
    for name, one in found.vectors.items():
        values = _values(one)
        if values is None or len(name) > _LONGEST:
            found.skipped.append(Skipped("document", f"{found.ref}/{name}", "its vector is damaged"))
            continue
        model = one.get("model")
        made.append(assistants.BroughtVector(name, values, model if isinstance(model, str) else None))
    return made


def _values(one: Json) -> list[float] | None:
    dimension: Any = one.get("dimension")
    try:
        data = base64.b64decode(str(one.get("base64")), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not isinstance(dimension, int) or dimension <= 0 or len(data) not in (4 * dimension, 8 * dimension):
        return None
    return assistants.unpacked(data, dimension)


def _moment(at: int | None) -> datetime | None:
    return None if at is None else clock.from_milliseconds(at)
