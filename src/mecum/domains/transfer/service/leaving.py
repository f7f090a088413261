"""Reading what a person has beside conversations and assistants, as an export of everything writes it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Final

from mecum.domains.conversations import api as conversations
from mecum.domains.transfer.ports import Rooms
from mecum.domains.transfer.repository import ImportRepository
from mecum.domains.transfer.rules import belongings, cast
from mecum.domains.transfer.rules.record import Json
from mecum.infra.storage import Database, Scope
from mecum.kernel import clock
from mecum.kernel.subject import Subject

_TOGETHER: Final = 100
Packed = tuple[str, str, bytes]
"""What it is, the name of its file, its bytes."""


async def project_sheet(scope: Scope, context: conversations.Conversations, project: Mapping[str, Any]) -> Json:
    """Return a project (by column) as a file says it, its files by their hashes.

    It names only an assistant that is not in the trash, as that is in no file.
    """
    files = [
        {
            "id": file.id,
            "name": file.name,
            "media_type": file.media_type,
            "size": file.size,
            "sha256": file.sha256,
            "added_at": _iso(added_at),
        }
        for file, added_at in await context.held.whole(scope, project["id"])
    ]
    assistant_id = await context.copies.assistant_here(scope.subject, project["assistant_id"])
    names = ("id", "name", "instructions", "model")
    times = {name: _iso(project[name]) for name in ("created_at", "updated_at")}
    said = {name: project[name] for name in names}
    return {**said, "assistant_id": assistant_id, **times, "files": files}


def profile_sheet(profile: Mapping[str, Any]) -> Json:
    """Return a profile (by column) as a file says it."""
    said = {name: profile[name] for name in ("id", "name", "body")}
    return {**said, **{name: _iso(profile[name]) for name in ("created_at", "modified_at")}}


class Leaving:
    """Reads one thing at a time, so that an export takes no more memory than its largest one."""

    def __init__(self, database: Database, context: conversations.Conversations, rooms: Rooms) -> None:
        self._database, self._context, self._rooms = database, context, rooms
        self._imports = ImportRepository()

    async def packed(self, subject: Subject) -> AsyncIterator[Packed]:
        """Return everything, kind by kind, always in the same order."""
        async for one in self._projects(subject):
            yield one
        async with self._database.reading(subject) as scope:
            prompts = await (await self._rooms.assistants()).prompts.free(scope)
            profiles = [profile_sheet(one) for one in await self._rooms.personal.profiles(scope)]
            settings: Json = {str(name): said for name, said in (await self._rooms.personal.settings(scope)).items()}
        for said in prompts:
            yield "prompt", f"prompts/{said['id']}.json", belongings.written("prompt", said)
        for said in profiles:
            yield "profile", f"profiles/{said['id']}.json", belongings.written("profile", said)
        if settings:
            yield "setting", "settings.json", belongings.written("settings", settings)
        async for one in self._documents(subject):
            yield one

    async def counts(self, subject: Subject) -> tuple[dict[str, int], dict[str, int]]:
        """Return how many there are of each kind, and how many of each are in the trash."""
        projects, personal = await self._rooms.projects(), self._rooms.personal
        async with self._database.reading(subject) as scope:
            there = {
                "project": len(await projects.moving.oldest(scope)),
                "prompt": len(await (await self._rooms.assistants()).prompts.free(scope)),
                "profile": len(await personal.profiles(scope)),
                "setting": len(await personal.settings(scope)),
                "document": await self._imports.count_all_documents(scope),
            }
            trash = {"project": await projects.moving.trashed(scope), "profile": await personal.trashed(scope)}
        return there, trash

    async def _projects(self, subject: Subject) -> AsyncIterator[Packed]:
        moving = (await self._rooms.projects()).moving
        async with self._database.reading(subject) as scope:
            found = await moving.oldest(scope)
        for project in found:
            async with self._database.reading(subject) as scope:
                said = await project_sheet(scope, self._context, project)
                held = [file for file, _ in await self._context.held.whole(scope, project["id"])]
            yield "project", f"projects/{project['id']}.json", belongings.written("project", said)
            for file in held:
                yield "file", belongings.file_name(project["id"], file.id), await self._bytes(file)

    async def _bytes(self, file: Any) -> bytes:
        content = await self._context.files.open(file)
        return b"".join([chunk async for chunk in content.chunks])

    async def _documents(self, subject: Subject) -> AsyncIterator[Packed]:
        """Documents are named after what they say: each import gives them other ids."""
        names: dict[str, str] = {}
        after = ""
        while True:
            async with self._database.reading(subject) as scope:
                found = await self._imports.documents_after(scope, after, _TOGETHER)
            if not found:
                break
            names |= {cast.digest(_document(row)): row.id for row in found}
            after = found[-1].id
        for name in sorted(names):
            async with self._database.reading(subject) as scope:
                row = await self._imports.document(scope, names[name])
            if row is not None:
                yield "document", f"documents/{name[:32]}.json", belongings.written("document", _document(row))


def _document(row: Any) -> Json:
    return {"system": row.system, "table": row.table, "ref": row.ref, "body": row.body}


def _iso(moment: datetime) -> str:
    return clock.iso(clock.to_milliseconds(moment))
