"""How the processes on one database hear each other; an embedded store has one process, and needs none of it."""

from typing import Any, Final

import orjson

from mecum.domains.runs import api as runs
from mecum.infra.jobs.neighbours import Alone, Neighbours
from mecum.infra.storage import Database
from mecum.kernel.subject import Subject

_ME: Final = "mecum_me"


def neighbours_of(database: Database, channel: runs.PersonChannel, *, serves: bool) -> Neighbours:
    """Return who else does this store's jobs; what a worker has to tell a person is told by the server."""
    if database.is_sqlite:
        return Alone()
    from mecum.integrations.postgres.bus import PostgresBus  # noqa: PLC0415 - only where there is such a store
    from mecum.integrations.postgres.jobs import PostgresNeighbours  # noqa: PLC0415

    bus = PostgresBus(database)
    if serves:
        bus.listen(_ME, lambda said: _say(channel, said))
    else:
        channel.beyond = lambda subject, kind, ids: bus.say(_ME, _said(subject, kind, ids))
    return PostgresNeighbours(bus)


def _said(subject: Subject, kind: str, ids: dict[str, Any]) -> str:
    return orjson.dumps([subject.organisation_id, subject.person_id, kind, ids]).decode()


def _say(channel: runs.PersonChannel, said: str) -> None:
    organisation_id, person_id, kind, ids = orjson.loads(said)
    channel.say(Subject(organisation_id, person_id), kind, **ids)
