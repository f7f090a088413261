"""The shapes that follow from the declared fields: a facet to be read, to be made, to be changed; lists and cards."""

from collections.abc import Iterable
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, create_model

from mecum.domains.assistants.model import FACETS, FIELDS
from mecum.domains.assistants.model import Field as Declared
from mecum.domains.assistants.rules.effects import Entry

_TYPES: Final[dict[str, Any]] = {
    "line": str,
    "prose": str,
    "choice": str,
    "flag": bool,
    "whole": int,
    "number": float,
    "moment": str,
    "list": list[Any],
    "map": dict[str, Any],
    "list_or_map": list[Any] | dict[str, Any],
    "assistant": str,
    "prompt": str,
    "reference": str,
}
_NAMES: Final = {facet: f"Assistant{entity.__name__}" for facet, entity in FACETS.items()}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UnknownView(BaseModel):
    """A value that is none of its field's: kept, and behaving as the default."""

    field: str = Field(description="The field.", examples=["thinking_style"])
    value: Any = Field(description="What it holds.", examples=["dreamy"])
    behaves_as: Any = Field(description="What it behaves as.", examples=["analytical"])


class MeasuredFieldView(BaseModel):
    """How a field came by what it shows."""

    method: str = Field(description="By which method.", examples=["share"])
    explanation: str = Field(description="The method and its numbers.", examples=["38 / 40 = 0.95."])
    at: str = Field(description="When.", examples=["2026-11-21T06:40:00.123Z"])
    imported: Any = Field(description="What an import brought for the field; it stays stored.", examples=[None])


class VectorView(BaseModel):
    """What is known of a vector."""

    model: str | None = Field(description="The model it is of; null where nobody said.", examples=["nomic-embed-text"])
    dimension: int = Field(description="How many numbers it has.", examples=[768])


def facet_view(facet: str, base: type[BaseModel] = BaseModel) -> type[BaseModel]:
    """Return the shape of a facet as it is read."""
    fields = {field.name: _read(facet, field) for field in FIELDS[facet]}
    version = Annotated[int, Field(description="Its version, for `version` of a change.", examples=[1])]
    unknown = Annotated[list[UnknownView], Field(description="What is none of a field's values.")]
    shape = {"version": version, **fields, "unknown": unknown}
    return _model(f"{_NAMES[facet]}View", f"The {facet} of an assistant.", shape, base=base)


def facet_create(facet: str) -> type[BaseModel]:
    """Return the shape of the fields of a facet that a person writes."""
    return _model(f"{_NAMES[facet]}Create", f"The {facet} of a new assistant.", _written(facet), strict=True)


def facet_change(facet: str) -> type[BaseModel]:
    """Return the shape of a change of a facet; what is absent stays, null is the default again."""
    described = "The version that was read; with it, a change in the meantime is refused. Absent: whatever it is now."
    version = Annotated[int | None, Field(None, ge=1, description=described, examples=[1])]
    fields = {"version": version, **_written(facet)}
    return _model(f"{_NAMES[facet]}Change", f"What is to change of the {facet}.", fields, strict=True)


def shown(name: str, doc: str, base: type[BaseModel], names: Iterable[str]) -> type[BaseModel]:
    """Return the shape of an item that shows the core and some fields (`facet.field`) beside it."""
    wanted = [one.split(".") for one in names]
    fields = {field: _read(facet, _declared(facet, field)) for facet, field in wanted}
    return _model(name, doc, fields, base=base)


def _declared(facet: str, name: str) -> Declared:
    return next(field for field in FIELDS[facet] if field.name == name)


def _written(facet: str) -> dict[str, Any]:
    return {
        field.name: Annotated[
            _TYPES[field.kind] | None,
            Field(None, description=_described(facet, field), examples=[field.example], **_limits(field)),
        ]
        for field in FIELDS[facet]
        if field.editable
    }


def _read(facet: str, field: Declared) -> Any:
    described = _described(facet, field)
    return Annotated[_TYPES[field.kind] | None, Field(description=described, examples=[field.example])]


def _described(facet: str, field: Declared) -> str:
    which = "Any" if field.kind == "list" else "One"
    choices = f" {which} of {', '.join(field.choices)}." if field.choices else ""
    return f"{field.doc}{choices} {Entry(facet, field).sentence}"


def _limits(field: Declared) -> dict[str, Any]:
    if field.longest is not None:
        return {"max_length": field.longest}
    return {"ge": field.least, "le": field.most} if field.kind in ("whole", "number") else {}


def _model(
    name: str, doc: str, fields: dict[str, Any], *, base: type[BaseModel] = BaseModel, strict: bool = False
) -> type[BaseModel]:
    made: type[BaseModel] = create_model(name, __base__=_Strict if strict else base, __doc__=doc, **fields)
    return made
