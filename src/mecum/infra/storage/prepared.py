"""Core statements compiled once, for the few that run on every turn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql import ClauseElement, Delete, Insert, Select, Update, visitors
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import TextClause

from mecum.infra.storage.errors import Unscoped
from mecum.infra.storage.scope import ORGANISATION, PERSON, owned_tables

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete | TextClause


class Prepared:
    """A Core statement with bound names, compiled on first use, whose values go to the driver as they are.

    Values are what the column stores: milliseconds for a time, JSON text for JSON. A select, update or delete on owned
    tables must carry the owner's parameters (`Scope.owned`), or say that it runs for the instance itself (`system`).
    """

    def __init__(self, statement: Statement, *, system: bool = False) -> None:
        self.statement = statement
        self._compiled: dict[str, tuple[str, list[str] | None]] = {}
        self._constants: dict[str, Any] = {}
        if not system and not isinstance(statement, Insert):
            _require_owner(statement)

    def sql(self, dialect: Dialect) -> tuple[str, list[str] | None]:
        """Return the text and, where the driver takes positions, the order of the names."""
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = self.statement.compile(dialect=dialect)
            self._constants = {name: value for name, value in compiled.params.items() if value is not None}
            order = list(compiled.positiontup or ()) if compiled.positional else None
            found = self._compiled[dialect.name] = (str(compiled), order)
        return found

    def arguments(self, dialect: Dialect, values: Mapping[str, Any]) -> tuple[str, Any]:
        """Return the text and the driver's parameters for `values`."""
        text, order = self.sql(dialect)
        if self._constants:
            values = {**self._constants, **values}
        return text, values if order is None else tuple([values[name] for name in order])


@dataclass(frozen=True, slots=True)
class Op:
    """One prepared write with its values."""

    prepared: Prepared
    values: Mapping[str, Any]


def _require_owner(statement: Executable | ClauseElement) -> None:
    if not owned_tables(statement):
        return
    names = {bind.key for bind in _binds(statement)}
    if not {ORGANISATION, PERSON} <= names:
        raise Unscoped(f"This statement needs Scope.owned or system=True: {statement}")


def _binds(statement: Any) -> list[Any]:
    return [node for node in visitors.iterate(statement) if node.__visit_name__ == "bindparam"]
