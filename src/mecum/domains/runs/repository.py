"""Reading and writing runs, their journal and the personal channel."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Text, and_, bindparam, cast, delete, func, insert, or_, select, text, type_coerce, update

from mecum.domains.runs.model import Feedback, JournalRow, PersonEvent, Pins, RequestPart, Run
from mecum.domains.runs.rules import AnsweredRun, answered_run, parts_of
from mecum.infra.storage import Id, Op, Prepared, Scope
from mecum.kernel import clock
from mecum.kernel.subject import Subject

_MOST_NAMED = 1000
"""Ids in one statement."""
_AT, _DIGITS = '{"at":', 13
"""How the body of pins begins, and how many digits of milliseconds follow."""
_ANSWERED_BY: Final = '"assistant":{"id":'
"""How a run's wishes say who answered: a text inside them would have its quotation marks escaped."""
_WANTS: Final = type_coerce(Run.wants, Text)
_APPEND = Prepared(insert(JournalRow))
_CLEAR = Prepared(
    delete(JournalRow).where(JournalRow.writer == bindparam("_writer"), JournalRow.n < bindparam("_before")),
    system=True,
)
_INSERT = Prepared(
    insert(Run).values(
        {
            name: bindparam(name)
            for name in (
                "id organisation_id person_id kind status priority conversation_id user_message_id message_id "
                "parent_id parent_run_id idempotency_key wants data_class restarts last_seq created_at"
            ).split()
        }
    )
)
_START = Prepared(
    update(Run)
    .where(Run.id == bindparam("_id"))
    .values(status="running", started_at=bindparam("_at"), restarts=bindparam("_restarts")),
    system=True,
)
_WAIT = Prepared(
    update(Run).where(Run.id == bindparam("_id")).values(status=bindparam("_status")),
    system=True,
)
_SETTLED = "status model pins request usage cost price_table error last_seq started_at finished_at".split()
_SETTLE = Prepared(
    update(Run).where(Run.id == bindparam("_id")).values({name: bindparam("_" + name) for name in _SETTLED}),
    system=True,
)
_EVENT = Prepared(
    insert(PersonEvent).values({name: bindparam(name) for name in ("organisation_id", "person_id", "at", "body")})
)
_HOLD = Prepared(
    text(
        "INSERT INTO request_parts (organisation_id, hash, body, holders) "
        "VALUES (:organisation_id, :hash, :body, :holders) "
        "ON CONFLICT (organisation_id, hash) DO UPDATE SET holders = request_parts.holders + 1"
    ).bindparams(bindparam("organisation_id", type_=Id("org"))),
    system=True,
)
_KEEP_PINS = Prepared(
    text("INSERT INTO pins (hash, body) VALUES (:hash, :body) ON CONFLICT (hash) DO UPDATE SET body = excluded.body"),
    system=True,
)
_LOAD_PINS = Prepared(select(Pins.body).where(Pins.hash == bindparam("_hash")), system=True)
_NO_RUN: Mapping[str, Any] = dict.fromkeys(column.name for column in Run.__table__.columns)
_BY_KEY = Prepared(
    select(Run.id, Run.wants, Run.conversation_id).where(Scope.owned(Run), Run.idempotency_key == bindparam("_key"))
)


_UNFINISHED = Prepared(select(Run.conversation_id).where(Run.finished_at.is_(None), Scope.owned(Run)))


def append_journal(row: int, writer: int, at: int, body: bytes) -> Op:
    """Return the write of one journal row."""
    return Op(_APPEND, {"n": row, "writer": writer, "at": at, "body": body})


def clear_journal(writer: int, before: int) -> Op:
    """Return the deletion of this writer's rows below `before`."""
    return Op(_CLEAR, {"_writer": writer, "_before": before})


def insert_run(values: Mapping[str, Any]) -> Op:
    """Return the write of a new run."""
    return Op(_INSERT, values)


def start_run(run_id: str, at: int, restarts: int) -> Op:
    """Return the write that a run is running."""
    return Op(_START, {"_id": run_id, "_at": at, "_restarts": restarts})


def set_status(run_id: str, status: str) -> Op:
    """Return the write of a waiting run's status."""
    return Op(_WAIT, {"_id": run_id, "_status": status})


def settle_run(run_id: str, values: Mapping[str, Any]) -> Op:
    """Return the write of a run's end; `values` has every name of `_SETTLED`."""
    return Op(_SETTLE, {"_id": run_id, **{"_" + name: values.get(name) for name in _SETTLED}})


def insert_event(subject: Subject, at: int, body: str) -> Op:
    """Return the write of an event of the personal channel; `at` in milliseconds."""
    owner = {"organisation_id": subject.organisation_id, "person_id": subject.person_id}
    return Op(_EVENT, {**owner, "at": at, "body": body})


def hold_request_part(organisation_id: str, digest: bytes, body: str) -> Op:
    """Return the write that one more run holds this part of its request."""
    return Op(_HOLD, {"organisation_id": organisation_id, "hash": digest, "body": body, "holders": 1})


