"""How many answers an endpoint makes at once: a limit that changes while some wait, by settings or configuration."""

import asyncio
import contextlib

import orjson

from factories.houses import opened, settings_for
from factories.stores import Store
from fakes.upstream import Upstream
from mecum.inference.exchange import PEOPLE
from mecum.inference.lanes import Lane
from mecum.inference.settings import EndpointSettings


class Guests:
    """Who is in a lane, and who waits."""

    def __init__(self, lane: Lane) -> None:
        self.lane, self.inside = lane, 0
        self._leave = asyncio.Semaphore(0)
        self._tasks: list[asyncio.Task[None]] = []

    async def come(self, number: int) -> None:
        self._tasks += [asyncio.create_task(self._visit()) for _ in range(number)]
        await asyncio.sleep(0)

    async def leave(self, number: int) -> None:
        for _ in range(number):
            self._leave.release()
            for _ in range(5):
                await asyncio.sleep(0)

    async def go(self) -> None:
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _visit(self) -> None:
        async with self.lane.turn(PEOPLE):
            self.inside += 1
            await self._leave.acquire()
            self.inside -= 1


async def test_a_limit_is_widened_and_narrowed_while_some_wait() -> None:
    guests = Guests(Lane(1))
    await guests.come(6)
    assert (guests.inside, guests.lane.waiting) == (1, 5)
    guests.lane.resize(4)
    await guests.leave(0)
    await asyncio.sleep(0)
    assert (guests.inside, guests.lane.waiting) == (4, 2)
    guests.lane.resize(2)
    await guests.leave(2)
    assert (guests.inside, guests.lane.waiting) == (2, 2), "nobody is sent away, nobody comes before there is room"
    await guests.leave(1)
    assert (guests.inside, guests.lane.waiting) == (2, 1)
    await guests.go()


async def test_the_settings_are_the_default_and_the_configuration_says_otherwise(
    plain_store: Store, upstream: Upstream
) -> None:
    settings = settings_for(plain_store, upstream)
    one = EndpointSettings(name="up", base_url=f"{upstream.url}/v1", most_at_once=1)
    settings = settings.model_copy(update={"models": settings.models.model_copy(update={"endpoints": (one,)})})
    async with opened(plain_store, upstream, settings) as house:
        registry, configuration = house.parts.broker.registry, house.parts.broker.configuration
        assert registry.limited("up") == 1
        levels = configuration.explain("most_at_once.up").levels
        assert [(one.level, one.source, one.value) for one in levels if one.in_force] == [("defaults", "settings", 1)]

        async def write(most: object) -> None:
            text = orjson.dumps({"version": 1, "most_at_once": most}).decode()
            state = next(one for one in configuration.states() if one.name == "user_models.json")
            await configuration.write("user_models.json", text, state.etag)

        await write({"up": 3, "far": 2})
        assert (registry.limited("up"), registry.limited("far")) == (3, 2)
        await write({"up": None})
        assert (registry.limited("up"), registry.limited("far")) == (None, None)
    async with opened(plain_store, upstream, settings) as house:
        assert house.parts.broker.registry.limited("up") is None, "it is kept"
