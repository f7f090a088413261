"""What all tables share: the declarative base and the column types that are the same on both databases."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy import BigInteger, Dialect, Integer, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

from mecum.kernel import clock, ids

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Entity(DeclarativeBase):
    """Base of every table."""

    metadata = metadata


def only(condition: str) -> dict[str, str]:
    """Return the `info` of an index that has no other rows than those.

    The migrations make it so. SQLAlchemy's own arguments, one for each database, would import both dialects with all
    their drivers into every process.
    """
    return {"where": condition}


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC moment, kept as whole milliseconds since 1970; a naive one is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else clock.to_milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else clock.from_milliseconds(value)


class Id(TypeDecorator[str]):
    """An id of `kernel.ids`, kept as its number: a third of the text's size in every row and index that names it.

    What is no id with this prefix becomes null, which equals nothing: it is not found.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix
        self.number: Callable[[str | None], int | None] = partial(ids.number, prefix)
        """Returns what is stored for an id."""

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # Only a key of exactly this type is SQLite's row number itself.
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def text(self, number: int | None) -> str | None:
        """Return the id for what is stored."""
        return None if number is None else ids.text(self.prefix, number)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> int | None:
        return self.number(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> str | None:
        return self.text(value)


class Json(TypeDecorator[Any]):
    """A JSON value, kept as text: the same bytes on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode("utf-8")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)
