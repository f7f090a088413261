"""Writing and reading what may leave, and what left."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from mecum.domains.privacy.model import Consent, Egress, Policy
from mecum.infra.storage import Op, Prepared, Scope
from mecum.kernel import clock

_NAMES = "at organisation_id person_id host purpose data_class bytes_out status refusal".split()
_INSERT = Prepared(insert(Egress).values({name: bindparam(name) for name in _NAMES}))


def record(values: Mapping[str, Any]) -> Op:
    """Return the write of one call that left, or was not let out."""
    return Op(_INSERT, {name: values.get(name) for name in _NAMES})


class EgressRepository:
    """The egress log."""

    async def newest(
        self,
        scope: Scope,
        limit: int,
        before: int | None = None,
        host: str | None = None,
        purpose: str | None = None,
        data_class: str | None = None,
    ) -> Sequence[Egress]:
        """Return what left last, before the row `before`, of these kinds."""
        query = select(Egress).where(Egress.organisation_id == scope.subject.organisation_id)
        if before is not None:
            query = query.where(Egress.n < before)
        for column, value in ((Egress.host, host), (Egress.purpose, purpose), (Egress.data_class, data_class)):
            if value is not None:
                query = query.where(column == value)
        return (await scope.session.execute(query.order_by(Egress.n.desc()).limit(limit))).scalars().all()


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
