"""Core statements compiled once, for the few that run on every turn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Dialect
from sqlalchemy.sql import ClauseElement, Delete, Insert, Select, Update, visitors
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import TextClause

from mecum.infra.storage.base import Id
from mecum.infra.storage.errors import Unscoped
from mecum.infra.storage.scope import ORGANISATION, PERSON, owned_tables

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete | TextClause


Converter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as one dialect's driver takes it."""

    text: str
    names: Sequence[str]
    """Its parameters, in the driver's order where it has one."""
    values: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    """Takes them out of a mapping, all at once."""
    ids: Sequence[tuple[int, Converter]]
    """Which of them are ids, and what turns an id into its number."""
    constants: Mapping[str, Any]
    positional: bool
    found: Sequence[tuple[int, Converter]]
    """The columns of its rows that are ids, and what turns their numbers into text."""


class Prepared:
    """A Core statement with bound names, compiled on first use, whose values go to the driver almost as they are.

    Values are what the column stores: milliseconds for a time, JSON text for JSON; only ids are text here too. A
    select, update or delete on owned tables must carry the owner's parameters (`Scope.owned`), or say that it runs for
    the instance itself (`system`).
    """

    def __init__(self, statement: Statement, *, system: bool = False) -> None:
        self.statement = statement
        self._compiled: dict[str, _Compiled] = {}
        if not system and not isinstance(statement, Insert):
            _require_owner(statement)

    def sql(self, dialect: Dialect) -> str:
        """Return its text."""
        return self._for(dialect).text

    def arguments(self, dialect: Dialect, values: Mapping[str, Any]) -> tuple[str, Any]:
        """Return the text and the driver's parameters for `values`."""
        known = self._for(dialect)
        if known.constants:
            values = {**known.constants, **values}
        taken = list(known.values(values))
        for place, to in known.ids:
            taken[place] = to(taken[place])
        return known.text, taken if known.positional else dict(zip(known.names, taken, strict=True))

    def rows(self, dialect: Dialect, found: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """Return the driver's rows with their ids as text."""
        columns = self._for(dialect).found
        if not columns:
            return found
        rows = [list(row) for row in found]
        for row in rows:
            for place, to in columns:
                row[place] = to(row[place])
        return rows

    def _for(self, dialect: Dialect) -> _Compiled:
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = self._compile(dialect)
        return known

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = self.statement.compile(dialect=dialect)
        names = list(compiled.positiontup or ()) if compiled.positional else list(compiled.params)
        binds: Mapping[str, BindParameter[Any]] = compiled.binds
        columns = self.statement.selected_columns if isinstance(self.statement, Select) else ()
        return _Compiled(
            str(compiled),
            names,
            _getter(names),
            [(place, to) for place, name in enumerate(names) if (to := _to_number(binds[name].type)) is not None],
            {name: value for name, value in compiled.params.items() if value is not None},
            compiled.positional,
            [(place, to) for place, column in enumerate(columns) if (to := _to_text(column.type)) is not None],
        )


class Op(NamedTuple):
    """One prepared write with its values."""

    prepared: Prepared
    values: Mapping[str, Any]


def _getter(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    match names:
        case []:
            return lambda values: ()
        case [name]:
            return lambda values: (values[name],)
        case _:
            return itemgetter(*names)


def _to_number(type_: Any) -> Converter | None:
    return type_.number if isinstance(type_, Id) else None


def _to_text(type_: Any) -> Converter | None:
    return type_.text if isinstance(type_, Id) else None


def _require_owner(statement: Executable | ClauseElement) -> None:
    if not owned_tables(statement):
        return
    names = {bind.key for bind in _binds(statement)}
    if not {ORGANISATION, PERSON} <= names:
        raise Unscoped(f"This statement needs Scope.owned or system=True: {statement}")


def _binds(statement: Any) -> list[Any]:
    return [node for node in visitors.iterate(statement) if node.__visit_name__ == "bindparam"]
