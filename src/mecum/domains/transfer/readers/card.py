"""Character cards of versions 1, 2 and 3: JSON, a PNG picture that has one inside, or `card.json` of an archive."""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any, Final

from mecum.domains.transfer.errors import CardUnreadable
from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.readers.stream import elements
from mecum.domains.transfer.readers.values import object_of, objects_of
from mecum.domains.transfer.rules import card, pieces, png
from mecum.domains.transfer.rules.exact import cleaned
from mecum.domains.transfer.rules.incoming import Found, Newcomer, Skipped
from mecum.domains.transfer.rules.record import Json

NAME: Final = "character-card"
CHUNKS: Final = ("ccv3", "chara")
"""The keywords of the texts that hold a card, the one that counts first."""
_EMBEDDED: Final = ("embeded://", "embedded://")
_DEFAULT: Final = "ccdefault:"


def knows(value: Any) -> bool:
    """Whether this is the whole of a card."""
    return card.knows(value)


def knows_picture(head: bytes) -> bool:
    """Whether a file that begins so may be a card in a picture."""
    return head.startswith(png.SIGNATURE)


def read(source: Source) -> Iterator[Found]:
    """Return its assistant; raises CardUnreadable."""
    source.file.seek(0)
    if knows_picture(source.file.read(len(png.SIGNATURE))):
        source.file.seek(0)
        yield _of_picture(source.file.read(png.MOST_BYTES + 1), source)
        return
    for value in elements(source.file):
        yield _newcomer(object_of(value), source, None)


def _of_picture(data: bytes, source: Source) -> Found:
    chunks = png.chunks_of(data)
    texts = png.texts(chunks)
    said = next((texts[keyword] for keyword in CHUNKS if keyword in texts), None)
    if said is None:
        return Skipped("assistant", source.name, "there is no character card in this picture")
    # Without the card: it would go out again with an older one inside.
    picture = png.written(png.without(chunks, frozenset(CHUNKS)))
    return _newcomer(_inside(said), source, picture)


def _inside(said: bytes) -> Json:
    """Return the card that a text of a picture holds; raises CardUnreadable."""
    try:
        value = json.loads(base64.b64decode(said, validate=False).decode("utf-8-sig"))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise CardUnreadable("What the picture holds is no card: base64 of JSON is wanted.") from error
    if not card.knows(value):
        raise CardUnreadable("What the picture holds is no character card.")
    return object_of(value)


def _newcomer(said: Json, source: Source, picture: bytes | None) -> Found:
    mapped = card.mapped(said)
    if mapped is None:
        return Skipped("assistant", source.name, "the card has no name", pieces.kept(said))
    made = Newcomer(
        ref=mapped.name,
        name=mapped.name,
        raw=said,
        facets={"identity": mapped.identity, "configuration": mapped.configuration},
        prompt=mapped.prompt,
        legacy={"card": cleaned(said)},
    )
    made.picture = _icon(said, source, picture, made.skipped)
    return made


def _icon(said: Json, source: Source, picture: bytes | None, skipped: list[Skipped]) -> bytes | None:
    """Return the main icon: one that came along, or the picture that the card is in."""
    icons = [one for one in objects_of(card.data_of(said).get("assets")) if one.get("type") == "icon"]
    icons.sort(key=lambda one: one.get("name") != "main")
    uri = str(icons[0].get("uri")) if icons else _DEFAULT
    if uri.startswith("data:"):
        return _data(uri) or picture
    start = next((start for start in _EMBEDDED if uri.startswith(start)), None)
    if start is None:
        # Nothing is fetched from elsewhere; the address stays in the card.
        return picture
    found = source.attached(uri.removeprefix(start).rpartition("/")[2])
    if isinstance(found, str):
        skipped.append(Skipped("file", f"{source.name}/{uri}", found))
        return picture
    return found.content


def _data(uri: str) -> bytes | None:
    head, _, body = uri.partition(",")
    try:
        return base64.b64decode(body, validate=True) if head.endswith(";base64") else None
    except (binascii.Error, ValueError):
        return None
