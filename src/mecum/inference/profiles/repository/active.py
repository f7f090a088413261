"""Which profiles are active. A row holds ids alone and belongs to whoever its key names."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from mecum.inference.profiles.model import ActiveProfile
from mecum.infra.storage import Scope
from mecum.kernel import clock


class ActiveProfiles:
    """One profile for each owner at most: the instance (an empty text), an organisation, a person."""

    async def all(self, scope: Scope) -> Mapping[str, str]:
        """Return every active profile by its owner."""
        return {row.owner: row.profile for row in await _rows(scope)}

    async def set(self, scope: Scope, owner: str, profile: str) -> None:
        """Let a profile be active for an owner."""
        await self.clear(scope, owner)
        scope.session.add(ActiveProfile(owner=owner, profile=profile, activated_at=clock.now()))
        await scope.session.flush()

    async def clear(self, scope: Scope, owner: str) -> None:
        """Let no profile be active for an owner."""
        await scope.session.execute(delete(ActiveProfile).where(ActiveProfile.owner == owner))

    async def forget(self, scope: Scope, profile: str) -> Sequence[str]:
        """Let a profile be active for nobody, because it is gone; return for whom it was."""
        query = delete(ActiveProfile).where(ActiveProfile.profile == profile).returning(ActiveProfile.owner)
        return (await scope.session.execute(query)).scalars().all()


async def _rows(scope: Scope) -> Sequence[ActiveProfile]:
    return (await scope.session.execute(select(ActiveProfile))).scalars().all()
