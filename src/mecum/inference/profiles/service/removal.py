"""Removed profiles: out of sight at once, brought back for thirty days, and then gone for ever."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mecum.inference.configuration import files
from mecum.inference.configuration.checking import checked
from mecum.inference.configuration.service import Configuration
from mecum.inference.profiles.errors import ProfileExists, ProfileNotFound
from mecum.inference.profiles.folder import ProfileFolder, RemovedFile
from mecum.inference.profiles.model import Profile
from mecum.inference.profiles.repository import ProfileRepository
from mecum.inference.profiles.service.profiles import ProfileService, ambiguous
from mecum.inference.profiles.service.stored import FOLDER, Stored, level_of, place, stored
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids

KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Removed:
    """A profile in the trash, and when it was put there."""

    profile: Stored
    deleted_at: str


class ProfileRemoval:
    """The trash of profiles: of files beside them, of rows where they stand."""

    def __init__(self, configuration: Configuration, profiles: ProfileService) -> None:
        self._configuration, self._profiles = configuration, profiles
        self._folder = ProfileFolder(configuration.folder / FOLDER)
        self._rows = ProfileRepository()

    async def delete(self, scope: Scope, profile_id: str) -> None:
        """Move a profile to the trash; raises ProfileNotFound, ProfileAmbiguous, ProfileShipped."""
        found = await self._profiles.get(scope, profile_id)
        if found.owner in ("shipped", "instance"):
            await asyncio.to_thread(self._folder.remove, found.name)
            if found.name not in self._folder.names():
                await self._profiles.gone(scope, found.name)
            await self._configuration.refresh()
            return
        await self._rows.mark(scope, found.id, clock.now())
        await self._profiles.gone(scope, found.id)

    async def newest(self, scope: Scope) -> list[Removed]:
        """Return what is in the trash of who asks, the last removed first."""
        rows = [_removed(row) for row in await self._rows.deleted(scope)]
        kept = await asyncio.to_thread(self._files)
        return sorted([*rows, *kept], key=lambda one: (one.deleted_at, one.profile.name), reverse=True)

    async def restore(self, scope: Scope, profile_id: str) -> Stored:
        """Bring back what was removed last under an id, an address, or a name where one owner alone removed it.

        Raises ProfileNotFound, ProfileAmbiguous, and ProfileExists where another has the name now.
        """
        try:
            found = await self._find(scope, profile_id)
        except ProfileNotFound:
            await self._profiles.get(scope, profile_id)
            raise ProfileExists(f"There is a profile {profile_id!r} already.") from None
        if found.owner == "instance":
            await asyncio.to_thread(self._folder.restore, found.name)
            await self._configuration.refresh()
        else:
            if any(one.address == found.address for one in await self._profiles.all(scope)):
                raise ProfileExists(f"There is a profile {found.address!r} already.")
            await self._rows.mark(scope, found.id, None)
        return await self._profiles.get(scope, found.address)

    async def purge(self, scope: Scope, profile_id: str) -> None:
        """Delete for ever what is in the trash, as `restore` finds it; raises ProfileNotFound, ProfileAmbiguous."""
        found = await self._find(scope, profile_id)
        if found.owner == "instance":
            await asyncio.to_thread(self._folder.purge, found.name)
        else:
            await self._rows.delete(scope, found.id)

    async def expire(self, scope: Scope) -> int:
        """Delete everybody's profiles that were removed thirty days ago; return how many. `scope` is the instance's."""
        before = clock.now() - KEPT
        old = [one for one in await asyncio.to_thread(self._folder.removed) if one.removed_at < before]
        for file in old:
            await asyncio.to_thread(file.path.unlink, missing_ok=True)
        return len(old) + await self._rows.expire(scope, before)

    async def _find(self, scope: Scope, profile_id: str) -> Stored:
        """Return the profile that was removed last, of those that are meant."""
        found = [one.profile for one in await self.newest(scope)]
        if ids.is_id(profile_id, "prf"):
            named = [one for one in found if one.id == profile_id]
        else:
            level, name = place(profile_id)
            named = [one for one in found if one.name == name and level in (None, level_of(one.owner))]
        by_address = {one.address: one for one in reversed(named)}
        if not by_address:
            raise ProfileNotFound(f"No profile {profile_id!r} was removed.")
        if len(by_address) > 1:
            raise ambiguous(named[0].name, list(by_address.values()))
        return next(iter(by_address.values()))

    def _files(self) -> list[Removed]:
        return [_removed_file(file) for file in self._folder.removed()]


def _removed_file(file: RemovedFile) -> Removed:
    body = files.read(file.path)
    said = checked(body, "json", file.path.name, profile=True)
    return Removed(Stored(file.name, file.name, "instance", body, said, False), _iso(file.removed_at))


def _iso(moment: datetime) -> str:
    return clock.iso(clock.to_milliseconds(moment))


def _removed(row: Profile) -> Removed:
    if row.deleted_at is None:
        raise AssertionError("a profile in the trash that was not removed")
    return Removed(stored(row, {}), _iso(row.deleted_at))
