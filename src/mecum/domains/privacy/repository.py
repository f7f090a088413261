"""Writing and reading what may leave, and what left."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, delete, insert, select

from mecum.domains.privacy.model import Consent, Egress, Policy
from mecum.domains.privacy.rules import Narrowed
from mecum.infra.storage import Op, Prepared, Scope
from mecum.kernel import clock

_NAMES = "at organisation_id person_id host purpose data_class bytes_out status refusal endpoint mode decision".split()
_LAST: Final = 5000
"""Of how many of the last calls it is told what they have been."""
_INSERT = Prepared(insert(Egress).values({name: bindparam(name) for name in _NAMES}))


def record(values: Mapping[str, Any]) -> Op:
    """Return the write of one call that left, or was not let out."""
    return Op(_INSERT, {name: values.get(name) for name in _NAMES})


_ALL: Final = Narrowed()


def _criteria(wanted: Narrowed) -> Iterator[ColumnElement[bool]]:
    for name in ("host", "endpoint", "purpose", "data_class", "mode", "decision"):
        if (value := getattr(wanted, name)) is not None:
            yield getattr(Egress, name) == value
    if wanted.person is not None:
        none = wanted.person == "none"
        yield Egress.person_id.is_(None) if none else Egress.person_id == wanted.person
    if wanted.since is not None:
        yield Egress.at >= wanted.since
    if wanted.until is not None:
        yield Egress.at < wanted.until


class EgressRepository:
    """The egress log."""

    async def newest(
        self, scope: Scope, limit: int, before: int | None = None, wanted: Narrowed = _ALL
    ) -> Sequence[Egress]:
        """Return what left last, before the row `before`, of what is wanted."""
        query = select(Egress).where(Egress.organisation_id == scope.subject.organisation_id, *_criteria(wanted))
        if before is not None:
            query = query.where(Egress.n < before)
        return (await scope.session.execute(query.order_by(Egress.n.desc()).limit(limit))).scalars().all()

    async def values(self, scope: Scope) -> dict[str, list[str | None]]:
        """Return which hosts, endpoints and persons the last calls were to and for."""
        mine = select(Egress.host, Egress.endpoint, Egress.person_id)
        mine = mine.where(Egress.organisation_id == scope.subject.organisation_id).order_by(Egress.n.desc())
        last = mine.limit(_LAST).subquery()
        found = (await scope.session.execute(select(last).distinct())).all()
        return {name: list({row[place] for row in found}) for place, name in enumerate(("host", "endpoint", "person"))}


class PolicyRepository:
    """Modes and consents of organisations."""

    async def policies(self, scope: Scope) -> Sequence[Policy]:
        """Return every organisation's policy."""
        return (await scope.session.execute(select(Policy))).scalars().all()

    async def consents(self, scope: Scope) -> Sequence[Consent]:
        """Return every organisation's consents."""
        return (await scope.session.execute(select(Consent))).scalars().all()

    async def find_policy(self, scope: Scope) -> Policy | None:
        """Return the policy of who asks."""
        return await scope.session.get(Policy, scope.subject.organisation_id)

    async def consents_of(self, scope: Scope) -> dict[str, datetime]:
        """Return when who asks agreed to each endpoint."""
        query = select(Consent).where(Consent.organisation_id == scope.subject.organisation_id)
        return {row.endpoint: row.given_at for row in (await scope.session.execute(query)).scalars()}

    async def put_policy(self, scope: Scope, mode: str) -> Policy:
        """Store the mode of who asks."""
        organisation = scope.subject.organisation_id
        row = Policy(organisation_id=organisation, mode=mode, changed_at=clock.now())
        return await scope.session.merge(row)

    async def put_consent(self, scope: Scope, endpoint: str, place: str) -> None:
        """Store that who asks agreed to an endpoint at this place."""
        subject = scope.subject
        await scope.session.merge(
            Consent(
                organisation_id=subject.organisation_id,
                endpoint=endpoint,
                place=place,
                person_id=subject.person_id,
                given_at=clock.now(),
            )
        )

    async def drop_consent(self, scope: Scope, endpoint: str) -> None:
        """Forget that who asks agreed."""
        await scope.session.execute(
            delete(Consent).where(
                Consent.organisation_id == scope.subject.organisation_id, Consent.endpoint == endpoint
            )
        )
