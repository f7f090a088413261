"""Cursor pages: opaque positions, never offsets."""

import base64
import binascii
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson

from mecum.kernel.errors import Invalid

Item = TypeVar("Item")
MAX_LIMIT = 200


class BadCursor(Invalid):
    """The cursor is not one this list gave out."""

    code = "paging.bad_cursor"


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list and the cursor of the next, or None at the end."""

    items: list[Item]
    next_cursor: str | None


def encode(*position: int | str) -> str:
    """Return the cursor for a position (the ordered columns of the last item)."""
    return base64.urlsafe_b64encode(orjson.dumps(position)).rstrip(b"=").decode("ascii")


def decode(cursor: str, *types: type) -> list[int | str]:
    """Return the position in `cursor`; raises BadCursor unless it has exactly these types."""
    try:
        position = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BadCursor from error
    if not isinstance(position, list) or [type(part) for part in position] != list(types):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        raise BadCursor
    return position  # pyright: ignore[reportUnknownVariableType]
