"""Slugs: how an assistant is named in addresses, on the command line and as a model."""

import re
import unicodedata
from collections.abc import Collection
from typing import Final

LONGEST: Final = 255
PATTERN: Final = r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
RESERVED: Final = frozenset({"effects", "starters"})
"""What addresses of the API mean by themselves."""
_APART: Final = re.compile(r"[^a-z0-9]+")


def slug_of(name: str) -> str:
    """Return a slug made of a name; one in a script that has no Latin letters gives `assistant`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _APART.sub("-", plain).strip("-")[: LONGEST - 10].strip("-") or "assistant"


def free(wanted: str, taken: Collection[str]) -> str:
    """Return `wanted`, or with the first number from 2 on that nobody has."""
    if wanted not in taken and wanted not in RESERVED:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"


def patterns(words: str | None) -> dict[str, str]:
    """Return what a look-up of names binds: the words in small letters, and beginning with a capital.

    SQLite knows the two cases of Latin letters alone; of others, these are how a name is written.
    """
    if words is None:
        return {}
    plain = re.sub(r"([\\%_])", r"\\\1", words.strip())
    return {"_words": f"%{plain.lower()}%", "_capital": f"%{plain.capitalize()}%"}
