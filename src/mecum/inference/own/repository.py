"""Reading and writing what persons say for themselves."""

from collections.abc import Sequence

from sqlalchemy import select

from mecum.inference.own.model import OwnSettings
from mecum.infra.storage import Scope
from mecum.kernel import clock


class OwnSettingsRepository:
    """A row for each person who says anything."""

    async def all(self, scope: Scope) -> Sequence[OwnSettings]:
        """Return the rows that may be seen: everybody's for the instance, one's own for a person."""
        return (await scope.session.execute(select(OwnSettings))).scalars().all()

    async def put(self, scope: Scope, *, summaries: bool | None) -> None:
        """Store what who asks says."""
        row = (await scope.session.execute(select(OwnSettings))).scalar_one_or_none()
        if row is None:
            row = OwnSettings(organisation_id=scope.subject.organisation_id, person_id=scope.subject.person_id)
            scope.session.add(row)
        row.summaries, row.changed_at = summaries, clock.now()
        await scope.session.flush()
