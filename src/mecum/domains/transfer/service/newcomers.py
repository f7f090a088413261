"""Storing the assistants that an import brings: each whole, with where it came from, or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from mecum.domains.assistants import api as assistants
from mecum.domains.assistants.api import AssistantNotFound
from mecum.domains.projects.ports import Directory
from mecum.domains.transfer.ports import Room
from mecum.domains.transfer.repository import insert_origin
from mecum.domains.transfer.rules import cast, newcomers
from mecum.domains.transfer.rules.incoming import Newcomer, Skipped
from mecum.domains.transfer.rules.reckoning import Reckoning
from mecum.domains.transfer.service.importing import Importing
from mecum.domains.transfer.service.rows import ref_text
from mecum.domains.transfer.service.sheets import Sheets
from mecum.infra.storage import Database, Scope
from mecum.kernel.errors import Conflict

KIND: Final = "assistant"


class Newcomers:
    """Takes assistants in for one import, and counts them. `places` are projects that came with it, by name."""

    def __init__(
        self,
        database: Database,
        room: Room,
        projects: Directory,
        importing: Importing,
        reckoning: Reckoning,
        skip: Callable[[Skipped], None],
        places: Mapping[str, str],
    ) -> None:
        self._database, self._room, self._projects, self._import = database, room, projects, importing
        self._reckoning, self._skip, self._places = reckoning, skip, places

    async def take(self, system: str, key: bytes, found: Newcomer) -> str | None:
        """Store one that no import brought before; return its id here, None in a dry run."""
        context = await self._room()
        own_id, sheets = found.own_id, Sheets(context, self._projects)
        async with self._database.reading(self._import.subject) as scope:
            if own_id is not None and await context.arrivals.is_here(scope, own_id):
                if await _is_same(sheets, scope, found):
                    self._reckoning.add(KIND, "already")
                    self._reckoning.add("file", "already", int(found.picture is not None))
                    return own_id
                # Changed since, or in the trash: what the file says comes as another one.
                own_id = None
            slug = await context.arrivals.free_slug(scope, newcomers.slug_of(found))
            if found.facets.get("display", {}).get("is_primary") and await sheets.has_primary(scope):
                # Whoever comes does not push anybody aside.
                found.facets["display"] = {**found.facets["display"], "is_primary": False}
        arrival = newcomers.arrival_of(found, slug, own_id, self._import.began)
        for skipped in found.skipped:
            self._skip(skipped)
        self._reckoning.add(KIND, "imported")
        if arrival.picture is not None:
            self._reckoning.add("file", "imported")
        return None if self._import.dry_run else await self._store(context, system, key, found, arrival)

    async def _store(
        self,
        context: assistants.Assistants,
        system: str,
        key: bytes,
        found: Newcomer,
        arrival: assistants.Arrival,
    ) -> str:
        try:
            return await self._write(context, system, key, found, arrival)
        except Conflict:
            # Ids are one space for everybody: somebody else's has this one.
            if "id" not in arrival.core:
                raise
            core = {name: value for name, value in arrival.core.items() if name != "id"}
            return await self._write(context, system, key, found, replace(arrival, core=core))

    async def _write(
        self,
        context: assistants.Assistants,
        system: str,
        key: bytes,
        found: Newcomer,
        arrival: assistants.Arrival,
    ) -> str:
        subject = self._import.subject
        owner = {"organisation_id": subject.organisation_id, "person_id": subject.person_id}
        about = {"import_id": self._import.id, "system": system, "kind": KIND, "original": ref_text(found.ref)}
        async with self._database.writing(subject) as scope:
            if found.project is not None:
                place = self._places.get(found.project) or await self._projects.named(scope, found.project)
                arrival = replace(arrival, core={**arrival.core, "current_project": place})
            assistant_id, _ = await context.arrivals.take(scope, arrival)
            origin = insert_origin({**about, **owner, "key": key, "assistant_id": assistant_id})
            await scope.session.execute(origin.prepared.statement, dict(origin.values))
        return assistant_id


async def _is_same(sheets: Sheets, scope: Scope, found: Newcomer) -> bool:
    """Whether the assistant of the same id here is what the file says."""
    try:
        there = await sheets.read(scope, str(found.own_id), versions=bool(found.versions))
    except AssistantNotFound:
        return False
    picture = None if there.picture is None else (there.picture.media_type, there.picture.data)
    return cast.digest(cast.sheet(there.record, picture)) == str(found.raw)
