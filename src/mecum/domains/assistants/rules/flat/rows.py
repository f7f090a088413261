"""A row of the flat table on its way in: which facet gets what, what is kept beside it, and what it names."""

import base64
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import orjson

from mecum.domains.assistants.model import FACETS, Field
from mecum.domains.assistants.rules.flat import values
from mecum.domains.assistants.rules.flat.names import FIELD_OF, HOMELESS
from mecum.domains.assistants.rules.flat.table import LINKS, RELATIONS
from mecum.domains.assistants.rules.slugs import LONGEST
from mecum.domains.assistants.rules.values import is_unknown
from mecum.domains.assistants.rules.vectors import packed
from mecum.kernel.text import exact_base64, is_storable, shown

NAMELESS: Final = "Assistant"
_LONGEST_ID: Final = 64
_LARGEST: Final = 2**63
_VECTOR_MODELS: Final = frozenset({"embedding_model", "vector_model", "embedding_model_name"})
"""Columns beside the known ones that say which model the vectors are of."""
_OWN_FACET: Final = frozenset({"prompt", "assistant"})
"""Kinds of fields that hold an id of ours: until it is known, they hold nothing."""


@dataclass(slots=True)
class Brought:
    """An assistant as a row says it. `original` is its id there."""

    original: str
    name: str
    said: dict[str, Any]
    """What every column says, by flat name; by this a reckoning compares."""
    content: bytes
    row: bytes
    slug: str | None = None
    active: bool = True
    demo: bool = False
    created_at: str | None = None
    updated_at: str | None = None
    states: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    odd: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    vectors: dict[str, bytes] = field(default_factory=dict[str, bytes])
    vector_model: str | None = None
    """The model that its vectors are of, where a column says so."""
    references: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Field, kind and id there of everything that it names."""
    prompt: str | None = None
    homeless: dict[str, Any] = field(default_factory=dict[str, Any])
    """What has no field here."""
    exact: dict[str, tuple[Any, Any]] = field(default_factory=dict[str, tuple[Any, Any]])
    """What a column said that is stored as something else, and that something."""

    @property
    def legacy(self) -> dict[str, Any] | None:
        """The legacy document of the core: what has no field, what was said otherwise, what was named."""
        named = {name: there for name, _, there in self.references if name in RELATIONS}
        found = {"flat": self.homeless, "exact": self.exact, "refs": named}
        return {key: held for key, held in found.items() if held} or None

    @property
    def reported(self) -> list[str]:
        """The names of what is none of its field's values: kept, and behaving as by default."""
        kept = [name for facet in self.odd.values() for name in facet]
        return kept + [name for facet, name in _CHOICES if is_unknown(FIELD_OF[name][1], self.states[facet].get(name))]


def brought(row: Mapping[str, Any]) -> Brought:
    """Return what a row says; its columns are flat names and whatever else there is."""
    made = Brought("", NAMELESS, {}, b"", b"", states={facet: {} for facet in FACETS}, odd={})
    for name, value in row.items():
        handler = _HANDLERS.get(name)
        if handler is None:
            made.said[name] = made.homeless[name] = storable(value)
            if name in _VECTOR_MODELS and isinstance(value, str) and is_storable(value):
                made.vector_model = value or None
        else:
            handler(made, name, value)
    # What is null says nothing, and vectors are kept once: as such.
    plain = {name: value for name, value in made.said.items() if value is not None and name not in made.vectors}
    made.row = orjson.dumps(plain)
    digest = hashlib.blake2b(made.row, digest_size=16)
    for name, data in made.vectors.items():
        digest.update(name.encode())
        digest.update(data)
    made.content = digest.digest()
    made.original = made.original or f"row:{made.content.hex()}"
    return made


def unpacked_row(data: bytes) -> dict[str, Any]:
    """Return a kept row."""
    row: dict[str, Any] = orjson.loads(data)
    return row


def storable(value: Any) -> Any:
    """Return a value as JSON that can be stored; bytes and broken texts are given with their exact bytes."""
    if isinstance(value, str):
        return value if is_storable(value) or _dumps(value) else {"base64": exact_base64(value), "shown": shown(value)}
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return {shown(str(key)): storable(inner) for key, inner in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in cast("list[Any]", value)]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return str(value)
    return value


def _dumps(value: str) -> bool:
    """Whether it can be written as JSON: a NUL can, half a surrogate pair cannot."""
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return True


def _id(made: Brought, name: str, value: Any) -> None:
    made.original = values.original(value) or ""
    made.said[name] = values.shown(made.original) if made.original else None


def _name(made: Brought, name: str, value: Any) -> None:
    said = storable(value)
    text = said if isinstance(said, str) else str(said) if isinstance(said, int | float) else ""
    made.name = shown(text).strip() or NAMELESS
    _keep(made, name, said, made.name)


