"""Reading and writing organisations, persons, sessions and keys."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from mecum.domains.identity.model import ApiKey, Organisation, Person, WebSession
from mecum.infra.storage import Op, Prepared, Scope
from mecum.kernel.subject import Subject

# A secret is looked up before anybody is known, so these run for the instance itself.
KEY_BY_DIGEST = Prepared(
    select(ApiKey.id, ApiKey.organisation_id, ApiKey.person_id).where(ApiKey.secret_hash == bindparam("_digest")),
    system=True,
)
SESSION_BY_DIGEST = Prepared(
    select(WebSession.id, WebSession.organisation_id, WebSession.person_id, WebSession.expires_at).where(
        WebSession.token_hash == bindparam("_digest")
    ),
    system=True,
)
_TOUCH_KEY = Prepared(
    update(ApiKey).where(ApiKey.id == bindparam("_id")).values(last_used_at=bindparam("_at")), system=True
)
_EXTEND = Prepared(
    update(WebSession).where(WebSession.id == bindparam("_id")).values(expires_at=bindparam("_at")), system=True
)


def touch_key(key_id: str, at: int) -> Op:
    """Return the write that a key was used."""
    return Op(_TOUCH_KEY, {"_id": key_id, "_at": at})


def extend_session(session_id: str, until: int) -> Op:
    """Return the write that a session lives on."""
    return Op(_EXTEND, {"_id": session_id, "_at": until})


class IdentityRepository:
    """Rows of who there is."""

    async def owner(self, scope: Scope) -> Person | None:
        """Return the owner of this instance."""
        return (await scope.session.execute(select(Person).where(Person.is_owner).order_by(Person.id))).scalar()

    async def person(self, scope: Scope, person_id: str) -> tuple[Person, Organisation]:
        """Return a person with their organisation."""
        query = select(Person, Organisation).join(Organisation, Organisation.id == Person.organisation_id)
        person, organisation = (await scope.session.execute(query.where(Person.id == person_id))).one()
        return person, organisation

    async def names(self, scope: Scope, person_ids: Iterable[str]) -> dict[str, str]:
        """Return the names of people of one's own organisation by id; who is not there is left out."""
        query = select(Person.id, Person.name).where(
            Person.id.in_(person_ids), Person.organisation_id == scope.subject.organisation_id
        )
        return {row.id: row.name for row in await scope.session.execute(query)}

    def add(self, scope: Scope, *rows: Organisation | Person | WebSession | ApiKey) -> None:
        """Add rows to the change."""
        scope.session.add_all(rows)

    async def set_password(self, scope: Scope, person_id: str, password_hash: str) -> None:
        """Store the hash of a person's password."""
        await scope.session.execute(update(Person).where(Person.id == person_id).values(password_hash=password_hash))

    async def newest_keys(self, scope: Scope, limit: int, before: Sequence[Any] | None) -> Sequence[ApiKey]:
        """Return keys, the newest first, below the position `before` (created_at, id)."""
        query = select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id.desc()).limit(limit)
        if before is not None:
            at, key_id = before
            query = query.where((ApiKey.created_at < at) | ((ApiKey.created_at == at) & (ApiKey.id < key_id)))
        return (await scope.session.execute(query)).scalars().all()

    async def delete_key(self, scope: Scope, key_id: str) -> bytes | None:
        """Delete a key; return its digest, or None when there is no such key."""
        query = delete(ApiKey).where(ApiKey.id == key_id).returning(ApiKey.secret_hash)
        return (await scope.session.execute(query)).scalar()

    async def delete_session(self, scope: Scope, session_id: str) -> None:
        """Delete a session."""
        await scope.session.execute(delete(WebSession).where(WebSession.id == session_id))

    async def delete_sessions(self, scope: Scope, except_id: str | None) -> None:
        """Delete the person's sessions but one."""
        query = delete(WebSession)
        await scope.session.execute(query if except_id is None else query.where(WebSession.id != except_id))

    async def prune_sessions(self, scope: Scope, now: datetime, most: int) -> None:
        """Delete the person's sessions that are over, and the least used of more than `most`."""
        await scope.session.execute(delete(WebSession).where(WebSession.expires_at <= now))
        beyond = select(WebSession.id).order_by(WebSession.expires_at.desc(), WebSession.id.desc()).offset(most)
        ids = (await scope.session.execute(beyond.limit(1000))).scalars().all()
        if ids:
            await scope.session.execute(delete(WebSession).where(WebSession.id.in_(ids)))


def subject_of(person: Person, permissions: frozenset[str]) -> Subject:
    """Return the subject that acts as `person`."""
    return Subject(person.organisation_id, person.id, permissions)
