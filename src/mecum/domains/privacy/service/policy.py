"""The egress policy: nothing leaves for a place nobody named and agreed to, and what leaves is written down."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Final, cast

from mecum.domains.identity import api as identity
from mecum.domains.privacy.errors import EgressDenied, PlaceUnknown
from mecum.domains.privacy.repository import PolicyRepository, record
from mecum.domains.privacy.rules import Decision, Mode, Obstacle, Place, Stance, obstacle, origin_of, refusal
from mecum.infra.net import Outgoing
from mecum.infra.net.client import is_loopback
from mecum.infra.storage import Database, Scope
from mecum.kernel import clock
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

_log = logging.getLogger("mecum.egress")
_LOOK: Final = "model.list"
_GRANTED: ContextVar[tuple[str, str] | None] = ContextVar("mecum.egress.granted", default=None)
"""The origin and the purpose that this task may connect for, because a person just asked for exactly that."""


class EgressPolicy:
    """Answers from memory, for every call out: places that are known, what was decided, what the settings grant.

    `home` is the organisation for which the instance acts by itself.
    """

    def __init__(self, database: Database, home: str | None = None) -> None:
        self._database, self._home = database, home
        self._rows = PolicyRepository()
        self._places: dict[str, Place] = {}
        self._settled: set[str] = set()
        """Names whose place the settings agree to."""
        self._stances: dict[str | None, Stance] = {}
        self._changed: list[Callable[[], None]] = []
        self.revision = 0
        """Another number whenever something else may leave than before."""

    async def load(self, scope: Scope) -> None:
        """Take up what was stored; `scope` is the instance's own."""
        for row in await self._rows.policies(scope):
            self._stances[row.organisation_id] = Stance(cast("Mode", row.mode))
        for consent in await self._rows.consents(scope):
            self._agree(consent.organisation_id, consent.endpoint, consent.place)

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever something else may leave than before."""
        self._changed.append(callback)

    # What is known

    def know(self, endpoint: str, url: str, *, relayed: bool = False, consented: bool = False) -> None:
        """Learn that `endpoint` is at `url`; beyond this machine that alone allows nothing.

        `relayed`: it is on this machine, and its cloud models are answered at `url`. `consented`: the settings agree.
        """
        self.forget(endpoint)
        self.revision += 1
        origin = origin_of(url)
        place = Place(origin, relayed)
        if is_loopback(place.host):
            return
        self._places[endpoint] = place
        if consented:
            self._settled.add(endpoint)

    def forget(self, endpoint: str) -> None:
        """Forget where an endpoint is."""
        self.revision += 1
        self._places.pop(endpoint, None)
        self._settled.discard(endpoint)

    @property
    def places(self) -> dict[str, Place]:
        """The endpoints beyond this machine, by name."""
        return dict(sorted(self._places.items()))

    def is_settled(self, endpoint: str) -> bool:
        """Whether the settings agree to this endpoint."""
        return endpoint in self._settled

    # What may be asked

    @property
    def mode(self) -> Mode:
        """The mode of the instance's own organisation."""
        return self._stance(None).mode

    @property
    def consented(self) -> frozenset[str]:
        """The endpoints beyond this machine that somebody agreed to, whatever the mode."""
        return self.consented_by(None)

    def consented_by(self, organisation_id: str | None) -> frozenset[str]:
        """Return the endpoints that an organisation agreed to."""
        stance = self._stance(organisation_id)
        return frozenset(name for name, place in self._places.items() if self._agreed(stance, name, place))

    def may_ask(self, endpoint: str, *, local: bool = False, organisation_id: str | None = None) -> bool:
        """Whether conversations may be sent to a model of `endpoint`; `local`: the model itself is on this machine."""
        return self._obstacle(endpoint, local=local, organisation_id=organisation_id) is None

    def require(self, endpoint: str, *, local: bool = False, organisation_id: str | None = None) -> None:
        """Raise EgressDenied with the way out unless `may_ask`."""
        found = self._obstacle(endpoint, local=local, organisation_id=organisation_id)
        if found is not None:
            place = self._places.get(endpoint)
            raise self._denied(found, place.host if place else endpoint, endpoint, "model.chat", organisation_id)

    @property
    def hosts(self) -> list[str]:
        """The hosts beyond this machine that may be connected to now."""
        stance = self._stance(None)
        found = {
            place.host
            for name, place in self._places.items()
            if obstacle(stance.mode, place.origin, agreed=self._agreed(stance, name, place)) is None
        }
        return sorted(found)

    # What is decided

    async def consent(self, scope: Scope, endpoint: str) -> None:
        """Agree that conversations are sent to `endpoint`, where it is now; raises OwnerOnly, PlaceUnknown."""
        require_owner(scope)
        place = self._places.get(endpoint)
        if place is None:
            raise PlaceUnknown(f"No model server called {endpoint!r} is beyond this machine: nothing to agree to.")
        await self._rows.put_consent(scope, endpoint, place.origin)
        organisation = scope.subject.organisation_id
        self._after(scope, lambda: self._agree(organisation, endpoint, place.origin))

    async def withdraw(self, scope: Scope, endpoint: str) -> None:
        """Take back that anything may be sent to `endpoint`."""
        await self._rows.drop_consent(scope, endpoint)
        organisation = scope.subject.organisation_id
        self._after(scope, lambda: self._agree(organisation, endpoint, None))

    async def set_mode(self, scope: Scope, mode: Mode) -> None:
        """Change what may leave; raises OwnerOnly."""
        require_owner(scope)
        await self._rows.put_policy(scope, mode)
        organisation = scope.subject.organisation_id
        self._after(scope, lambda: self._set_mode(organisation, mode))

    # The gate

    @contextmanager
    def granting(self, url: str, purpose: str) -> Generator[None]:
        """Let this task connect to the place of `url` for `purpose`: a person asked for exactly that."""
        token = _GRANTED.set((origin_of(url), purpose))
        try:
            yield
        finally:
            _GRANTED.reset(token)

    @contextmanager
    def trying(self, endpoint: str) -> Generator[None]:
        """Let this task ask `endpoint` what models it has, and nothing else: a person wants to see whether it works."""
        place = self._places.get(endpoint)
        with self.granting(place.origin if place else "", _LOOK):
            yield

    def require_wish(self, subject: Subject, url: str, purpose: str) -> None:
        """Raise OwnerOnly, or EgressDenied, unless `subject` may ask for a connection to `url` for `purpose` alone."""
        if identity.OWNER not in subject.permissions:
            raise identity.OwnerOnly
        self.require_reach(url, purpose)

    def require_reach(self, url: str, purpose: str) -> None:
        """Raise EgressDenied when even an explicit wish does not reach `url`: the mode is local only."""
        origin = origin_of(url)
        host = Place(origin).host
        if not is_loopback(host) and (found := obstacle(self.mode, origin, agreed=True)) is not None:
            raise self._denied(found, host, None, purpose, None)

    async def admit(self, call: Outgoing, host: str) -> None:
        """See `EgressGate`; raises EgressDenied."""
        organisation = call.subject.organisation_id if call.subject else None
        stance, origin, there = self._stance(organisation), origin_of(call.relay or call.url), self._at(call)
        agreed = _GRANTED.get() == (origin, call.purpose) or any(
            self._agreed(stance, name, self._places[name]) for name in there
        )
        found = obstacle(stance.mode, origin, agreed=agreed)
        if found is not None:
            shown: Obstacle = "unknown" if found == "no_consent" and not there else found
            error = self._denied(shown, host, there[0] if there else None, call.purpose, organisation)
            if call.purpose != _LOOK:
                # Looking for models asks everybody, again and again, and nobody's words are in it.
                self.note(error, call.subject, call.data_class)
            raise error

    async def record(self, call: Outgoing, host: str, status: int | None) -> None:
        """See `EgressGate`."""
        endpoint, decision = self._let_out(call)
        row = self._row(call.subject, host, call.purpose, call.data_class)
        row |= {"bytes_out": len(call.body), "status": status, "endpoint": endpoint, "decision": decision}
        await self._database.commit([record(row)])

    def note(self, error: EgressDenied, subject: Subject | None, data_class: str = "conversation") -> None:
        """Write down, without waiting for it, that something was not let out for `subject`."""
        told = error.details
        row = self._row(subject, told["host"], told["purpose"], data_class)
        row |= {"refusal": told["reason"], "endpoint": told.get("endpoint")}
        self._database.writer.submit([record(row)], _unwritten)

    # Inside

    def _row(self, subject: Subject | None, host: str, purpose: str, data_class: str) -> dict[str, Any]:
        return {
            "at": clock.milliseconds(),
            "organisation_id": subject.organisation_id if subject else self._home,
            "person_id": subject.person_id if subject else None,
            "host": host,
            "purpose": purpose,
            "data_class": data_class,
            "bytes_out": 0,
            "mode": self._stance(subject.organisation_id if subject else None).mode,
        }

    def _let_out(self, call: Outgoing) -> tuple[str | None, Decision]:
        """Return which endpoint a call was to, and who let it out."""
        stance = self._stance(call.subject.organisation_id if call.subject else None)
        there = self._at(call)
        agreed = next((name for name in there if self._agreed(stance, name, self._places[name])), None)
        if agreed is None:
            return (there[0] if there else None), "wish"
        return agreed, "settings" if agreed in self._settled else "consent"

    def _at(self, call: Outgoing) -> list[str]:
        """Return the endpoints a call is to: the one it names, else all that are where it goes, as they go there."""
        origin, relayed = origin_of(call.relay or call.url), call.relay is not None
        there = [name for name, place in self._places.items() if place == Place(origin, relayed)]
        return there if call.endpoint is None else [name for name in there if name == call.endpoint]

    def _stance(self, organisation_id: str | None) -> Stance:
        return self._stances.get(organisation_id or self._home) or Stance()

    def _agreed(self, stance: Stance, endpoint: str, place: Place) -> bool:
        return endpoint in self._settled or stance.consents.get(endpoint) == place.origin

    def _obstacle(self, endpoint: str, *, local: bool, organisation_id: str | None) -> Obstacle | None:
        place = self._places.get(endpoint)
        if place is None or (place.relayed and local):
            return None
        stance = self._stance(organisation_id)
        return obstacle(stance.mode, place.origin, agreed=self._agreed(stance, endpoint, place))

    def _denied(
        self, found: Obstacle, host: str, endpoint: str | None, purpose: str, organisation_id: str | None
    ) -> EgressDenied:
        details: dict[str, Any] = {"host": host, "purpose": purpose, "mode": self._stance(organisation_id).mode}
        details |= {"reason": found} | ({} if endpoint is None else {"endpoint": endpoint})
        return EgressDenied(refusal(found, host, endpoint), **details)

    def _agree(self, organisation_id: str, endpoint: str, origin: str | None) -> None:
        stance = self._stances.get(organisation_id) or Stance()
        consents = {name: place for name, place in stance.consents.items() if name != endpoint}
        if origin is not None:
            consents[endpoint] = origin
        self._stances[organisation_id] = replace(stance, consents=consents)
        self.revision += 1

    def _set_mode(self, organisation_id: str, mode: Mode) -> None:
        self._stances[organisation_id] = replace(self._stances.get(organisation_id) or Stance(), mode=mode)
        self.revision += 1

    def _after(self, scope: Scope, change: Callable[[], None]) -> None:
        """Apply a change once it is on disk, and tell."""
        scope.after_commit.append(change)
        scope.after_commit.extend(self._changed)


def _unwritten(error: MecumError | None) -> None:
    if error is not None:
        _log.warning("a refusal was not written into the egress log", extra={"reason": error.code})


def require_owner(scope: Scope) -> None:
    """Raise OwnerOnly unless who asks decides for the organisation: what may leave is no matter of a program's key."""
    if identity.OWNER not in scope.subject.permissions:
        raise identity.OwnerOnly