def _slug(made: Brought, name: str, value: Any) -> None:
    made.said[name] = said = storable(value)
    if isinstance(said, str) and 0 < len(said) <= LONGEST and is_storable(said):
        made.slug = said


def _flag(made: Brought, name: str, value: Any) -> None:
    found = values.flag(value)
    default = name == "is_active"
    state = default if found is None else found
    if name == "is_active":
        made.active = state
    else:
        made.demo = state
    _keep(made, name, storable(value) if found is None else found, state)


def _moment(made: Brought, name: str, value: Any) -> None:
    found = values.moment(value)
    if found is None:
        made.said[name] = said = storable(value)
        made.exact[name] = (said, None)
        return
    cut = found if len(found) == _ISO else found[: _ISO - 1] + "Z"
    setattr(made, name, cut)
    _keep(made, name, found, cut)


def _relation(made: Brought, name: str, value: Any) -> None:
    if name == "system_prompt" and isinstance(value, str) and _is_prose(value):
        made.said[name] = made.prompt = value if is_storable(value) else shown(value)
        return
    there = values.original(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    if there is None or len(there) > _LONGEST_ID:
        said = storable(value)
        if values.empty(value):
            _keep(made, name, said, None)
        else:
            made.said[name] = made.homeless[name] = said
        return
    made.said[name] = values.shown(there)
    kind = RELATIONS[name]
    made.references.append((name, kind, there))
    if name in FIELD_OF and FIELD_OF[name][1].kind not in _OWN_FACET:
        made.states[FIELD_OF[name][0]][name] = f"{kind}/{there}"


def _links(made: Brought, name: str, value: Any) -> None:
    items: Any = values.items(value)
    found = [values.original(item) for item in items] if items is not None else None
    if found is None or None in found:
        made.said[name] = made.homeless[name] = storable(value)
        return
    there = [one for one in found if one is not None]
    made.said[name] = made.homeless[name] = [values.shown(one) for one in there]
    made.references += [(name, LINKS[name], one) for one in dict.fromkeys(there)]


def _homeless(made: Brought, name: str, value: Any) -> None:
    found = values.flag(value) if name == "rag_certified" else None
    made.said[name] = made.homeless[name] = storable(value) if found is None else found


def _vector(made: Brought, name: str, value: Any) -> None:
    numbers = values.vector(value)
    if numbers is not None:
        made.vectors[name] = packed(numbers)
        made.said[name] = numbers
        return
    facet, column = FIELD_OF[name]
    if column.kind != "vector":
        _field(made, name, value)
        return
    made.said[name] = said = storable(values.written(value))
    if values.empty(said):
        made.exact[name] = (said, None)
    else:
        made.odd.setdefault(facet, {})[name] = said


def _field(made: Brought, name: str, value: Any) -> None:
    facet, column = FIELD_OF[name]
    if type(value) is str and not value.isascii() and not _dumps(value):
        value = storable(value)
    fit = values.worded(column, value) if name == "ideology" and value is not None else values.fitted(column, value)
    if not fit.fits or _is_odd_json(column, fit.stored):
        made.said[name] = said = storable(fit.said)
        made.odd.setdefault(facet, {})[name] = said
        return
    if fit.stored is not None:
        made.states[facet][name] = fit.stored
    _keep(made, name, fit.said, fit.stored)


def _is_odd_json(column: Field, stored: Any) -> bool:
    """Whether a list or an object holds what no JSON column keeps."""
    if stored is None or column.kind not in ("list", "map", "list_or_map"):
        return False
    try:
        orjson.dumps(stored)
    except TypeError:
        return True
    return False


def _keep(made: Brought, name: str, said: Any, stored: Any) -> None:
    """Note what a column said; beside what is stored where that is not the same."""
    made.said[name] = said
    if type(said) is not type(stored) or said != stored:
        made.exact[name] = (said, stored)


def _is_prose(value: str) -> bool:
    return len(value) > _LONGEST_ID or any(sign.isspace() for sign in value.strip())


_ISO: Final = len("2026-11-21T06:40:00.123Z")
_CHOICES: Final = [(facet, name) for name, (facet, column) in FIELD_OF.items() if column.choices]
_HANDLERS: Final[dict[str, Any]] = {
    **dict.fromkeys(FIELD_OF, _field),
    **{name: _vector for name, (_, column) in FIELD_OF.items() if column.kind == "vector"},
    "preferred_rag_vector": _vector,
    **dict.fromkeys(HOMELESS, _homeless),
    **dict.fromkeys(RELATIONS, _relation),
    **dict.fromkeys(LINKS, _links),
    "id": _id,
    "name": _name,
    "slug": _slug,
    "is_active": _flag,
    "is_demo": _flag,
    "created_at": _moment,
    "updated_at": _moment,
}
