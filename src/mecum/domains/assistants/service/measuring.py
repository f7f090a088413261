"""What was measured of assistants: made from runs and thumbs when somebody asks, and kept by a job."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from mecum.domains.assistants.errors import AssistantNotFound
from mecum.domains.assistants.model import AssistantMeasures
from mecum.domains.assistants.repository import AssistantRepository, MeasureRepository
from mecum.domains.assistants.rules.measures.listed import kept, measures, reflection_in
from mecum.domains.assistants.rules.measures.reflection import reflected
from mecum.domains.assistants.rules.measures.values import Answer, Evidence
from mecum.domains.runs import api as runs
from mecum.infra.storage import Database, Scope
from mecum.kernel import clock
from mecum.kernel.subject import Subject

MOST_ANSWERS: Final = 10_000
"""So many of the newest answers are looked at."""
_PAGE: Final = 500
_SOURCED: Final = 200
"""Of so many of the newest it is asked whether they cite what they were given."""
Citing = Callable[[Scope, Sequence[str]], Awaitable[set[str]]]
"""Returns which of these messages of the subject cite something."""


class MeasureService:
    """Figures of the subject's assistants. `citing` knows which answers cite."""

    def __init__(self, database: Database, citing: Citing) -> None:
        self._database, self._citing = database, citing
        self._assistants, self._measures, self._runs = AssistantRepository(), MeasureRepository(), runs.RunRepository()

    async def all(self, scope: Scope, reference: str) -> dict[str, Any]:
        """Return every figure as it is now, with its method; raises AssistantNotFound."""
        assistant_id = await self._id(scope, reference)
        before = await self._measures.measured(scope, assistant_id)
        return _listed(await self._evidence(scope, assistant_id, before))

    async def keep(self, scope: Scope, reference: str) -> dict[str, Any]:
        """Look now, keep the figures for cards and facets, and return them; raises AssistantNotFound."""
        assistant_id = await self._id(scope, reference)
        before = await self._measures.measured(scope, assistant_id)
        found = await self._evidence(scope, assistant_id, before)
        looked_back = reflected(found)
        found = Evidence(found.at, found.answers, found.total, found.prompt_changed, looked_back)
        body = kept(measures(found), looked_back)
        await self._measures.keep_measures(scope, assistant_id, body, clock.from_milliseconds(found.at))
        return _listed(found)

    async def keep_each(
        self, active: Mapping[tuple[str, str, str], datetime], breathe: Callable[[], Awaitable[None]]
    ) -> None:
        """Look at those of these assistants (organisation, person, id) that did anything since they were looked at.

        `breathe` lets others go first, between two of them.
        """
        for (organisation_id, person_id, assistant_id), moment in sorted(active.items()):
            subject = Subject(organisation_id, person_id)
            if await self._is_due(subject, assistant_id, moment):
                async with self._database.writing(subject) as scope:
                    await self.keep(scope, assistant_id)
                await breathe()

    async def _is_due(self, subject: Subject, assistant_id: str, moment: datetime) -> bool:
        async with self._database.reading(subject) as scope:
            before = await self._measures.measured(scope, assistant_id)
            there = await self._assistants.find(scope, assistant_id) is not None
        return there and (before is None or before.measured_at <= moment)

    async def _evidence(self, scope: Scope, assistant_id: str, before: AssistantMeasures | None) -> Evidence:
        answered = await self._answered(scope, assistant_id)
        total = len(answered)
        if total == MOST_ANSWERS:
            total = await self._runs.count_answered_by(scope, assistant_id)
        newest = answered[:_SOURCED]
        passages = await self._runs.passages_among(scope, {part for one in newest for part in one.parts})
        given = [one.message_id for one in newest if passages.intersection(one.parts)]
        citing = await self._citing(scope, given)
        cites = {message_id: message_id in citing for message_id in given}
        changed: tuple[int, datetime] | None = await self._measures.prompt_changed(scope, assistant_id)
        return Evidence(
            at=clock.milliseconds(),
            answers=[_answer(one, cites.get(one.message_id)) for one in answered],
            total=total,
            prompt_changed=None if changed is None else (changed[0], clock.to_milliseconds(changed[1])),
            reflection=reflection_in(None if before is None else before.body),
        )

    async def _answered(self, scope: Scope, assistant_id: str) -> list[runs.AnsweredRun]:
        """Return the newest answers. A page at a time: who answers meanwhile waits for none of them long."""
        answered: list[runs.AnsweredRun] = []
        more = True
        while more and len(answered) < MOST_ANSWERS:
            before = answered[-1].id if answered else None
            page = await self._runs.answered_by(scope, assistant_id, before, _PAGE)
            more = len(page) == _PAGE
            answered += page
        return answered

    async def _id(self, scope: Scope, reference: str) -> str:
        found = await self._assistants.find(scope, reference)
        if found is None:
            raise AssistantNotFound(assistant=reference)
        return found.id


def _answer(run: runs.AnsweredRun, cites: bool | None) -> Answer:
    seconds = None if run.started_at is None else (run.finished_at - run.started_at) / 1000
    return Answer(run.finished_at, run.status, seconds, run.revision, run.thumb, cites)


def _listed(evidence: Evidence) -> dict[str, Any]:
    return {"at": clock.iso(evidence.at), "measures": [asdict(one) for one in measures(evidence)]}
