"""Profiles of persons and organisations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update

from mecum.inference.profiles.model import Profile
from mecum.infra.storage import Scope

_LIVE: Final = Profile.deleted_at.is_(None)


class ProfileRepository:
    """The profiles of the person who asks and of their organisation."""

    async def by_name(self, scope: Scope) -> Sequence[Profile]:
        """Return every profile that is not in the trash, by name."""
        return (
            (await scope.session.execute(select(Profile).where(_LIVE).order_by(Profile.name, Profile.id)))
            .scalars()
            .all()
        )

    async def deleted(self, scope: Scope) -> Sequence[Profile]:
        """Return every profile in the trash, the last removed first."""
        query = select(Profile).where(Profile.deleted_at.is_not(None)).order_by(Profile.deleted_at.desc(), Profile.id)
        return (await scope.session.execute(query)).scalars().all()

    async def find(self, scope: Scope, profile_id: str) -> Profile | None:
        """Return a profile by its id, or None, also for one in the trash."""
        query = select(Profile).where(Profile.id == profile_id, _LIVE)
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def add(self, scope: Scope, profile: Profile) -> None:
        """Add a profile."""
        scope.session.add(profile)
        await scope.session.flush()

    async def change(self, scope: Scope, profile_id: str, body: str, now: datetime) -> None:
        """Give a profile another text."""
        query = update(Profile).where(Profile.id == profile_id)
        await scope.session.execute(query.values(body=body, modified_at=now))

    async def mark(self, scope: Scope, profile_id: str, deleted_at: datetime | None) -> None:
        """Put a profile into the trash, or (None) take it out."""
        await scope.session.execute(update(Profile).where(Profile.id == profile_id).values(deleted_at=deleted_at))

    async def expire(self, scope: Scope, before: datetime) -> int:
        """Delete everybody's profiles that were put into the trash before a moment; return how many."""
        query = delete(Profile).where(Profile.deleted_at < before).returning(Profile.id)
        return len((await scope.session.execute(query)).all())

    async def delete(self, scope: Scope, profile_id: str) -> None:
        """Delete a profile for ever."""
        await scope.session.execute(delete(Profile).where(Profile.id == profile_id))
