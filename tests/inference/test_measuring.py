"""What is known of a model's performance: decaying, written together, there again after a restart."""

import asyncio

from factories.stores import Store
from mecum.inference.errors import ModelLimited, ModelUnavailable
from mecum.inference.measuring import Aggregate, Measurements
from mecum.infra.storage import Database

DAY = 86_400_000


def test_a_day_ago_counts_half() -> None:
    one = Aggregate(0)
    one.answered(0, 1.0, 100, 2.0)
    one.answered(DAY, 4.0, 100, 10.0)
    told = one.performance()
    assert told.answers == 1.5
    assert told.first_token_seconds == (1.0 / 2 + 4.0) / 1.5
    assert told.tokens_per_second == 150 / 11
    assert told.failure_rate == 0


def test_failures_are_told_by_kind_and_forgotten() -> None:
    one = Aggregate(0)
    one.failed(0, "model.limited")
    one.answered(0, None, None, None)
    told = one.performance()
    assert (told.failure_rate, dict(told.failures)) == (0.5, {"model.limited": 1.0})
    assert (told.first_token_seconds, told.tokens_per_second) == (None, None)
    one.answered(10 * DAY, 0.1, 3, 1.0)
    assert one.performance().failures == {}
    assert one.performance().tokens_per_second is None, "three tokens are no measure"


def test_trouble_is_three_failures_in_a_row_and_a_while_ago_at_most() -> None:
    one = Aggregate(0)
    for at in (0, 1, 2):
        assert one.trouble(at) is None
        one.failed(at, "model.unavailable")
    assert one.trouble(2) == "the last 3 questions to it failed, 100% of those of late (mostly model.unavailable)"
    assert one.trouble(600_002) is None, "it is tried again"
    one.answered(600_003, None, None, None)
    one.failed(600_004, "model.limited")
    assert one.trouble(600_005) is None, "one failure after an answer is none"


async def test_what_was_measured_is_there_again(store: Store) -> None:
    database = await Database.open(store.location)
    try:
        first = Measurements(database, flush_seconds=0.01)
        await first.load()
        for _ in range(50):
            first.answered("up/m", 0.5, 40, 2.0)
        first.failed("up/m", ModelUnavailable())
        first.failed("up/n", ModelLimited())
        async with asyncio.timeout(5):
            while not await _stored(database):  # noqa: ASYNC110 - the store tells nobody
                await asyncio.sleep(0.01)
        first.failed("up/n", ModelLimited())
        await first.settle()
        again = Measurements(database)
        await again.load()
        for ref in ("up/m", "up/n"):
            assert again.find(ref) == first.find(ref)
        assert again.find("up/other") is None
    finally:
        await database.close()


async def _stored(database: Database) -> bool:
    again = Measurements(database)
    await again.load()
    return again.find("up/m") is not None
