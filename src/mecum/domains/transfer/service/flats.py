"""Taking in a flat table: in groups, each whole, beside people's turns; a killed one goes on where it was."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from mecum.domains.assistants.ports import flat_table
from mecum.domains.transfer.ports import Room
from mecum.domains.transfer.repository import ImportRepository
from mecum.domains.transfer.rules.fields import FieldReckoning
from mecum.domains.transfer.rules.incoming import FlatAssistant, FlatPrompt, Skipped
from mecum.domains.transfer.rules.reckoning import Reckoning
from mecum.domains.transfer.rules.record import Json
from mecum.domains.transfer.service.pace import Pace
from mecum.infra.storage import Database
from mecum.kernel.subject import Subject

if TYPE_CHECKING:
    from mecum.domains.assistants import api as assistants

_GROUPS: Final = 4
"""So many of an import's groups are one here: a row is written with others of its table, not by itself."""


class Flats:
    """Stores what a flat table held for one import."""

    def __init__(
        self,
        database: Database,
        room: Room,
        subject: Subject,
        about: tuple[str, int, bool],
        pace: Pace,
        reckoning: Reckoning,
        skip: Callable[[Skipped], None],
    ) -> None:
        self._database, self._room, self._subject, self._pace = database, room, subject, pace
        self._import_id, self._began, self._dry_run = about
        self._reckoning, self._skip = reckoning, skip
        self._intake: assistants.Intake | None = None
        self._assistants: list[assistants.Brought] = []
        self._prompts: list[assistants.BroughtPrompt] = []
        self._place: Callable[[str], str] = str
        self.fields = FieldReckoning()

    async def take(self, found: FlatAssistant | FlatPrompt) -> None:
        """Take one in, with others."""
        if isinstance(found, FlatAssistant):
            self._assistants.append(found.made)
        else:
            self._prompts.append(found.made)
        if len(self._assistants) + len(self._prompts) >= _GROUPS * self._pace.together:
            await self.flush()

    @property
    def seen(self) -> Json | None:
        """The reckoning by column, None where there was no such table."""
        if self._intake is None:
            return None
        fields = self.fields.view(dry_run=self._dry_run)
        for one in fields["columns"]:
            one["place"] = self._place(one["name"])
        return fields

    async def flush(self) -> None:
        """Write what was collected."""
        made, self._assistants = self._assistants, []
        prompts, self._prompts = self._prompts, []
        if not made and not prompts:
            return
        arrivals = (await self._room()).flat_arrivals
        self._place = arrivals.place_of
        opened = self._database.reading if self._dry_run else self._database.writing
        async with opened(self._subject) as scope:
            if self._intake is None:
                self._intake = await arrivals.begin(scope, self._import_id, self._began, dry_run=self._dry_run)
            told = await arrivals.take_prompts(scope, self._intake, prompts) if prompts else []
            taken = await arrivals.take(scope, self._intake, made) if made else []
        for prompt, outcome in zip(prompts, told, strict=True):
            self._count("prompt", prompt.original, outcome, None)
        for one, outcome in zip(made, taken, strict=True):
            self._count("assistant", one.original, outcome, one.said)
        kept = [(one, outcome) for one, outcome in zip(made, taken, strict=True) if outcome.outcome != "skipped"]
        stored = None if self._dry_run else [outcome.there for _, outcome in kept]
        self.fields.add([one.said for one, _ in kept], stored)
        for one, _ in kept:
            for name in one.reported:
                self.fields.report(name, one.said.get(name))
        await self._pace.breathe()

    async def finish(self) -> None:
        """Let what was named and is here by now be known, whichever came first; the kept rows go in thirty days.

        What was collected must be written by now.
        """
        if self._dry_run:
            return
        arrivals = (await self._room()).flat_arrivals
        more = 1
        while more:
            async with self._database.writing(self._subject) as scope:
                more = await arrivals.resolve(scope)
            await self._pace.breathe()
        await self._find_documents(arrivals)
        if self._intake is not None:
            async with self._database.writing(self._subject) as scope:
                await arrivals.end(scope, self._import_id)

    async def _find_documents(self, arrivals: "assistants.FlatArrivals") -> None:
        """Say of what has no room here yet which document it is."""
        rows = ImportRepository()
        async with self._database.reading(self._subject) as scope:
            tables = set(await rows.document_tables(scope)) & flat_table.TABLES.keys()
        kinds = {flat_table.TABLES[table]: table for table in tables if flat_table.TABLES[table] != "prompt"}
        after: tuple[str, str, str, str] | None = None
        while kinds:
            async with self._database.writing(self._subject) as scope:
                waiting = await arrivals.waiting(scope, list(kinds), after)
                if not waiting:
                    return
                after = waiting[-1]
                await arrivals.answer(scope, await self._matched(rows, scope, waiting, kinds))
            await self._pace.breathe()

    async def _matched(
        self, rows: ImportRepository, scope: Any, waiting: Sequence[tuple[str, str, str, str]], kinds: Mapping[str, str]
    ) -> list[tuple[tuple[str, str, str, str], str]]:
        matched: list[tuple[tuple[str, str, str, str], str]] = []
        for kind, table in kinds.items():
            some = [key for key in waiting if key[1] == kind]
            if some:
                found = await rows.documents_by_ref(scope, table, [key[3] for key in some])
                matched += [(key, found[key[3]]) for key in some if key[3] in found]
        return matched

    def _count(self, kind: Any, original: str, outcome: "assistants.Taken", said: Json | None) -> None:
        if outcome.outcome == "skipped":
            self._skip(Skipped(kind, f"{kind}/{original}", str(outcome.reason), said))
        else:
            self._reckoning.add(kind, outcome.outcome)
