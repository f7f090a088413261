"""What can be said in the address of a response: how to tell it again, and which of its input items to list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from mecum.edges.http.openai.errors import ParameterRefused, refused

LOGPROBS: Final = "message.output_text.logprobs"
IMAGES: Final = "message.input_image.image_url"
_ARRAY: Final = "[]"
_FEW_ITEMS: Final = 20
_MOST_ITEMS: Final = 100
_LARGEST: Final = 2**63
_BOOLEANS: Final = {"true": True, "false": False}
Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How to tell a response; `after` is the last `sequence_number` the client has."""

    stream: bool = False
    after: int = -1


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Which input items: at most `limit`, those behind the item `after`."""

    after: str | None = None
    limit: int = _FEW_ITEMS
    order: Literal["asc", "desc"] = "desc"
    images: bool = False
    """Whether images are told whole."""


def retrieval_of(pairs: Pairs) -> Retrieval:
    """Read a query; raises ParameterRefused."""
    said = _said(pairs, ("stream", "starting_after", "include", "include_obfuscation"))
    _included(said, (LOGPROBS,))
    if _boolean(said, "include_obfuscation"):
        raise _unsupported("include_obfuscation")
    stream = _boolean(said, "stream")
    if "starting_after" not in said:
        return Retrieval(stream)
    if not stream:
        raise refused("starting_after", "starting_after is only allowed when stream is true.", "invalid_value")
    return Retrieval(stream, _number(said, "starting_after", 0, _LARGEST))


def page_of(pairs: Pairs) -> ItemPage:
    """Read a query; raises ParameterRefused."""
    said = _said(pairs, ("after", "limit", "order", "include"))
    images = IMAGES in _included(said, (IMAGES, LOGPROBS))
    limit = _number(said, "limit", 1, _MOST_ITEMS) if "limit" in said else _FEW_ITEMS
    match said.get("order", ["desc"])[-1]:
        case "asc":
            return ItemPage(_last(said, "after"), limit, "asc", images)
        case "desc":
            return ItemPage(_last(said, "after"), limit, "desc", images)
        case other:
            raise refused("order", f"Unsupported value for 'order': {other!r}; it is asc or desc.")


def _said(pairs: Pairs, known: tuple[str, ...]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for name, value in pairs:
        plain = name.removesuffix(_ARRAY)
        if plain not in known:
            raise _unsupported(name)
        said.setdefault(plain, []).append(value)
    return said


def _included(said: Mapping[str, list[str]], known: tuple[str, ...]) -> list[str]:
    wanted = said.get("include", [])
    for value in wanted:
        if value not in known:
            raise refused("include", f"Unsupported value for 'include': {value!r} cannot be included here.")
    return wanted


def _boolean(said: Mapping[str, list[str]], name: str) -> bool:
    value = said.get(name, ["false"])[-1]
    if value not in _BOOLEANS:
        raise refused(name, f"Invalid value for '{name}': it is true or false.", "invalid_value")
    return _BOOLEANS[value]


def _number(said: Mapping[str, list[str]], name: str, least: int, most: int) -> int:
    value = said[name][-1]
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else -1
    if not least <= number <= most:
        raise refused(name, f"Invalid value for '{name}': it is a number from {least} to {most}.", "invalid_value")
    return number


def _last(said: Mapping[str, list[str]], name: str) -> str | None:
    return said[name][-1] if name in said else None


def _unsupported(name: str) -> ParameterRefused:
    return refused(name, f"Unsupported parameter: '{name}' is not supported here.", "unsupported_parameter")


def described(name: str, kind: Mapping[str, Any], description: str, example: Any) -> dict[str, Any]:
    """Return how the document describes a parameter of a query that is read by hand."""
    return {"name": name, "in": "query", "schema": dict(kind), "description": description, "example": example}


_INCLUDE: Final = described(
    "include[]",
    {"type": "array", "items": {"type": "string"}},
    f"`{LOGPROBS}`: they are there wherever they were asked for. Of input items, `{IMAGES}`: images whole.",
    [LOGPROBS],
)
RETRIEVAL: Final = [
    described("stream", {"type": "boolean"}, "Tell it as server-sent events, as when it was made.", True),
    described(
        "starting_after",
        {"type": "integer"},
        "Only with `stream`: the last `sequence_number` you have; what comes after it is told.",
        42,
    ),
    _INCLUDE,
]
PAGE: Final = [
    described("after", {"type": "string"}, "The id of the item after which to begin.", "msg_06hq3k8w2m5v900"),
    described("limit", {"type": "integer"}, "How many, from 1 to 100; 20 if left out.", 20),
    described("order", {"type": "string", "enum": ["asc", "desc"]}, "`desc`, newest first, or `asc`.", "asc"),
    _INCLUDE,
]
