"""Taking back projects, prompts, profiles and settings that an import brought, unless a person went on with them."""

from typing import Any, Final

import orjson

from mecum.domains.conversations import api as conversations
from mecum.domains.transfer.model import Import
from mecum.domains.transfer.ports import Rooms
from mecum.domains.transfer.repository import OriginRepository
from mecum.domains.transfer.rules.record import Json
from mecum.infra.storage import Database
from mecum.kernel import clock
from mecum.kernel.subject import Subject

_CHANGED: Final = "it was changed here after the import"
_IN_USE: Final = "something of yours is in it"
_USED: Final = "an assistant has it"


class Returning:
    """For the undoing of one import, after its conversations and assistants were taken back."""

    def __init__(
        self, database: Database, context: conversations.Conversations, rooms: Rooms, subject: Subject, row: Import
    ) -> None:
        self._database, self._context, self._rooms, self._subject, self._row = database, context, rooms, subject, row
        self._origins = OriginRepository()

    async def make(self) -> list[Json]:
        """Do it; return what stays, and why. It may be interrupted and goes on."""
        async with self._database.reading(self._subject) as scope:
            brought = await self._origins.targets(scope, self._row.id)
        kept: list[Json] = []
        # Settings before the profile that one of them names.
        for kind, target in sorted(brought, key=lambda one: one[0] != "setting"):
            reason = await self._back(kind, target)
            if reason is not None:
                kept.append({f"{kind}_id": target, "reason": reason})
                continue
            async with self._database.writing(self._subject) as scope:
                await self._origins.forget_target(scope, kind, target)
        return kept

    async def _back(self, kind: str, target: str) -> str | None:
        """Take one back; return why it stays, where it does."""
        match kind:
            case "project":
                return await self._project(target)
            case "prompt":
                return await self._prompt(target)
            case "profile":
                return await self._profile(target)
            case _:
                return await self._setting(*orjson.loads(target))

    async def _project(self, project_id: str) -> str | None:
        projects = await self._rooms.projects()
        async with self._database.reading(self._subject) as scope:
            there = await projects.moving.find(scope, project_id)
            if there is None:
                return None
            files = await self._context.held.whole(scope, project_id)
            inside = await projects.moving.holds(scope, project_id)
        if max([there["updated_at"], *(added_at for _, added_at in files)]) > self._row.created_at:
            return _CHANGED
        if inside:
            return _IN_USE
        await projects.removal.purge(self._subject, project_id, conversations=False)
        return None

    async def _prompt(self, prompt_id: str) -> str | None:
        prompts = (await self._rooms.assistants()).prompts
        async with self._database.writing(self._subject) as scope:
            there = await prompts.whole(scope, prompt_id)
            began = clock.iso(clock.to_milliseconds(self._row.created_at))
            if there is not None and there["texts"][-1]["created_at"] > began:
                return _CHANGED
            await prompts.take_back(scope, prompt_id)
            return None if await prompts.whole(scope, prompt_id) is None else _USED

    async def _profile(self, profile_id: str) -> str | None:
        personal = self._rooms.personal
        async with self._database.writing(self._subject) as scope:
            if await personal.changed_after(scope, profile_id, self._row.created_at):
                return _CHANGED
            await personal.take_back(scope, profile_id)
        return None

    async def _setting(self, name: str, value: Any) -> str | None:
        """What a person said since is theirs, and nothing that was brought."""
        personal = self._rooms.personal
        setting = personal.setting(name)
        async with self._database.writing(self._subject) as scope:
            if setting is not None and (await personal.settings(scope)).get(setting) == value:
                await personal.say(scope, setting, None)
        return None
