"""The owner, their password, their sessions and their keys."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mecum.domains.identity import rules
from mecum.domains.identity.errors import AuthFailed, KeyNotFound, OwnerOnly
from mecum.domains.identity.model import ApiKey, Organisation, Person, WebSession
from mecum.domains.identity.repository import IdentityRepository, subject_of
from mecum.domains.identity.service.authenticator import Authenticator, Proof
from mecum.domains.identity.service.passwords import Passwords
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids, paging
from mecum.kernel.paging import Page
from mecum.kernel.subject import Subject

_OWNER = frozenset((rules.OWNER,))


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; the secret is never shown again."""

    key: ApiKey
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just made; the token goes into a cookie."""

    proof: Proof
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LockedOwner:
    """The owner, and what their password must match."""

    subject: Subject
    password_hash: str = field(repr=False)


class IdentityService:
    """Makes, proves and ends identities. `password_set` is known without asking the store once the owner is there."""

    def __init__(
        self, authenticator: Authenticator, passwords: Passwords, repository: IdentityRepository | None = None
    ) -> None:
        self._authenticator = authenticator
        self._passwords = passwords
        self._rows = repository or IdentityRepository()
        self.password_set = False

    async def ensure_owner(self, scope: Scope) -> Subject:
        """Return the owner, made silently with an organisation when nobody is there yet; needs the instance's scope."""
        owner = await self._rows.owner(scope)
        if owner is None:
            at = clock.now()
            organisation = Organisation(id=ids.new("org"), name="Home", created_at=at)
            owner = Person(
                id=ids.new("per"),
                organisation_id=organisation.id,
                name="Owner",
                is_owner=True,
                password_hash=None,
                created_at=at,
            )
            self._rows.add(scope, organisation)
            await scope.session.flush()
            self._rows.add(scope, owner)
            await scope.session.flush()
        self.password_set = owner.password_hash is not None
        return subject_of(owner, _OWNER)

    async def names(self, scope: Scope) -> tuple[Person, Organisation]:
        """Return the person who asks, with their organisation."""
        return await self._rows.person(scope, scope.subject.person_id)

    async def open_session(self, scope: Scope) -> NewSession:
        """Begin a session of the person this scope is for."""
        token = rules.new_token()
        digest = rules.digest(token.encode())
        at = clock.now()
        until = at + timedelta(milliseconds=rules.SESSION_MS)
        row = WebSession(
            id=ids.new("ses"),
            organisation_id=scope.subject.organisation_id,
            person_id=scope.subject.person_id,
            token_hash=digest,
            created_at=at,
            expires_at=until,
        )
        await self._rows.prune_sessions(scope, at, rules.MOST_SESSIONS - 1)
        self._rows.add(scope, row)
        proof = self._authenticator.session_proof(row.id, _acting(scope.subject), digest, clock.to_milliseconds(until))
        scope.after_commit.append(lambda: self._authenticator.learn(digest, proof))
        return NewSession(proof, token)

    async def locked_owner(self, scope: Scope) -> LockedOwner:
        """Return the owner and the hash of their password; for the instance. Raises AuthFailed without one."""
        owner = await self._rows.owner(scope)
        if owner is None or owner.password_hash is None:
            raise AuthFailed("No password is set: open the page on the machine itself.")
        return LockedOwner(subject_of(owner, _OWNER), owner.password_hash)

    async def sign_in(self, owner: LockedOwner, password: str, address: str) -> Subject:
        """Return the owner when `password` is theirs; raises AuthFailed, TooManyAttempts. It takes long: no scope."""
        await self._passwords.verify(owner.password_hash, password, address)
        return owner.subject

    async def sign_out(self, scope: Scope, session_id: str) -> None:
        """End a session."""
        await self._rows.delete_session(scope, session_id)
        scope.after_commit.append(lambda: self._authenticator.forget_session(session_id))

    async def password_hash(self, scope: Scope) -> str | None:
        """Return the hash of the password of who asks; raises OwnerOnly."""
        require_owner(scope.subject)
        return (await self.names(scope))[0].password_hash

    async def hashed(self, stored: str | None, current: str | None, new: str, address: str) -> str:
        """Return the hash of a new password, once `current` is proven; needs no scope, as it takes long.

        Raises AuthFailed, TooManyAttempts, PasswordTooShort, PasswordTooLong.
        """
        rules.prepared_password(new)
        if stored is not None:
            await self._passwords.verify(stored, current or "", address)
        return await self._passwords.hashed(new)

    async def set_password(self, scope: Scope, password_hash: str, session_id: str | None) -> None:
        """Store the hash of a new password and end every other session."""
        person_id = scope.subject.person_id
        await self._rows.set_password(scope, person_id, password_hash)
        await self._rows.delete_sessions(scope, session_id)
        scope.after_commit.append(lambda: self._password_changed(person_id, session_id))

    async def create_key(self, scope: Scope, name: str) -> NewKey:
        """Make a key for the person who asks; raises KeyNameInvalid, OwnerOnly."""
        require_owner(scope.subject)
        secret = rules.new_key()
        digest = rules.digest(secret.encode())
        key = ApiKey(
            id=ids.new("key"),
            organisation_id=scope.subject.organisation_id,
            person_id=scope.subject.person_id,
            name=rules.prepared_name(name),
            prefix=secret[:9],
            secret_hash=digest,
            created_at=clock.now(),
            last_used_at=None,
        )
        self._rows.add(scope, key)
        proof = Proof("key", key.id, Subject(key.organisation_id, key.person_id))
        scope.after_commit.append(lambda: self._authenticator.learn(digest, proof))
        return NewKey(key, secret)

    async def newest_keys(self, scope: Scope, limit: int, cursor: str | None) -> Page[ApiKey]:
        """Return a page of the person's keys, the newest first; raises BadCursor."""
        position: list[Any] | None = paging.decode(cursor, int, str) if cursor else None
        before = [clock.from_milliseconds(position[0]), position[1]] if position else None
        found = list(await self._rows.newest_keys(scope, limit + 1, before))
        items = found[:limit]
        more = len(found) > limit
        last = items[-1] if items else None
        following = paging.encode(clock.to_milliseconds(last.created_at), last.id) if last and more else None
        return Page(items, following)

    async def revoke_key(self, scope: Scope, key_id: str) -> None:
        """Make a key worthless, at once; raises KeyNotFound, OwnerOnly."""
        require_owner(scope.subject)
        digest = await self._rows.delete_key(scope, key_id)
        if digest is None:
            raise KeyNotFound
        scope.after_commit.append(lambda: self._authenticator.forget(digest))

    def _password_changed(self, person_id: str, session_id: str | None) -> None:
        self.password_set = True
        self._authenticator.forget_sessions(person_id, session_id)


def require_owner(subject: Subject) -> None:
    """Raise OwnerOnly unless `subject` may change passwords and keys."""
    if rules.OWNER not in subject.permissions:
        raise OwnerOnly


def _acting(subject: Subject) -> Subject:
    return Subject(subject.organisation_id, subject.person_id, _OWNER)