def keep_pins(digest: bytes, at: int, body: Mapping[str, Any]) -> Op:
    """Return the write that these pins are there, and held by a run at `at` (milliseconds)."""
    return Op(_KEEP_PINS, {"hash": digest, "body": orjson.dumps({"at": at, **body}).decode()})


def load_pins() -> Prepared:
    """Return the look-up of the body of pins by their hash."""
    return _LOAD_PINS


def by_idempotency_key() -> Prepared:
    """Return the look-up of a run by its idempotency key."""
    return _BY_KEY


class RunRepository:
    """Runs as one subject sees them."""

    async def find(self, scope: Scope, run_id: str) -> Run | None:
        """Return the run, or None."""
        return (await scope.session.execute(select(Run).where(Run.id == run_id))).scalar_one_or_none()

    async def add(self, scope: Scope, values: Mapping[str, Any]) -> None:
        """Store a run of the subject that is over already, by column; names that are absent are null."""
        owner = {"organisation_id": scope.subject.organisation_id, "person_id": scope.subject.person_id}
        await scope.session.execute(insert(Run), [{**_NO_RUN, **values, **owner}])

    async def active(self, scope: Scope, conversation_id: str) -> Sequence[Run]:
        """Return the unfinished runs of a conversation, oldest first."""
        query = select(Run).where(Run.conversation_id == conversation_id, Run.finished_at.is_(None)).order_by(Run.id)
        return (await scope.session.execute(query)).scalars().all()

    async def unfinished(self, scope: Scope) -> Sequence[Run]:
        """Return every unfinished run the scope sees, oldest first."""
        query = select(Run).where(Run.finished_at.is_(None)).order_by(Run.id)
        return (await scope.session.execute(query)).scalars().all()

    async def by_ids(self, scope: Scope, run_ids: Sequence[str]) -> dict[str, Run]:
        """Return the runs among `run_ids`."""
        if not run_ids:
            return {}
        rows = (await scope.session.execute(select(Run).where(Run.id.in_(run_ids)))).scalars()
        return {run.id: run for run in rows}

    async def journal(self, scope: Scope) -> Sequence[bytes]:
        """Return all journal rows, oldest first."""
        return (await scope.session.execute(select(JournalRow.body).order_by(JournalRow.n))).scalars().all()

    async def last_journal_row(self, scope: Scope) -> int:
        """Return the highest journal row."""
        return (await scope.session.execute(select(func.max(JournalRow.n)))).scalar() or 0

    async def forget_journal(self, scope: Scope) -> None:
        """Delete the journal."""
        await scope.session.execute(delete(JournalRow))

    async def forget(self, scope: Scope, conversation_ids: Sequence[str]) -> None:
        """Delete the runs of conversations for ever, with the request parts nobody else holds."""
        query = select(Run.organisation_id, Run.request).where(Run.conversation_id.in_(conversation_ids))
        held: Counter[tuple[str, bytes]] = Counter()
        for organisation_id, request in await scope.session.execute(query):
            held.update((organisation_id, digest) for digest in parts_of(request))
        await scope.session.execute(delete(Run).where(Run.conversation_id.in_(conversation_ids)))
        for (organisation_id, digest), times in held.items():
            row = (RequestPart.organisation_id == organisation_id) & (RequestPart.hash == digest)
            await scope.session.execute(update(RequestPart).where(row).values(holders=RequestPart.holders - times))
            await scope.session.execute(delete(RequestPart).where(row, RequestPart.holders <= 0))

    async def forget_pins(self, scope: Scope, before: int) -> int:
        """Delete the pins that no run holds and that were written before `before` (milliseconds); return how many."""
        held = select(Run.pins).where(Run.pins.is_not(None))
        body = cast(Pins.body, Text)
        old = body.like(_AT + "%") & (func.substr(body, len(_AT) + 1, _DIGITS) < str(before))
        gone = await scope.session.execute(delete(Pins).where(Pins.hash.not_in(held), old).returning(Pins.hash))
        return len(gone.all())

    async def busy(self, scope: Scope, conversation_ids: Sequence[str]) -> set[str]:
        """Return those of the conversations in which a run is unfinished."""
        query = select(Run.conversation_id).where(Run.conversation_id.in_(conversation_ids), Run.finished_at.is_(None))
        return set((await scope.session.execute(query)).scalars())

    async def unfinished_conversations(self, scope: Scope) -> set[str]:
        """Return the conversations of the subject in which a run is unfinished."""
        return {row[0] for row in await scope.rows(_UNFINISHED, {})}

    async def costs(self, scope: Scope, run_ids: Sequence[str]) -> dict[str, int]:
        """Return what runs cost, in millionths; a run whose cost is unknown is not there."""
        query = select(Run.id, Run.cost).where(Run.id.in_(run_ids), Run.cost.is_not(None))
        return {run_id: cost for run_id, cost in await scope.session.execute(query) if cost is not None}

    async def feedback(self, scope: Scope, message_ids: Sequence[str]) -> dict[str, int]:
        """Return the thumbs on these messages."""
        found: dict[str, int] = {}
        for start in range(0, len(message_ids), _MOST_NAMED):
            some = Feedback.message_id.in_(message_ids[start : start + _MOST_NAMED])
            query = select(Feedback.message_id, Feedback.value).where(some, scope.visible(Feedback))
            found.update((row[0], row[1]) for row in await scope.session.execute(query))
        return found

    async def rate(self, scope: Scope, message_id: str, run_id: str | None, value: int | None) -> None:
        """Set (1, -1) or remove (None) the thumb on a message."""
        await self.forget_feedback(scope, [message_id])
        if value is not None:
            subject = scope.subject
            row = Feedback(message_id=message_id, run_id=run_id, value=value, at=clock.now())
            row.organisation_id, row.person_id = subject.organisation_id, subject.person_id
            scope.session.add(row)
            await scope.session.flush()

    async def forget_feedback(self, scope: Scope, message_ids: Sequence[str]) -> None:
        """Delete the thumbs on these messages."""
        for start in range(0, len(message_ids), _MOST_NAMED):
            some = message_ids[start : start + _MOST_NAMED]
            await scope.session.execute(delete(Feedback).where(Feedback.message_id.in_(some)))

    async def answered_by(self, scope: Scope, assistant_id: str, before: str | None, limit: int) -> list[AnsweredRun]:
        """Return settled runs that an assistant answered, the newest first, from before a run on."""
        thumb = and_(Feedback.message_id == Run.message_id, Feedback.person_id == Run.person_id)
        columns = (Run.id, Run.message_id, Run.status, Run.wants, Run.request, Run.started_at, Run.finished_at)
        query = (
            select(*columns, Feedback.value)
            .outerjoin(Feedback, thumb)
            .where(scope.visible(Run), Run.finished_at.is_not(None))
        )
        query = query.where(_WANTS.like(f'%{_ANSWERED_BY}"{assistant_id}"%')).order_by(Run.id.desc()).limit(limit)
        if before is not None:
            query = query.where(Run.id < before)
        found = await scope.session.execute(query)
        return [one for row in found if (one := answered_run(row)).assistant_id == assistant_id]

    async def count_answered_by(self, scope: Scope, assistant_id: str) -> int:
        """Return how many settled runs an assistant answered."""
        query = select(func.count(Run.id)).where(scope.visible(Run), Run.finished_at.is_not(None))
        query = query.where(_WANTS.like(f'%{_ANSWERED_BY}"{assistant_id}"%'))
        return int((await scope.session.execute(query)).scalar_one())

    async def passages_among(self, scope: Scope, digests: Collection[bytes]) -> set[bytes]:
        """Return which of these parts of requests are passages of the record, in the subject's organisation."""
        query = select(RequestPart.hash).where(
            RequestPart.organisation_id == scope.subject.organisation_id, RequestPart.body.like('{"title":%')
        )
        found: set[bytes] = set()
        asked = list(digests)
        for start in range(0, len(asked), _MOST_NAMED):
            some = RequestPart.hash.in_(asked[start : start + _MOST_NAMED])
            found.update(bytes(digest) for digest in (await scope.session.execute(query.where(some))).scalars())
        return found

    async def assistants_answering(self, scope: Scope, since: datetime) -> dict[tuple[str, str, str], datetime]:
        """Return of each (organisation, person, assistant), everybody's, when it answered or was rated last.

        Only those for which it was at `since` or later.
        """
        thumb = and_(Feedback.message_id == Run.message_id, Feedback.person_id == Run.person_id)
        columns = (Run.organisation_id, Run.person_id, Run.wants, Run.finished_at, Feedback.at)
        query = select(*columns).outerjoin(Feedback, thumb).where(_WANTS.like(f"%{_ANSWERED_BY}%"))
        query = query.where(or_(Run.finished_at >= since, Feedback.at >= since))
        newest: dict[tuple[str, str, str], datetime] = {}
        for organisation_id, person_id, wants, *moments in await scope.session.execute(query):
            if named := wants.get("assistant"):
                key = (organisation_id, person_id, named["id"])
                newest[key] = max(moment for moment in (newest.get(key), *moments) if moment is not None)
        return newest

    async def add_event(self, scope: Scope, at: int, body: str) -> None:
        """Store an event of the subject's channel; `at` in milliseconds."""
        event = PersonEvent(at=at, body=body)
        event.organisation_id, event.person_id = scope.subject.organisation_id, scope.subject.person_id
        scope.session.add(event)
        await scope.session.flush()

    async def events_since(self, scope: Scope, since: int, limit: int) -> Sequence[str]:
        """Return the bodies of the person's events from `since` (milliseconds) on, oldest first."""
        query = select(PersonEvent.body).where(PersonEvent.at >= since, scope.visible(PersonEvent))
        return (await scope.session.execute(query.order_by(PersonEvent.at, PersonEvent.n).limit(limit))).scalars().all()

    async def expire_events(self, scope: Scope, before: int) -> None:
        """Delete events older than `before` (milliseconds)."""
        await scope.session.execute(delete(PersonEvent).where(PersonEvent.at < before))


__all__ = ["Pins", "RequestPart", "RunRepository"]
