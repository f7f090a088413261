"""Profiles as a person keeps them: found by name, changed as a whole, one of them active for each owner."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from mecum.inference.configuration.checking import Checked, checked
from mecum.inference.configuration.files import changed
from mecum.inference.configuration.problems import refuse
from mecum.inference.configuration.service import Configuration, ProfileText
from mecum.inference.configuration.text import Format
from mecum.inference.profiles.errors import (
    ProfileAmbiguous,
    ProfileBroken,
    ProfileExists,
    ProfileNameInvalid,
    ProfileNotFound,
)
from mecum.inference.profiles.folder import NAME, ProfileFolder
from mecum.inference.profiles.model import Profile
from mecum.inference.profiles.repository import ActiveProfiles, ProfileRepository
from mecum.inference.profiles.service.stored import (
    FOLDER,
    STRENGTH,
    Keeper,
    Owner,
    Stored,
    counting,
    level_of,
    place,
    slot,
    stored,
    text_of,
)
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids


class ProfileService:
    """Profiles of files and of rows alike; a change of the active one counts at once."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._folder = ProfileFolder(configuration.folder / FOLDER)
        self._rows, self._active = ProfileRepository(), ActiveProfiles()

    async def load(self, scope: Scope) -> None:
        """Let those count that were active when the last process ended."""
        for owner, profile in (await self._active.all(scope)).items():
            row = await self._rows.find(scope, profile) if ids.is_id(profile, "prf") else None
            if row is not None:
                self._configuration.activate(counting(owner), owner, text_of(row))
            elif NAME.fullmatch(profile):
                self._configuration.activate(counting(owner), owner, self._folder.file(profile))

    async def all(self, scope: Scope) -> list[Stored]:
        """Return every profile this person may use, by name, the more particular one of a name first."""
        active = await self._active.all(scope)
        rows = [stored(row, active) for row in await self._rows.by_name(scope)]
        found = await asyncio.to_thread(lambda: [self.file(name, active) for name in self._folder.names()])
        return sorted([*rows, *found], key=lambda one: (one.name, STRENGTH[one.owner]))

    async def get(self, scope: Scope, profile_id: str) -> Stored:
        """Return a profile by its id, its address, or its name where only one has it.

        Raises ProfileNotFound, and ProfileAmbiguous where several do.
        """
        if ids.is_id(profile_id, "prf"):
            row = await self._rows.find(scope, profile_id)
            if row is None:
                raise ProfileNotFound
            return stored(row, await self._active.all(scope))
        level, name = place(profile_id)
        named = [one for one in await self.all(scope) if one.name == name and level in (None, level_of(one.owner))]
        if not named:
            raise ProfileNotFound(f"There is no profile {profile_id!r}.")
        if len(named) > 1:
            raise ambiguous(name, named)
        return named[0]

    async def create(self, scope: Scope, name: str, owner: Keeper, document: Mapping[str, Any]) -> Stored:
        """Make a profile of a document; raises ProfileNameInvalid, ProfileExists, what is wrong with the document."""
        if not NAME.fullmatch(name):
            raise ProfileNameInvalid
        if any(one.name == name and one.owner == owner for one in await self.all(scope)):
            raise ProfileExists(f"There is a profile {name!r} already.")
        now = clock.now()
        times = dict.fromkeys(("created_at", "modified_at"), clock.iso(clock.to_milliseconds(now)))
        head = {key: document[key] for key in ("version", "name", "description") if key in document}
        said = checked(_written({**head, **times, **document, "name": name}), "json", profile=True)
        refuse(said.problems)
        body = _written(said.tree)
        if owner == "instance":
            await asyncio.to_thread(self._folder.save, name, body, None)
            return await self.get(scope, f"instance:{name}")
        row = Profile(id=ids.new("prf"), name=name, body=body.decode(), created_at=now, modified_at=now)
        row.organisation_id = scope.subject.organisation_id
        row.person_id = scope.subject.person_id if owner == "person" else None
        await self._rows.add(scope, row)
        return stored(row, {})

    async def import_(
        self, scope: Scope, text: str, form: Format, name: str | None, owner: Keeper
    ) -> tuple[Stored, Checked]:
        """Make a profile of a text, also of an older one; return it with what became of the text's fields."""
        said = await asyncio.to_thread(checked, text.encode("utf-8", "surrogatepass"), form, profile=True)
        refuse(said.problems)
        return await self.create(scope, name or str(said.tree.get("name", "")), owner, said.tree), said

    async def copy(self, scope: Scope, profile_id: str, name: str, owner: Keeper) -> Stored:
        """Make a profile like another one."""
        source = await self.get(scope, profile_id)
        refuse(source.said.problems)
        times = ("created_at", "modified_at")
        return await self.create(scope, name, owner, {k: v for k, v in source.said.tree.items() if k not in times})

    async def write(self, scope: Scope, profile_id: str, text: str, expected: str | None) -> Stored:
        """Give a profile another text, if its content still is the `expected` one.

        Raises ProfileNotFound, ConfigurationChanged, what is wrong with the text.
        """
        before = await self.get(scope, profile_id)
        body = text.encode("utf-8", "surrogatepass")
        refuse(checked(body, "json", before.name, profile=True).problems)
        if expected != before.etag:
            raise changed(expected, before.etag)
        if before.owner in ("shipped", "instance"):
            await asyncio.to_thread(self._folder.save, before.name, body, expected)
            await self._configuration.refresh()
            return await self.get(scope, before.address)
        await self._rows.change(scope, before.id, text, clock.now())
        after = await self.get(scope, before.id)
        if after.active:
            profile = ProfileText(after.name, after.said)
            owner = slot(after.owner, scope.subject)
            scope.after_commit.append(lambda: self._configuration.activate(counting(owner), owner, profile))
        return after

    async def activate(self, scope: Scope, profile_id: str) -> Stored:
        """Let a profile count for its owner; raises ProfileNotFound, ProfileBroken.

        One of the instance ends the person's own, which would hide it.
        """
        found = await self.get(scope, profile_id)
        if not found.said.valid:
            raise ProfileBroken(problems=[problem.view() for problem in found.said.problems])
        owner, own = slot(found.owner, scope.subject), scope.subject.person_id
        if owner != own:
            await self._clear(scope, own)
        await self._active.set(scope, owner, found.id)
        profile = ProfileText(found.name, found.said) if ids.is_id(found.id, "prf") else self._folder.file(found.name)
        scope.after_commit.append(lambda: self._configuration.activate(counting(owner), owner, profile))
        return await self.get(scope, found.address)

    async def deactivate(self, scope: Scope, profile_id: str) -> Stored:
        """Let a profile count no longer; raises ProfileNotFound."""
        found = await self.get(scope, profile_id)
        if found.active:
            await self._clear(scope, slot(found.owner, scope.subject))
        return await self.get(scope, found.address)

    def file(self, name: str, active: Mapping[str, str]) -> Stored:
        """Return the profile of a file; raises ProfileNotFound."""
        body = self._folder.body(name)
        said = checked(body, "json", f"{FOLDER}/{name}.json", profile=True)
        owner: Owner = "instance" if self._folder.owns(name) else "shipped"
        times = (said.tree.get("created_at"), said.tree.get("modified_at"))
        return Stored(name, name, owner, body, said, active.get("") == name, *times)

    async def _clear(self, scope: Scope, owner: str) -> None:
        await self._active.clear(scope, owner)
        scope.after_commit.append(lambda: self._configuration.activate(counting(owner), owner, None))

    async def gone(self, scope: Scope, profile: str) -> None:
        """Let a profile count for nobody, because it is removed; `profile` is the id of a row or the name of a file."""
        for owner in await self._active.forget(scope, profile):
            await self._clear(scope, owner)


def _written(document: Mapping[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"


def ambiguous(name: str, named: Sequence[Stored]) -> ProfileAmbiguous:
    """Return that several profiles bear a name, each with the address that means it alone."""
    addresses = [one.address for one in named]
    said = f"{len(named)} profiles are called {name!r}: {', '.join(addresses)}. Say which by one of these."
    return ProfileAmbiguous(said, candidates=addresses)
