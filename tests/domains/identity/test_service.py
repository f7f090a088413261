"""The owner, their password, sessions and keys, on every kind of store."""

import hashlib

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from mecum.domains.identity import api as identity
from mecum.domains.identity import rules
from mecum.domains.identity.errors import (
    AuthFailed,
    KeyNameInvalid,
    KeyNotFound,
    OwnerOnly,
    PasswordTooLong,
    PasswordTooShort,
    TooManyAttempts,
)
from mecum.domains.identity.model import ApiKey, WebSession
from mecum.domains.identity.repository import extend_session
from mecum.domains.identity.service import Attempts, NewKey, Passwords
from mecum.infra.storage import Database
from mecum.kernel import clock
from mecum.kernel.subject import Subject

CSRF = bytes(32)


class Instance:
    """One process over a store."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.service, self.authenticator = identity.build(database, CSRF)
        self.owner = Subject("", "")

    async def start(self) -> "Instance":
        async with self.database.writing(None) as scope:
            self.owner = await self.service.ensure_owner(scope)
        return self

    async def new_key(self, name: str = "script") -> NewKey:
        async with self.database.writing(self.owner) as scope:
            return await self.service.create_key(scope, name)

    async def new_session(self) -> tuple[identity.Proof, bytes]:
        async with self.database.writing(self.owner) as scope:
            made = await self.service.open_session(scope)
        return made.proof, made.token.encode()

    async def change_password(self, new: str, session_id: str | None = None) -> None:
        fresh = await self.service.hashed(None, None, new, "a")
        async with self.database.writing(self.owner) as scope:
            await self.service.set_password(scope, fresh, session_id)

    async def sign_in(self, password: str, address: str = "a") -> Subject:
        async with self.database.reading(None) as scope:
            locked = await self.service.locked_owner(scope)
        return await self.service.sign_in(locked, password, address)


@pytest_asyncio.fixture
async def here(database: Database) -> Instance:
    return await Instance(database).start()


async def test_the_owner_is_made_once_and_silently(here: Instance) -> None:
    again = await Instance(here.database).start()
    assert again.owner == here.owner
    assert identity.OWNER in here.owner.permissions
    async with here.database.reading(here.owner) as scope:
        person, organisation = await here.service.names(scope)
    assert (person.is_owner, person.organisation_id) == (True, organisation.id)
    assert not here.service.password_set


async def test_a_key_works_at_once_here_and_in_another_process(here: Instance) -> None:
    made = await here.new_key()
    secret = made.secret.encode()
    assert made.secret.startswith("mk_")
    assert len(made.secret) == 43
    assert made.key.prefix == made.secret[:9]
    proof = here.authenticator.bearer(secret)
    assert proof is not None
    assert proof.subject == Subject(here.owner.organisation_id, here.owner.person_id)
    other = await Instance(here.database).start()
    assert other.authenticator.bearer(secret) is None
    found = await other.authenticator.find_bearer(secret)
    assert found is not None
    assert found.subject == proof.subject
    assert other.authenticator.bearer(secret) is found


async def test_only_the_hash_of_a_secret_is_stored(here: Instance) -> None:
    made = await here.new_key()
    assert made.key.secret_hash == hashlib.sha256(made.secret.encode()).digest()
    _, token = await here.new_session()
    async with here.database.reading(here.owner) as scope:
        session = await scope.session.get_one(WebSession, (await _only_session(here)).id)
    assert session.token_hash == hashlib.sha256(token).digest()


async def _only_session(here: Instance) -> WebSession:
    async with here.database.reading(here.owner) as scope:
        return (await scope.session.execute(select(WebSession))).scalar_one()


async def test_a_revoked_key_is_refused_at_once(here: Instance) -> None:
    made = await here.new_key()
    async with here.database.writing(here.owner) as scope:
        await here.service.revoke_key(scope, made.key.id)
    assert await here.authenticator.find_bearer(made.secret.encode()) is None
    with pytest.raises(KeyNotFound):
        async with here.database.writing(here.owner) as scope:
            await here.service.revoke_key(scope, made.key.id)


async def test_a_key_neither_makes_nor_revokes_keys_nor_sets_the_password(here: Instance) -> None:
    made = await here.new_key()
    proof = here.authenticator.bearer(made.secret.encode())
    assert proof is not None
    async with here.database.writing(proof.subject) as scope:
        with pytest.raises(OwnerOnly):
            await here.service.create_key(scope, "another")
        with pytest.raises(OwnerOnly):
            await here.service.revoke_key(scope, made.key.id)
        with pytest.raises(OwnerOnly):
            await here.service.password_hash(scope)


async def test_a_stranger_neither_sees_nor_revokes_a_key(here: Instance) -> None:
    made = await here.new_key()
    stranger = Subject("org_0000000000002", "per_0000000000eve", frozenset((identity.OWNER,)))
    async with here.database.writing(stranger) as scope:
        assert (await here.service.newest_keys(scope, 10, None)).items == []
        with pytest.raises(KeyNotFound):
            await here.service.revoke_key(scope, made.key.id)
    assert here.authenticator.bearer(made.secret.encode()) is not None


async def test_keys_are_listed_newest_first_in_pages(here: Instance) -> None:
    made = [(await here.new_key(f"key {n}")).key.id for n in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        async with here.database.reading(here.owner) as scope:
            page = await here.service.newest_keys(scope, 2, cursor)
        seen += [key.id for key in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == made[::-1]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b", "\ud800"])
async def test_a_keys_name_is_checked(here: Instance, name: str) -> None:
    with pytest.raises(KeyNameInvalid):
        await here.new_key(name)


async def test_the_use_of_a_key_is_written_once_a_minute(here: Instance) -> None:
    made = await here.new_key()
    proof = here.authenticator.bearer(made.secret.encode())
    assert here.authenticator.bearer(made.secret.encode()) is proof
    assert proof is not None
    await here.database.commit([])
    async with here.database.reading(here.owner) as scope:
        key = await scope.session.get_one(ApiKey, made.key.id)
    assert key.last_used_at is not None
    assert clock.to_milliseconds(key.last_used_at) == proof.written_at
    proof.written_at -= rules.TOUCH_MS
    assert here.authenticator.bearer(made.secret.encode()) is proof
    assert proof.written_at > clock.to_milliseconds(key.last_used_at) - rules.TOUCH_MS


async def test_a_session_acts_as_its_person_and_has_a_csrf_token(here: Instance) -> None:
    proof, token = await here.new_session()
    assert here.authenticator.session(token) is proof
    assert proof.subject.person_id == here.owner.person_id
    other = await Instance(here.database).start()
    found = await other.authenticator.find_session(token)
    assert found is not None
    assert found.csrf == proof.csrf
    assert found.csrf != (await here.new_session())[0].csrf


async def test_a_session_is_no_bearer_and_a_key_no_session(here: Instance) -> None:
    _, token = await here.new_session()
    made = await here.new_key()
    assert await here.authenticator.find_bearer(token) is None
    assert await here.authenticator.find_session(made.secret.encode()) is None
    assert await here.authenticator.find_bearer(b"mk_" + b"0" * 40) is None


async def test_a_session_ends_30_days_after_its_last_use(here: Instance) -> None:
    proof, token = await here.new_session()
    proof.expires_at = clock.milliseconds() + 5000
    assert here.authenticator.session(token) is proof
    assert proof.expires_at > clock.milliseconds() + rules.SESSION_MS - 5000
    await here.database.commit([extend_session(proof.id, clock.milliseconds() - 1)])
    proof.expires_at = clock.milliseconds() - 1
    assert await here.authenticator.find_session(token) is None
    other = await Instance(here.database).start()
    assert await other.authenticator.find_session(token) is None


async def test_signing_out_ends_that_session_alone(here: Instance) -> None:
    proof, token = await here.new_session()
    _, kept = await here.new_session()
    async with here.database.writing(proof.subject) as scope:
        await here.service.sign_out(scope, proof.id)
    assert await here.authenticator.find_session(token) is None
    assert await here.authenticator.find_session(kept) is not None


async def test_sessions_that_are_over_and_too_many_are_forgotten(
    here: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_SESSIONS", 3)
    first, token = await here.new_session()
    await here.database.commit([extend_session(first.id, 1)])
    for _ in range(4):
        await here.new_session()
    async with here.database.reading(here.owner) as scope:
        assert (await scope.session.execute(select(func.count(WebSession.id)))).scalar_one() == 3
    other = await Instance(here.database).start()
    assert await other.authenticator.find_session(token) is None


@pytest.mark.slow
async def test_a_password_signs_in_and_ends_other_sessions(here: Instance) -> None:
    with pytest.raises(AuthFailed):
        await here.sign_in("nothing is set")
    kept, kept_token = await here.new_session()
    _, token = await here.new_session()
    made = await here.new_key()
    await here.change_password("correct horse", kept.id)
    assert here.service.password_set
    assert await here.authenticator.find_session(token) is None
    assert await here.authenticator.find_session(kept_token) is kept
    assert here.authenticator.bearer(made.secret.encode()) is not None
    assert await here.sign_in("correct horse") == here.owner
    with pytest.raises(AuthFailed):
        await here.sign_in("wrong horse")
    assert (await Instance(here.database).start()).service.password_set


@pytest.mark.slow
async def test_changing_a_password_needs_the_present_one(here: Instance) -> None:
    await here.change_password("correct horse")
    async with here.database.reading(here.owner) as scope:
        stored = await here.service.password_hash(scope)
    for wrong in (None, "", "wrong horse"):
        with pytest.raises(AuthFailed):
            await here.service.hashed(stored, wrong, "another horse", "a")
    assert await here.service.hashed(stored, "correct horse", "another horse", "b") != stored


async def test_the_length_of_a_password_is_checked_before_it_is_hashed() -> None:
    passwords = Passwords()
    with pytest.raises(PasswordTooShort):
        await passwords.hashed("1234567")
    with pytest.raises(PasswordTooLong):
        await passwords.hashed("x" * 1025)


@pytest.mark.slow
async def test_a_password_is_the_same_from_every_keyboard_and_may_be_anything() -> None:
    passwords = Passwords()
    composed, decomposed = "caf\u00e9 cr\u00e8me", "cafe\u0301 cre\u0300me"
    await passwords.verify(await passwords.hashed(composed), decomposed, "a")
    odd = "\ud800\x00 \U0001f40e horse"
    await passwords.verify(await passwords.hashed(odd), odd, "a")
    with pytest.raises(AuthFailed):
        await passwords.verify("not a hash at all", odd, "a")


def test_guessing_is_slowed_down_per_address() -> None:
    attempts = Attempts()
    for _ in range(5):
        attempts.check("a")
        attempts.failed("a")
    with pytest.raises(TooManyAttempts) as caught:
        attempts.check("a")
    assert 0 < caught.value.details["retry_after"] <= 31
    attempts.check("b")
    attempts.succeeded("a")
    attempts.check("a")


def test_guessing_from_many_addresses_is_slowed_down_too() -> None:
    attempts = Attempts()
    for n in range(50):
        attempts.check(f"address {n}")
        attempts.failed(f"address {n}")
    with pytest.raises(TooManyAttempts):
        attempts.check("somebody else")


async def test_a_secret_forgotten_while_the_store_was_asked_does_not_come_back(here: Instance) -> None:
    made = await here.new_key()
    other = await Instance(here.database).start()
    asked = other.authenticator._fetch  # pyright: ignore[reportPrivateUsage]

    async def slowly(*arguments: object) -> object:
        rows = await asked(*arguments)  # pyright: ignore[reportArgumentType]
        other.authenticator.forget(b"another")
        return rows

    other.authenticator._fetch = slowly  # type: ignore[method-assign] # pyright: ignore[reportPrivateUsage]
    assert await other.authenticator.find_bearer(made.secret.encode()) is not None
    assert other.authenticator.bearer(made.secret.encode()) is None


async def test_the_local_token_is_the_owner(here: Instance) -> None:
    token = identity.new_token()
    here.authenticator.admit_local(token, here.owner)
    proof = here.authenticator.bearer(token.encode())
    assert proof is not None
    assert proof.subject == here.owner
