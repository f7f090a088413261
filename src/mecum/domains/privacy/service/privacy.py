"""What may leave and what left, as a person sees and decides it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, cast

from mecum.domains.identity import api as identity
from mecum.domains.privacy.errors import ConsentFromSettings, PlaceUnknown
from mecum.domains.privacy.model import Egress
from mecum.domains.privacy.repository import EgressRepository, PolicyRepository
from mecum.domains.privacy.rules import Decision, Mode, Narrowed, Obstacle
from mecum.domains.privacy.schemas import ConsentView, EgressValues, EgressView, PersonRef, PolicyView
from mecum.domains.privacy.service.policy import EgressPolicy, require_owner
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids, paging

_ALL: Final = Narrowed()


class PrivacyService:
    """The policy, the consents and the egress log of an organisation."""

    def __init__(self, policy: EgressPolicy) -> None:
        self._policy = policy
        self._rows, self._log = PolicyRepository(), EgressRepository()

    async def policy(self, scope: Scope) -> PolicyView:
        """Return what may leave."""
        row = await self._rows.find_policy(scope)
        if row is None:
            return PolicyView(mode="ask", behaves_as="ask", changed_at=None)
        return _policy_view(row.mode, clock.iso(clock.to_milliseconds(row.changed_at)))  # type: ignore[arg-type]

    async def set_policy(self, scope: Scope, mode: Mode) -> PolicyView:
        """Change what may leave; raises OwnerOnly."""
        await self._policy.set_mode(scope, mode)
        return _policy_view(mode, clock.iso(clock.milliseconds()))

    async def consents(self, scope: Scope) -> list[ConsentView]:
        """Return every endpoint beyond this machine, by name."""
        given = await self._rows.consents_of(scope)
        organisation = scope.subject.organisation_id
        consented = self._policy.consented_by(organisation)
        views: list[ConsentView] = []
        for name, place in self._policy.places.items():
            settled = self._policy.is_settled(name)
            at = given.get(name) if name in consented and not settled else None
            views.append(
                ConsentView(
                    endpoint=name,
                    place=place.origin,
                    private=place.private,
                    relayed=place.relayed,
                    consented=name in consented,
                    from_settings=settled,
                    given_at=None if at is None else clock.iso(clock.to_milliseconds(at)),
                    in_force=self._policy.may_ask(name, organisation_id=organisation),
                )
            )
        return views

    async def consent(self, scope: Scope, endpoint: str) -> None:
        """Agree that conversations are sent to `endpoint`; raises OwnerOnly, PlaceUnknown."""
        await self._policy.consent(scope, endpoint)

    async def withdraw(self, scope: Scope, endpoint: str) -> None:
        """Take that back; raises OwnerOnly, PlaceUnknown, ConsentFromSettings."""
        require_owner(scope)
        if endpoint not in self._policy.places:
            raise PlaceUnknown
        if self._policy.is_settled(endpoint):
            raise ConsentFromSettings
        await self._policy.withdraw(scope, endpoint)

    async def egress(
        self,
        scope: Scope,
        limit: int,
        cursor: str | None = None,
        wanted: Narrowed = _ALL,
    ) -> paging.Page[EgressView]:
        """Return a page of what left, the newest first; raises BadCursor. The person `me` is who asks."""
        if wanted.person == "me":
            wanted = replace(wanted, person=scope.subject.person_id)
        if wanted.person not in (None, "none") and not ids.is_id(str(wanted.person), "per"):
            return paging.Page([], None)
        before = None if cursor is None else int(paging.decode(cursor, int)[0])
        rows = await self._log.newest(scope, limit + 1, before, wanted)
        shown = rows[:limit]
        following = paging.encode(shown[-1].n) if len(rows) > limit else None
        names = await identity.names_of(scope, {row.person_id for row in shown if row.person_id is not None})
        return paging.Page([_egress_view(row, names) for row in shown], following)

    async def egress_values(self, scope: Scope) -> EgressValues:
        """Return what the log can be narrowed to: whom and what the last calls were to and for."""
        found = await self._log.values(scope)
        persons = sorted(one for one in found["person"] if one is not None)
        return EgressValues(
            hosts=sorted(one for one in found["host"] if one is not None),
            endpoints=sorted(one for one in found["endpoint"] if one is not None),
            persons=[PersonRef(id=one, me=one == scope.subject.person_id) for one in persons],
            instance=None in found["person"],
        )


def _policy_view(mode: Mode, changed_at: str) -> PolicyView:
    behaves: Mode = "local_only" if mode == "local_only" else "ask"
    return PolicyView(mode=mode, behaves_as=behaves, changed_at=changed_at)


def _egress_view(row: Egress, names: Mapping[str, str]) -> EgressView:
    return EgressView(
        at=clock.iso(clock.to_milliseconds(row.at)),
        host=row.host,
        purpose=row.purpose,
        data_class=row.data_class,
        bytes_out=row.bytes_out,
        status=row.status,
        person_id=row.person_id,
        endpoint=row.endpoint,
        mode=cast("Mode | None", row.mode),
        decision=cast("Decision | None", row.decision),
        person=names.get(row.person_id or ""),
        refusal=cast("Obstacle | None", row.refusal),
    )
