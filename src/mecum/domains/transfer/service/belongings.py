"""Taking in what a person has beside conversations and assistants: each whole, with where it came from, or not at all.

What a person said here counts more than what a file says: of a thing that differs another one is made, a setting stays.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import orjson

from mecum.domains.conversations import api as conversations
from mecum.domains.transfer.ports import Rooms
from mecum.domains.transfer.repository import BY_KEY, OriginRepository, insert_origin
from mecum.domains.transfer.rules.incoming import (
    Belonging,
    FoundProfile,
    FoundProject,
    FoundPrompt,
    FoundSetting,
    Held,
    Skipped,
    digest,
)
from mecum.domains.transfer.rules.reckoning import Outcome, Reckoning
from mecum.domains.transfer.service.importing import Importing
from mecum.domains.transfer.service.leaving import profile_sheet, project_sheet
from mecum.domains.transfer.service.rows import ref_text
from mecum.infra.storage import Database, Scope
from mecum.infra.storage.scope import owner_values
from mecum.kernel import clock
from mecum.kernel.errors import Conflict, MecumError

_STAYS: Final = "you say something else here, and that stays"
_NO_PROFILE: Final = "the profile it names is not here"
_UNKNOWN: Final = "there is no such setting"
_KINDS: Final[dict[type, str]] = {
    FoundProject: "project",
    FoundPrompt: "prompt",
    FoundProfile: "profile",
    FoundSetting: "setting",
}


_Arriving = list[tuple[Held, conversations.Arrived]]
"""A project's files whose bytes are on disk, each with what the file says of it."""


