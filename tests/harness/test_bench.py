"""A run of the benches leaves no server behind, however it ends."""

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from bench.__main__ import measured
from bench.figure import Bench, Figure, LongFigure, Values
from bench.rows import Goal
from bench.servers import Server

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the figures are measured on Linux")
GOAL = Goal("one", "s", most=1)


def fault() -> None:
    raise ZeroDivisionError


def told() -> None:
    signal.raise_signal(signal.SIGTERM)


def interrupted() -> None:
    # A shell starts what it runs in the background with this signal ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("ends", "raised"), [(fault, ZeroDivisionError), (told, SystemExit), (interrupted, KeyboardInterrupt)]
)
def test_what_goes_on_beside_is_stopped(ends: Callable[[], None], raised: type[BaseException]) -> None:
    started: list[Server] = []

    def begin(bench: Bench) -> Callable[[], Values]:
        started.append(bench.kept(Server("sleeper", subprocess.Popen(["sleep", "600"]), 0)))
        return dict

    def measure(bench: Bench) -> Values:
        assert started[0].process.poll() is None
        ends()
        return {"one": 0.5}

    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(raised):
            list(measured("quick", [Figure("one", (GOAL,), measure, alone=False)], [LongFigure("long", (), begin)]))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert started[0].process.returncode == -signal.SIGTERM


def test_a_run_that_ends_well_gives_its_rows() -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        rows = list(measured("quick", [Figure("one", (GOAL,), lambda _: {"one": 0.5})], []))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert [(row.name, row.value, row.holds) for row in rows] == [("one", 0.5, True)]
