"""Profiles as a person keeps them: found by name, changed as a whole, one of them active for each owner."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson

from mecum.inference.configuration.checking import Checked, checked
from mecum.inference.configuration.errors import ConfigurationChanged
from mecum.inference.configuration.files import etag_of
from mecum.inference.configuration.levels import Level
from mecum.inference.configuration.problems import refuse
from mecum.inference.configuration.service import Configuration, ProfileText
from mecum.inference.configuration.text import Format
from mecum.inference.profiles.errors import ProfileBroken, ProfileExists, ProfileNameInvalid, ProfileNotFound
from mecum.inference.profiles.folder import NAME, ProfileFolder
from mecum.inference.profiles.model import Profile
from mecum.inference.profiles.repository import ActiveProfiles, ProfileRepository
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids
from mecum.kernel.subject import Subject

Owner = Literal["shipped", "instance", "organisation", "person"]
Keeper = Literal["instance", "organisation", "person"]
"""Whose a new profile may be."""
_STRENGTH: Final[dict[Owner, int]] = {"person": 0, "organisation": 1, "instance": 2, "shipped": 3}
FOLDER: Final = "user_profiles"


@dataclass(frozen=True, slots=True)
class Stored:
    """A profile as it is kept; `id` is its name where it is a file."""

    id: str
    name: str
    owner: Owner
    body: bytes
    said: Checked
    active: bool
    created_at: str | None = None
    modified_at: str | None = None

    @property
    def etag(self) -> str:
        """Names the content."""
        return etag_of(self.body)


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
                self._configuration.activate(_level(owner), owner, _text_of(row))
            elif NAME.fullmatch(profile):
                self._configuration.activate(_level(owner), owner, self._folder.file(profile))

    async def all(self, scope: Scope) -> list[Stored]:
        """Return every profile this person may use, by name, the more particular one of a name first."""
        active = await self._active.all(scope)
        rows = [_stored(row, active) for row in await self._rows.by_name(scope)]
        found = await asyncio.to_thread(lambda: [self._file(name, active) for name in self._folder.names()])
        return sorted([*rows, *found], key=lambda one: (one.name, _STRENGTH[one.owner]))

    async def get(self, scope: Scope, profile_id: str) -> Stored:
        """Return a profile by its id or name; raises ProfileNotFound."""
        if ids.is_id(profile_id, "prf"):
            row = await self._rows.find(scope, profile_id)
            if row is None:
                raise ProfileNotFound
            return _stored(row, await self._active.all(scope))
        named = [one for one in await self.all(scope) if one.name == profile_id]
        if not named:
            raise ProfileNotFound(f"There is no profile {profile_id!r}.")
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
            return await self.get(scope, name)
        row = Profile(id=ids.new("prf"), name=name, body=body.decode(), created_at=now, modified_at=now)
        row.organisation_id = scope.subject.organisation_id
        row.person_id = scope.subject.person_id if owner == "person" else None
        await self._rows.add(scope, row)
        return _stored(row, {})

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
            raise ConfigurationChanged(expected=expected, present=before.etag)
        if before.owner in ("shipped", "instance"):
            await asyncio.to_thread(self._folder.save, before.name, body, expected)
            await self._configuration.refresh()
            return await self.get(scope, before.name)
        await self._rows.change(scope, before.id, text, clock.now())
        after = await self.get(scope, before.id)
        if after.active:
            profile = ProfileText(after.name, after.said)
            owner = _slot(after.owner, scope.subject)
            scope.after_commit.append(lambda: self._configuration.activate(_level(owner), owner, profile))
        return after

    async def delete(self, scope: Scope, profile_id: str) -> None:
        """Remove a profile; a file goes to the trash beside it. Raises ProfileNotFound, ProfileShipped."""
        found = await self.get(scope, profile_id)
        if found.owner in ("shipped", "instance"):
            await asyncio.to_thread(self._folder.remove, found.name)
            if found.name not in self._folder.names():
                await self._gone(scope, found.name)
            await self._configuration.refresh()
            return
        await self._rows.delete(scope, found.id)
        await self._gone(scope, found.id)

    async def restore(self, scope: Scope, name: str) -> Stored:
        """Bring back the file that was removed last under a name; raises ProfileNotFound, ProfileExists."""
        await asyncio.to_thread(self._folder.restore, name)
        await self._configuration.refresh()
        active = await self._active.all(scope)
        return self._file(name, active)

    async def activate(self, scope: Scope, profile_id: str) -> Stored:
        """Let a profile count for its owner; raises ProfileNotFound, ProfileBroken.

        One of the instance ends the person's own, which would hide it.
        """
        found = await self.get(scope, profile_id)
        if not found.said.valid:
            raise ProfileBroken(problems=[problem.view() for problem in found.said.problems])
        owner, own = _slot(found.owner, scope.subject), scope.subject.person_id
        if owner != own:
            await self._clear(scope, own)
        await self._active.set(scope, owner, found.id)
        profile = ProfileText(found.name, found.said) if ids.is_id(found.id, "prf") else self._folder.file(found.name)
        scope.after_commit.append(lambda: self._configuration.activate(_level(owner), owner, profile))
        return await self.get(scope, found.id)

    async def deactivate(self, scope: Scope, profile_id: str) -> Stored:
        """Let a profile count no longer; raises ProfileNotFound."""
        found = await self.get(scope, profile_id)
        if found.active:
            await self._clear(scope, _slot(found.owner, scope.subject))
        return await self.get(scope, found.id)

    def _file(self, name: str, active: Mapping[str, str]) -> Stored:
        body = self._folder.body(name)
        said = checked(body, "json", f"{FOLDER}/{name}.json", profile=True)
        owner: Owner = "instance" if self._folder.owns(name) else "shipped"
        times = (said.tree.get("created_at"), said.tree.get("modified_at"))
        return Stored(name, name, owner, body, said, active.get("") == name, *times)

    async def _clear(self, scope: Scope, owner: str) -> None:
        await self._active.clear(scope, owner)
        scope.after_commit.append(lambda: self._configuration.activate(_level(owner), owner, None))

    async def _gone(self, scope: Scope, profile: str) -> None:
        for owner in await self._active.forget(scope, profile):
            await self._clear(scope, owner)


def _stored(row: Profile, active: Mapping[str, str]) -> Stored:
    owner: Owner = "organisation" if row.person_id is None else "person"
    body = row.body.encode()
    slot = row.organisation_id if row.person_id is None else row.person_id
    made, changed = (clock.iso(clock.to_milliseconds(at)) for at in (row.created_at, row.modified_at))
    said = _text_of(row).said
    return Stored(row.id, row.name, owner, body, said, active.get(slot) == row.id, made, changed)


def _text_of(row: Profile) -> ProfileText:
    return ProfileText(row.name, checked(row.body.encode(), "json", f"profile {row.name}", profile=True))


def _slot(owner: Owner, subject: Subject) -> str:
    """Return for whom a profile counts: the id of a person or organisation, or nothing for the instance."""
    return {"person": subject.person_id, "organisation": subject.organisation_id}.get(owner, "")


def _level(owner: str) -> Level:
    if not owner:
        return "instance"
    return "organisation" if ids.is_id(owner, "org") else "person"


def _written(document: Mapping[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"