class Belongings:
    """Takes them in for one import, and counts them. `projects` are ids here by the names that the files say."""

    def __init__(
        self,
        database: Database,
        context: conversations.Conversations,
        rooms: Rooms,
        importing: Importing,
        reckoning: Reckoning,
        skip: Callable[[Skipped], None],
        projects: dict[str, str],
    ) -> None:
        self._database, self._context, self._rooms, self._import = database, context, rooms, importing
        self._reckoning, self._skip, self._projects = reckoning, skip, projects
        self._origins = OriginRepository()
        self._seen: set[bytes] = set()
        self._profiles: dict[str, str] = {}
        """Ids here, by their ids there."""
        self._beginnings: dict[str, str] = {}
        """The default assistant that a project had there, by its id here."""

    async def take(self, system: str, found: Belonging) -> None:
        """Store one thing that was found."""
        kind = _KINDS[type(found)]
        key = digest(system, kind, found.ref, found.raw)
        again = key in self._seen
        self._seen.add(key)
        known = await self._known(kind, key)
        if known is None and not again:
            await self._new(system, key, found)
            return
        ours = known is not None and known[0] == self._import.id and not again
        self._count(found, "imported" if ours else "already")
        if known is not None:
            self._remember(found, known[1])

    async def finish(self, assistants: dict[str, str]) -> None:
        """Let projects begin with the assistants that came after them; `assistants` are ids here, by those there."""
        if not self._beginnings:
            return
        moving = (await self._rooms.projects()).moving
        for project_id, ref in self._beginnings.items():
            here = await self._context.copies.assistant_here(self._import.subject, assistants.get(ref, ref))
            if here is not None:
                async with self._database.writing(self._import.subject) as scope:
                    await moving.begin_with(scope, project_id, here)

    async def _new(self, system: str, key: bytes, found: Belonging) -> None:
        match found:
            case FoundProject():
                await self._project(system, key, found)
            case FoundPrompt():
                await self._prompt(system, key, found)
            case FoundProfile():
                await self._profile(system, key, found)
            case FoundSetting():
                await self._setting(system, key, found)

    async def _known(self, kind: str, key: bytes) -> tuple[str, str] | None:
        """Return the import that brought something and what it is here, None where it is here no longer."""
        subject = self._import.subject
        rows = await self._database.fetch(BY_KEY, {"_key": key, **owner_values(subject)})
        if not rows:
            return None
        import_id, target = rows[0][0], str(rows[0][3])
        async with self._database.reading(subject) as scope:
            if await self._is_here(scope, kind, target):
                return import_id, target
        if not self._import.dry_run:
            async with self._database.writing(subject) as scope:
                await self._origins.forget_target(scope, kind, target)
        return None

    async def _is_here(self, scope: Scope, kind: str, target: str) -> bool:
        match kind:
            case "project":
                return await (await self._rooms.projects()).moving.find(scope, target) is not None
            case "prompt":
                return await (await self._rooms.assistants()).prompts.whole(scope, target) is not None
            case "profile":
                return await self._rooms.personal.is_taken(scope, target)
            case _:
                name, value = orjson.loads(target)
                return bool((await self._rooms.personal.settings(scope)).get(name) == value)

    def _count(self, found: Belonging, outcome: Outcome) -> None:
        self._reckoning.add(_KINDS[type(found)], outcome)
        if isinstance(found, FoundProject):
            self._reckoning.add("file", outcome, len(found.files))

    def _remember(self, found: Belonging, target: str) -> None:
        if isinstance(found, FoundProject):
            self._projects[found.name] = target
            if found.assistant_id is not None:
                self._beginnings[target] = found.assistant_id
        elif isinstance(found, FoundProfile):
            self._profiles[found.ref] = target

    async def _note(self, scope: Scope, system: str, key: bytes, found: Belonging, target: str) -> None:
        subject = scope.subject
        owner = {"organisation_id": subject.organisation_id, "person_id": subject.person_id}
        about = {"system": system, "kind": _KINDS[type(found)], "original": ref_text(found.ref), "target": target}
        origin = insert_origin({"import_id": self._import.id, **owner, **about, "key": key})
        await scope.session.execute(origin.prepared.statement, dict(origin.values))

    async def _stored(self, store: Callable[[str | None], Awaitable[str]], own_id: str | None) -> str:
        """Store under an id that is kept, or under a new one where the id, one space for all, is somebody else's."""
        try:
            return await store(own_id)
        except Conflict:
            if own_id is None:
                raise
            return await store(None)

    # Projects

    async def _project(self, system: str, key: bytes, found: FoundProject) -> None:
        projects, own_id = await self._rooms.projects(), found.own_id
        for skipped in found.skipped:
            self._skip(skipped)
        async with self._database.reading(self._import.subject) as scope:
            there = None if own_id is None else await projects.moving.find(scope, own_id)
            there_now = there is not None and not there["trashed"] and await project_sheet(scope, self._context, there)
        if there_now == found.said:
            self._count(found, "already")
            self._remember(found, str(own_id))
            return
        keep = own_id if there is None else None
        self._reckoning.add("project", "imported")
        if self._import.dry_run:
            self._reckoning.add("file", "imported", len(found.files))
            return
        arriving = await self._arriving(found)

        async def store(kept: str | None) -> str:
            async with self._database.writing(self._import.subject) as scope:
                columns = {"instructions": found.instructions, "model": found.model}
                times = {"created_at": self._at(found.created_at), "updated_at": self._at(found.updated_at)}
                named = {"id": kept, "name": found.name}
                target = await projects.moving.take(scope, {**named, **columns, **times})
                for held, arrived in arriving:
                    file_id = held.own_id if kept is not None else None
                    view = await self._context.files.add(scope, arrived, file_id)
                    await self._context.held.keep(scope, target, view["id"], self._at(held.added_at))
                await self._note(scope, system, key, found, target)
            return target

        try:
            self._remember(found, await self._stored(store, keep))
        finally:
            for _, arrived in arriving:
                await self._context.files.discard(arrived)

    async def _arriving(self, found: FoundProject) -> _Arriving:
        arriving: _Arriving = []
        for held in found.files:
            arrived = await self._received(held)
            if isinstance(arrived, str):
                self._skip(Skipped("file", held.ref, arrived))
                continue
            self._reckoning.add("file", "imported")
            arriving.append((held, arrived))
        return arriving

    async def _received(self, held: Held) -> conversations.Arrived | str:
        """Write a file to disk, or return why it cannot be."""
        attached = await asyncio.to_thread(held.load)
        if isinstance(attached, str):
            return attached
        try:
            arrived = await self._context.files.take(self._import.subject, held.name, attached.content)
        except MecumError as error:
            return error.message
        if arrived.received.sha256 == held.sha256:
            return arrived
        await self._context.files.discard(arrived)
        return "its bytes are not what its hash says: it was changed or damaged on the way"

    # Prompts

    async def _prompt(self, system: str, key: bytes, found: FoundPrompt) -> None:
        prompts = (await self._rooms.assistants()).prompts
        async with self._database.reading(self._import.subject) as scope:
            there = None if found.own_id is None else await prompts.whole(scope, found.own_id)
        keep, same = (found.own_id if there is None else None), there == found.said
        self._count(found, "already" if same else "imported")
        if same or self._import.dry_run:
            return

        async def store(kept: str | None) -> str:
            first, *rest = found.texts
            async with self._database.writing(self._import.subject) as scope:
                at = self._at(first["created_at"])
                target = await prompts.create(scope, found.title, first["text"], first["note"], at, kept)
                for one in rest:
                    await prompts.write(scope, target, one["text"], one["note"], self._at(one["created_at"]))
                await self._note(scope, system, key, found, target)
            return target

        await self._stored(store, keep)

    # What is said about models

    async def _profile(self, system: str, key: bytes, found: FoundProfile) -> None:
        personal = self._rooms.personal
        objection = personal.objection(found.name, found.body)
        if objection is not None:
            self._skip(Skipped("profile", found.ref, objection, found.said))
            return
        async with self._database.reading(self._import.subject) as scope:
            own_id = found.own_id
            there = None if own_id is None else await personal.find(scope, own_id)
            taken = own_id is not None and await personal.is_taken(scope, own_id)
        same = there is not None and profile_sheet(there) == found.said
        self._count(found, "already" if same else "imported")
        if same or self._import.dry_run:
            self._remember(found, str(own_id or found.ref))
            return
        times = {"created_at": self._at(found.created_at), "modified_at": self._at(found.modified_at)}

        async def store(kept: str | None) -> str:
            async with self._database.writing(self._import.subject) as scope:
                row = {"id": kept, "name": found.name, "body": found.body, **times}
                target = await personal.take(scope, row)
                await self._note(scope, system, key, found, target)
            return target

        self._remember(found, await self._stored(store, None if taken else own_id))

    async def _setting(self, system: str, key: bytes, found: FoundSetting) -> None:
        personal = self._rooms.personal
        setting = personal.setting(found.ref)
        if setting is None or not personal.fits(setting, found.value):
            self._refuse(found, _UNKNOWN)
            return
        value = self._profiles.get(str(found.value), found.value) if setting == "active_profile" else found.value
        async with self._database.reading(self._import.subject) as scope:
            there = (await personal.settings(scope)).get(setting)
            known = setting != "active_profile" or found.value in self._profiles
            missing = not known and await personal.find(scope, str(value)) is None
        if there == value:
            self._count(found, "already")
        elif there is not None or missing:
            self._refuse(found, _STAYS if there is not None else _NO_PROFILE)
        else:
            self._count(found, "imported")
            if not self._import.dry_run:
                async with self._database.writing(self._import.subject) as scope:
                    await personal.say(scope, setting, value)
                    await self._note(scope, system, key, found, orjson.dumps([setting, value]).decode())

    def _refuse(self, found: FoundSetting, reason: str) -> None:
        self._skip(Skipped("setting", found.ref, reason, {found.ref: found.value}))

    def _at(self, moment: datetime | None) -> datetime:
        # Never later than the import: what was changed here since is told from what it brought by this.
        began = clock.from_milliseconds(self._import.began)
        return began if moment is None else min(moment, began)
