"""The column types give back what they were given, the same on every database."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from mecum.domains.runs.model import Run
from mecum.infra.storage import Database, Json, UtcTime
from mecum.kernel import clock, ids
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

DIALECT = sqlite.dialect()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=10,
)


@given(VALUES.filter(lambda value: value is not None))
def test_json_survives(value: Any) -> None:
    stored = Json().process_bind_param(value, DIALECT)
    assert isinstance(stored, str)
    assert Json().process_result_value(stored, DIALECT) == value


def test_nothing_stays_nothing() -> None:
    for kind in (Json(), UtcTime()):
        assert kind.process_bind_param(None, DIALECT) is None
        assert kind.process_result_value(None, DIALECT) is None


def run_of(subject: Subject, **values: Any) -> Run:
    """Return a run that can be stored."""
    plain: dict[str, Any] = {
        "id": ids.new("run"),
        "organisation_id": subject.organisation_id,
        "person_id": subject.person_id,
        "kind": "chat",
        "status": "running",
        "priority": 0,
        "conversation_id": ids.new("cnv"),
        "message_id": ids.new("msg"),
        "wants": {},
        "data_class": "conversation",
        "restarts": 0,
        "last_seq": 0,
        "created_at": clock.now(),
    }
    return Run(**{**plain, **values})


async def test_moments_and_json_come_back_from_every_store(database: Database, ada: Subject) -> None:
    east = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=3)))
    run = run_of(ada, created_at=east, wants={"text": "ä🙂", "list": [1, None, True]})
    async with database.writing(ada) as scope:
        scope.session.add(run)
    async with database.reading(ada) as scope:
        found = await scope.session.get(Run, run.id)
    assert found is not None
    assert found.created_at == datetime(2026, 11, 21, 6, 30, 0, 123000, tzinfo=UTC)
    assert found.created_at.tzinfo is UTC
    assert found.wants == {"text": "ä🙂", "list": [1, None, True]}
    assert found.started_at is None
    assert found.usage is None


async def test_a_naive_moment_is_refused(plain_database: Database, ada: Subject) -> None:
    run = run_of(ada, created_at=datetime(2026, 11, 21))  # noqa: DTZ001 - that is what is refused
    with pytest.raises(MecumError) as caught:
        async with plain_database.writing(ada) as scope:
            scope.session.add(run)
    assert "without a time zone" in caught.value.details["reason"]
