"""Scoping in one place: an owned row is reached only for the person the session was opened for."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Self

from sqlalchemy import BindParameter, ColumnElement, Table, and_, bindparam, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria
from sqlalchemy.sql import visitors

from mecum.infra.storage.base import Id
from mecum.infra.storage.errors import Unscoped
from mecum.kernel.subject import Subject

Fetch = Callable[[Any, Mapping[str, Any]], Awaitable[Sequence[Sequence[Any]]]]
"""Reads with a `Prepared`, which is made on top of scopes and cannot be named here."""

ORGANISATION = "_organisation_id"
PERSON = "_person_id"
_SUBJECT = "mecum.subject"
_SYSTEM = "mecum.system"
_OWNED: dict[str, type["Owned"]] = {}


class Owned:
    """Mixin of entities whose rows belong to a person in an organisation."""

    organisation_id: Mapped[str] = mapped_column(Id("org"))
    person_id: Mapped[str] = mapped_column(Id("per"))

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        name = getattr(cls, "__tablename__", None)
        if name is not None:
            _OWNED[name] = cls

    @classmethod
    def owner(cls, organisation_id: Any, person_id: Any) -> ColumnElement[bool]:
        """Return the criterion that a row belongs to this owner; a child table overrides it to ask its parent."""
        return and_(cls.organisation_id == organisation_id, cls.person_id == person_id)


class OwnedThroughParent(Owned):
    """Mixin of entities that belong to whoever owns their parent row."""

    organisation_id = None  # type: ignore[assignment]  # it has no such columns
    person_id = None  # type: ignore[assignment]


class Scope:
    """A subject and the session that sees only what this subject may see."""

    def __init__(self, subject: Subject | None, session: AsyncSession, fetch: Fetch) -> None:
        self._subject = subject
        self._fetch = fetch
        self.session = session
        self.after_commit: list[Callable[[], None]] = []
        """What to do once the change is on disk: wake somebody, tell a follower."""
        session.sync_session.info[_SUBJECT] = subject
        session.sync_session.info[_SYSTEM] = subject is None

    @property
    def subject(self) -> Subject:
        """Who asks; raises Unscoped in a session of the instance itself."""
        if self._subject is None:
            raise Unscoped("A session of the instance itself has no person.")
        return self._subject

    def visible(self, entity: type[Owned]) -> ColumnElement[bool]:
        """Return the criterion for what this subject may see of `entity`; sharing will change only this."""
        return entity.owner(self.subject.organisation_id, self.subject.person_id)

    @staticmethod
    def owned(entity: type[Owned]) -> ColumnElement[bool]:
        """Return the same criterion for a prepared statement; its values come from `owner_values`."""
        return entity.owner(bindparam(ORGANISATION), bindparam(PERSON))

    async def rows(self, prepared: Any, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a `Prepared` read for this subject, as the columns store them: the quick way to a list."""
        return await self._fetch(prepared, {**values, **owner_values(self.subject)})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()


def owner_values(subject: Subject) -> dict[str, str]:
    """Return the values that `Scope.owned` binds."""
    return {ORGANISATION: subject.organisation_id, PERSON: subject.person_id}


def owned_tables(statement: Any) -> list[type[Owned]]:
    """Return the owned entities whose tables appear in `statement`."""
    names = {node.name for node in visitors.iterate(statement) if isinstance(node, Table)}
    return [_OWNED[name] for name in sorted(names & _OWNED.keys())]


def _guard(state: ORMExecuteState) -> None:
    if state.session.info.get(_SYSTEM) or state.is_insert or not isinstance(state.statement, visitors.Visitable):
        return
    owned = owned_tables(state.statement)
    if not owned:
        return
    subject: Subject | None = state.session.info.get(_SUBJECT)
    if subject is None:
        raise Unscoped
    mapped = {mapper.class_ for mapper in state.all_mappers}
    if missing := [entity for entity in owned if entity not in mapped and not _bound(state.statement)]:
        raise Unscoped(f"A Core statement on {', '.join(_names(missing))} without its owner.")
    for entity in owned:
        criterion = entity.owner(subject.organisation_id, subject.person_id)
        state.statement = state.statement.options(  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
            with_loader_criteria(entity, criterion, include_aliases=True)
        )


def _bound(statement: Any) -> bool:
    keys = {node.key for node in _binds(statement)}
    return {ORGANISATION, PERSON} <= keys


def _binds(statement: Any) -> list[BindParameter[Any]]:
    return [node for node in visitors.iterate(statement) if isinstance(node, BindParameter)]


def _names(entities: Iterable[type[Owned]]) -> list[str]:
    return [entity.__name__ for entity in entities]


class ScopedSession(Session):
    """A session that refuses to read or change owned rows for nobody."""


event.listen(ScopedSession, "do_orm_execute", _guard)

__all__ = ["DeclarativeBase", "Owned", "OwnedThroughParent", "Scope", "ScopedSession", "owned_tables", "owner_values"]
