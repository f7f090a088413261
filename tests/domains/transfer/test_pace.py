"""An import makes way: for an answer that is being made, and for a question that came in during its last step."""

import asyncio

import pytest

from mecum.domains.transfer.service.pace import Pace
from mecum.infra.jobs.gate import Gate


def never() -> None:
    """Fail: so few groups are no burden."""
    raise AssertionError


class Step:
    """Somebody who goes on with an import when its pace lets them."""

    def __init__(self, pace: Pace) -> None:
        self.gone_on = False
        self._pace = pace

    async def go(self) -> None:
        """Make way, then go on."""
        await self._pace.give_way()
        self.gone_on = True


async def test_it_goes_on_at_once_where_nobody_asks() -> None:
    pace = Pace(Gate().wait, never)
    few = pace.together
    await pace.breathe()
    assert pace.together == few


async def test_a_question_that_arrived_meanwhile_is_seen_before_the_next_step() -> None:
    gate, loop = Gate(), asyncio.get_running_loop()
    step = Step(Pace(gate.wait, never))
    # As a server does: one turn of the loop reads the request, the next one begins it.
    loop.call_soon(loop.call_soon, gate.enter)
    going = asyncio.create_task(step.go())
    for _ in range(6):
        await asyncio.sleep(0)
    assert gate.busy
    assert not step.gone_on
    gate.leave()
    await going


async def test_a_question_during_its_rest_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    pace = Pace(gate.wait, never)
    # Whoever asked for it is there: it rests between two groups.
    few = pace.together
    rested = asyncio.Event()
    sleep = asyncio.sleep

    async def asked_meanwhile(seconds: float) -> None:
        if seconds > 0:
            gate.enter()
            rested.set()
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", asked_meanwhile)
    breathing = asyncio.create_task(pace.breathe())
    await rested.wait()
    for _ in range(6):
        await sleep(0)
    assert not breathing.done()
    gate.leave()
    await breathing
    assert pace.together == few


async def test_the_store_is_relieved_now_and_then() -> None:
    relieved: list[int] = []
    pace = Pace(Gate().wait, lambda: relieved.append(1))
    for _ in range(127):
        await pace.breathe()
    assert not relieved
    await pace.breathe()
    assert len(relieved) == 1
