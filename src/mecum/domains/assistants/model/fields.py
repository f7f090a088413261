"""How a field of a facet is declared: once, with its column, what it means, who writes it and where it takes effect."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal, cast, get_args

from sqlalchemy import BigInteger, Boolean, Float, Integer, Text
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column
from sqlalchemy.types import TypeEngine

from mecum.infra.storage import Id, Json, UtcTime

Kind = Literal[
    "line", "prose", "choice", "flag", "whole", "number", "moment", "list", "map", "list_or_map", "vector",
    "assistant", "prompt", "reference",
]  # fmt: skip
Effect = Literal["prompt", "turn", "shown", "order", "life", "measured"]
"""Where a field acts: in the system prompt, in how an answer is made, on cards, in which order, in its life; or that it
is derived from what was measured."""
EFFECTS: Final[tuple[Effect, ...]] = get_args(Effect)
Writer = Literal["person", "life", "measured"]
"""Who writes a field: a person; what is done with assistants (spawn, clone, prompt); a method that measures, later."""

LINE: Final = 500
PROSE: Final = 50_000
_FIELD: Final = "field"


@dataclass(frozen=True, slots=True)
class Field:
    """A field as it is declared. A column that is null behaves as `default`; the name is the column's."""

    kind: Kind
    doc: str
    example: Any
    name: str = ""
    default: Any = None
    choices: tuple[str, ...] = ()
    longest: int | None = None
    """Characters of a text."""
    least: float | None = None
    most: float | None = None
    effect: Effect | None = None
    """None: it is kept, and not yet in effect."""
    writer: Writer = "person"

    @property
    def editable(self) -> bool:
        """Whether a person changes it."""
        return self.writer == "person"


def fields_of(entity: type[DeclarativeBase]) -> tuple[Field, ...]:
    """Return the fields that a table declares, in its order."""
    columns = entity.__table__.columns
    return tuple(
        replace(cast("Field", column.info[_FIELD]), name=str(column.key)) for column in columns if _FIELD in column.info
    )


def line(
    doc: str,
    example: str,
    *,
    longest: int = LINE,
    default: str | None = None,
    effect: Effect | None = None,
    writer: Writer = "person",
) -> MappedColumn[str | None]:
    """Declare a short text."""
    return _column(Text(), Field("line", doc, example, default=default, longest=longest, effect=effect, writer=writer))


def prose(
    doc: str, example: str, *, effect: Effect | None = None, writer: Writer = "person"
) -> MappedColumn[str | None]:
    """Declare a text of any number of lines."""
    return _column(Text(), Field("prose", doc, example, longest=PROSE, effect=effect, writer=writer))


def choice(
    doc: str, choices: tuple[str, ...], *, default: str, effect: Effect | None = None
) -> MappedColumn[str | None]:
    """Declare one of several words. Another word is kept as it is, reported, and behaves as the default."""
    field = Field("choice", doc, choices[-1], default=default, choices=choices, longest=LINE, effect=effect)
    return _column(Text(), field)


def several(doc: str, choices: tuple[str, ...], *, effect: Effect | None = None) -> MappedColumn[Any | None]:
    """Declare any number of several words, none by default. Another word is refused."""
    field = Field("list", doc, list(choices[:1]), default=[], choices=choices, effect=effect)
    return _column(Json(), field)


def flag(
    doc: str, *, default: bool | None, effect: Effect | None = None, writer: Writer = "person"
) -> MappedColumn[bool | None]:
    """Declare a yes or no."""
    return _column(Boolean(), Field("flag", doc, example=True, default=default, effect=effect, writer=writer))


def whole(
    doc: str,
    example: int,
    *,
    default: int | None = None,
    least: int = 0,
    most: int = 2**31 - 1,
    effect: Effect | None = None,
    writer: Writer = "person",
) -> MappedColumn[int | None]:
    """Declare a whole number."""
    field = Field("whole", doc, example, default=default, least=least, most=most, effect=effect, writer=writer)
    return _column(Integer(), field)


def number(
    doc: str,
    example: float,
    *,
    default: float | None = None,
    least: float = 0.0,
    most: float = 1.0,
    effect: Effect | None = None,
    writer: Writer = "person",
) -> MappedColumn[float | None]:
    """Declare a number between two others."""
    field = Field("number", doc, example, default=default, least=least, most=most, effect=effect, writer=writer)
    return _column(Float(), field)


def moment(doc: str, *, effect: Effect | None = None, writer: Writer = "person") -> MappedColumn[datetime | None]:
    """Declare a moment."""
    return _column(UtcTime(), Field("moment", doc, "2026-11-21T06:40:00.123Z", effect=effect, writer=writer))


def items(
    doc: str, example: list[Any], *, effect: Effect | None = None, writer: Writer = "person"
) -> MappedColumn[Any | None]:
    """Declare a list of JSON values."""
    return _column(Json(), Field("list", doc, example, default=_empty([], writer), effect=effect, writer=writer))


def mapping(
    doc: str, example: dict[str, Any], *, effect: Effect | None = None, writer: Writer = "person"
) -> MappedColumn[Any | None]:
    """Declare JSON values by name."""
    return _column(Json(), Field("map", doc, example, default=_empty({}, writer), effect=effect, writer=writer))


def items_or_mapping(
    doc: str, example: Any, *, effect: Effect | None = None, writer: Writer = "person"
) -> MappedColumn[Any | None]:
    """Declare JSON values, as a list or by name: both are in use."""
    return _column(Json(), Field("list_or_map", doc, example, default=_empty({}, writer), effect=effect, writer=writer))


def assistant(doc: str, *, effect: Effect | None = None, writer: Writer = "person") -> MappedColumn[str | None]:
    """Declare another assistant. No foreign key: what is in the trash, or not yet here, may be named."""
    return _column(Id("ast"), Field("assistant", doc, "ast_06hq3k8w2m5v9", effect=effect, writer=writer))


def prompt(doc: str, *, effect: Effect | None = None) -> MappedColumn[str | None]:
    """Declare a prompt."""
    return _column(Id("prm"), Field("prompt", doc, "prm_06hq3k8w2m5v9", effect=effect, writer="life"))


def reference(doc: str, example: str) -> MappedColumn[str | None]:
    """Declare something of a room that is not built yet: the name it goes by where it came from."""
    return _column(Text(), Field("reference", doc, example, longest=LINE, writer="life"))


def count(doc: str, example: int, *, writer: Writer, effect: Effect | None = None) -> MappedColumn[int | None]:
    """Declare a number of things, null until they were counted."""
    field = Field("whole", doc, example, least=0, most=2**62, effect=effect, writer=writer)
    return _column(BigInteger(), field)


def vector_field(name: str, doc: str) -> Field:
    """Declare a vector: it has a row of its own in `assistant_vectors`, so that no view loads it unasked."""
    return Field("vector", doc, {"model": "nomic-embed-text", "dimension": 768}, name=name, writer="measured")


def _empty(value: Any, writer: Writer) -> Any:
    """What is measured is null until it is, not empty."""
    return value if writer == "person" else None


def _column(kind: TypeEngine[Any], field: Field) -> MappedColumn[Any]:
    return mapped_column(kind, nullable=True, info={_FIELD: field})
