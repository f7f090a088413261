"""Who sends a request: found in memory for everybody who was here before, so that it costs microseconds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from mecum.domains.identity import repository, rules
from mecum.infra.storage import Database, Prepared
from mecum.kernel import clock
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

PROOF: Final = "mecum.proof"
"""Where the middleware leaves the proof in an ASGI scope."""
Way = Literal["key", "session", "local"]
_MOST_KNOWN: Final = 20_000


@dataclass(slots=True)
class Proof:
    """A verified secret: whom it stands for. `csrf` is set for a session; `expires_at` in milliseconds, 0 for never."""

    way: Way
    id: str
    subject: Subject
    csrf: str | None = None
    expires_at: int = 0
    written_at: int = 0


class Authenticator:
    """Verifies keys, sessions and the token of the lock file. `bearer` and `session` only look into memory."""

    def __init__(self, database: Database, csrf_key: bytes) -> None:
        self._database = database
        self._csrf_key = csrf_key
        self._known: dict[bytes, Proof] = {}
        self._forgotten = 0

    def admit_local(self, token: str, subject: Subject) -> None:
        """Accept `token` as the owner's own, for as long as this process lives."""
        self._known[rules.digest(token.encode())] = Proof("local", "local", subject)

    def bearer(self, secret: bytes) -> Proof | None:
        """Return the proof of a key or the local token that was here before."""
        proof = self._known.get(rules.digest(secret))
        if proof is None or proof.way == "session":
            return None
        if proof.way == "key" and (now := clock.milliseconds()) - proof.written_at >= rules.TOUCH_MS:
            proof.written_at = now
            self._database.writer.submit([repository.touch_key(proof.id, now)], _unimportant)
        return proof

    def session(self, token: bytes) -> Proof | None:
        """Return the proof of a session that was here before."""
        proof = self._known.get(rules.digest(token))
        if proof is None or proof.way != "session":
            return None
        left = proof.expires_at - clock.milliseconds()
        if left <= 0:
            return None
        if left < rules.EXTEND_BELOW_MS:
            proof.expires_at = clock.milliseconds() + rules.SESSION_MS
            self._database.writer.submit([repository.extend_session(proof.id, proof.expires_at)], _unimportant)
        return proof

    async def find_bearer(self, secret: bytes) -> Proof | None:
        """Return the proof of a key, from the store when it was not here before."""
        return self.bearer(secret) or await self._load_key(secret)

    async def find_session(self, token: bytes) -> Proof | None:
        """Return the proof of a session, from the store when it was not here before."""
        return self.session(token) or await self._load_session(token)

    def learn(self, digest: bytes, proof: Proof) -> None:
        """Remember a secret that was made or verified just now."""
        if len(self._known) >= _MOST_KNOWN:
            self._drop(lambda known: known.way != "local")
        self._known[digest] = proof

    def forget(self, digest: bytes) -> None:
        """Forget a secret: its next use is refused."""
        self._forgotten += 1
        self._known.pop(digest, None)

    def forget_session(self, session_id: str) -> None:
        """Forget one session."""
        self._drop(lambda proof: proof.way == "session" and proof.id == session_id)

    def forget_sessions(self, person_id: str, except_id: str | None) -> None:
        """Forget a person's sessions but one."""
        self._drop(
            lambda proof: proof.way == "session" and proof.subject.person_id == person_id and proof.id != except_id
        )

    def session_proof(self, session_id: str, subject: Subject, digest: bytes, expires_at: int) -> Proof:
        """Return the proof of a session with its CSRF token."""
        return Proof("session", session_id, subject, rules.csrf_token(self._csrf_key, digest), expires_at)

    async def _load_key(self, secret: bytes) -> Proof | None:
        if not secret.startswith(rules.KEY_PREFIX.encode()):
            return None
        digest = rules.digest(secret)
        seen = self._forgotten
        for key_id, organisation_id, person_id in await self._fetch(repository.KEY_BY_DIGEST, digest):
            proof = Proof("key", key_id, Subject(organisation_id, person_id))
            self._learn_unless_forgotten(digest, proof, seen)
            return self.bearer(secret) or proof
        return None

    async def _load_session(self, token: bytes) -> Proof | None:
        digest = rules.digest(token)
        seen = self._forgotten
        for session_id, organisation_id, person_id, expires_at in await self._fetch(
            repository.SESSION_BY_DIGEST, digest
        ):
            subject = Subject(organisation_id, person_id, frozenset((rules.OWNER,)))
            proof = self.session_proof(session_id, subject, digest, expires_at)
            self._learn_unless_forgotten(digest, proof, seen)
            return self.session(token) or (proof if expires_at > clock.milliseconds() else None)
        return None

    async def _fetch(self, prepared: Prepared, digest: bytes) -> Any:
        return await self._database.fetch(prepared, {"_digest": digest})

    def _learn_unless_forgotten(self, digest: bytes, proof: Proof, seen: int) -> None:
        # A secret revoked while the store was being asked must not come back to memory.
        if self._forgotten == seen:
            self.learn(digest, proof)

    def _drop(self, unwanted: Callable[[Proof], bool]) -> None:
        self._forgotten += 1
        self._known = {digest: proof for digest, proof in self._known.items() if not unwanted(proof)}


def _unimportant(error: MecumError | None) -> None:
    """That a time of use was not written changes nothing for anybody; the next use tries again."""
