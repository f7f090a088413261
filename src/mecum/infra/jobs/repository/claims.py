"""What those who do jobs ask the table all the time: when the next one is due, and to have it.

Prepared, because a look costs an embedded store microseconds in this way, and is all that is done when nothing is due.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from sqlalchemy import text

from mecum.infra.jobs.repository.writes import Claimed
from mecum.infra.storage import Database, Prepared, Scope
from mecum.kernel import ids
from mecum.kernel.subject import Subject

_LOCK: Final = "SELECT pg_advisory_xact_lock(7236830)"
_BUSY: Final = (
    "SELECT kind FROM jobs WHERE finished_at IS NULL AND state = 'running' AND lease_until > :now GROUP BY kind "
    "HAVING count(*) >= CASE kind {limits} END"
)
_NEXT: Final = (
    "SELECT min(coalesce(lease_until, run_at)), min(CASE WHEN priority < 0 THEN coalesce(lease_until, run_at) END) "
    "FROM jobs WHERE finished_at IS NULL AND kind IN ({kinds}) AND (state = 'running' OR {open})"
)
"""What somebody else holds comes free when its lease runs out, also where the kind has no room until then."""
_CLAIM: Final = (
    "WITH chosen AS MATERIALIZED (SELECT id FROM jobs WHERE finished_at IS NULL AND kind IN ({kinds}) "
    "AND {open} AND ((state = 'queued' AND (run_at <= :due OR (priority < 0 AND run_at <= :now))) "
    "OR (state = 'running' AND lease_until <= :now)) ORDER BY priority, run_at LIMIT :most{locked}) "
    "UPDATE jobs SET state = 'running', fence = fence + 1, attempts = attempts + 1, lease_until = :until "
    "WHERE finished_at IS NULL AND id IN (SELECT id FROM chosen) "
    "RETURNING id, kind, payload, organisation_id, person_id, attempts, fence, priority"
)
"""Materialised, or PostgreSQL may choose anew for each row it looks at."""


class Claims:
    """Asks for jobs of these kinds; each with how many of it may be done at a time by all processes together."""

    def __init__(self, kinds: Mapping[str, int | None]) -> None:
        limited = {name: most for name, most in kinds.items() if most is not None}
        self._limited = bool(limited)
        limits = " ".join(f"WHEN {_quoted(name)} THEN {most:d}" for name, most in limited.items())
        busy = _BUSY.format(limits=limits)
        said = {"kinds": ", ".join(map(_quoted, kinds)), "open": f"kind NOT IN ({busy})" if limited else ":now > 0"}
        self._next = Prepared(text(_NEXT.format(**said)), system=True)
        # Where limits are kept, processes claim one after another anyway; locking more rows would be in vain.
        locked = "" if limited else " FOR UPDATE SKIP LOCKED"
        self._claim = Prepared(text(_CLAIM.format(**said, locked="")), system=True)
        self._claim_shared = Prepared(text(_CLAIM.format(**said, locked=locked)), system=True)

    async def next_due(self, database: Database, now: int) -> tuple[int | None, int | None]:
        """Return when the next job is due or abandoned, in milliseconds: any, and the first urgent one."""
        ((any_of, urgent),) = await database.fetch(self._next, {"now": now})
        return any_of, urgent

    async def claim(self, database: Database, most: int, *, now: int, due: int, lease_until: int) -> list[Claimed]:
        """Take up to `most` jobs that are due: urgent ones by `now`, others by `due`; one where kinds have limits."""
        statement = self._claim if database.is_sqlite else self._claim_shared
        values = {"most": min(most, 1) if self._limited else most, "now": now, "due": due, "until": lease_until}
        rows = await database.change(statement, values, lock=_LOCK if self._limited else None)
        return [_claimed(*row) for row in rows]


async def one_at_a_time(scope: Scope) -> None:
    """Let other processes wait until this change is stored: two at once would both see room below a kind's limit."""
    if scope.session.get_bind().dialect.name == "postgresql":
        await scope.session.execute(text(_LOCK))


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _claimed(job_id: str, kind: str, payload: str, organisation: int | None, person: int | None, *rest: Any) -> Claimed:
    subject: Subject | None = None
    if organisation is not None and person is not None:
        subject = Subject(ids.text("org", organisation), ids.text("per", person))
    attempts, fence, priority = rest
    return Claimed(job_id, kind, orjson.loads(payload), subject, attempts, fence, priority)
