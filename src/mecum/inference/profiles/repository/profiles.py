"""Profiles of persons and organisations."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from mecum.inference.profiles.model import Profile
from mecum.infra.storage import Scope


class ProfileRepository:
    """The profiles of the person who asks and of their organisation."""

    async def by_name(self, scope: Scope) -> Sequence[Profile]:
        """Return every profile, by name."""
        return (await scope.session.execute(select(Profile).order_by(Profile.name, Profile.id))).scalars().all()

    async def find(self, scope: Scope, profile_id: str) -> Profile | None:
        """Return a profile by its id, or None."""
        return (await scope.session.execute(select(Profile).where(Profile.id == profile_id))).scalar_one_or_none()

    async def add(self, scope: Scope, profile: Profile) -> None:
        """Add a profile."""
        scope.session.add(profile)
        await scope.session.flush()

    async def change(self, scope: Scope, profile_id: str, body: str, now: datetime) -> None:
        """Give a profile another text."""
        query = update(Profile).where(Profile.id == profile_id)
        await scope.session.execute(query.values(body=body, modified_at=now))

    async def delete(self, scope: Scope, profile_id: str) -> None:
        """Delete a profile."""
        await scope.session.execute(delete(Profile).where(Profile.id == profile_id))
