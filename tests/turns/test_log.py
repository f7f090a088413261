"""What an answer leaves in the log: its run and how it ended, and never a word of it."""

import logging

import pytest

from factories.houses import House
from fakes.steps import Fail, says


async def test_a_failed_run_is_a_line_without_its_text(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.upstream.script("test", [Fail(429, "no room for Rumpelstiltskin")])
    with caplog.at_level(logging.INFO, "mecum.turns"):
        run = await house.settled(await house.start("Who is Rumpelstiltskin?"))
        await house.until(lambda: bool(caplog.records))
    (line,) = [vars(record) for record in caplog.records if record.name == "mecum.turns"]
    assert (line["levelname"], line["run_id"], line["code"]) == ("WARNING", run["id"], "model.limited")
    assert "Rumpelstiltskin" not in str(line)


@pytest.mark.parametrize(("level", "lines"), [(logging.INFO, 0), (logging.DEBUG, 1)])
async def test_what_went_well_is_told_to_whoever_asks(
    house: House, caplog: pytest.LogCaptureFixture, level: int, lines: int
) -> None:
    house.upstream.script("test", says("Gladly."))
    with caplog.at_level(level, "mecum.turns"):
        await house.settled(await house.start("Hi"))
        await house.until(lambda: len(caplog.records) >= lines)
    assert [record.getMessage() for record in caplog.records if record.name == "mecum.turns"] == ["run ended"] * lines
