"""Measures the figures, prints them, and writes `bench/results.json`."""

import argparse
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from http.client import HTTPException
from types import ModuleType

from bench import (
    assistants,
    backup,
    broker,
    configuration,
    crash,
    importing,
    jobs,
    machine,
    migration,
    page,
    places,
    process,
    record,
    rows,
    selection,
    soak,
    store,
    streams,
    turns,
)  # fmt: skip
from bench.figure import Bench, Figure, LongFigure, Values
from bench.rows import Mode, NotMeasured, Row
from bench.servers import Server, start_upstream, stopping

_ROOMS: tuple[ModuleType, ...] = (
    turns,
    streams,
    process,
    record,
    page,
    crash,
    store,
    selection,
    configuration,
    broker,
    assistants,
    importing,
    migration,
    backup,
    jobs,
)  # fmt: skip
FIGURES: tuple[Figure, ...] = tuple(figure for room in _ROOMS for figure in room.FIGURES)
LONG: tuple[LongFigure, ...] = soak.FIGURES
LIMIT = {"quick": 505.0, "full": 2600.0}
"""Seconds after which no further figure begins: what is begun ends within half a minute, or two minutes in full."""
NAMES = [*(figure.name for figure in FIGURES), *(figure.name for figure in LONG)]


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for; 0 also when a goal does not hold: the row says so."""
    asked = _parsed(arguments)
    if not sys.platform.startswith("linux"):
        sys.stderr.write("The figures are measured on Linux: they rest on what /proc says.\n")
        return 2
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the servers inherit it
    began = time.monotonic()
    wanted = asked.only or NAMES
    figures = [figure for figure in FIGURES if figure.name in wanted]
    long = [figure for figure in LONG if figure.name in wanted]
    found: list[Row] = []
    try:
        for row in measured("full" if asked.full else "quick", figures, long):
            found.append(row)
            rows.write([row], places.RESULTS)
    except KeyboardInterrupt:
        return 130
    sys.stdout.write(f"{rows.table(found)}\n\n{_summary(found)} {time.monotonic() - began:.0f} s.\n")
    return 0


def measured(mode: Mode, figures: Sequence[Figure], long: Sequence[LongFigure]) -> Iterator[Row]:
    """Measure figures; whatever ends this, a signal or a fault of a figure's own, no server is left running."""
    signal.signal(signal.SIGTERM, _end)
    with ExitStack() as stack:

        def kept(server: Server) -> Server:
            return stack.enter_context(stopping(server))

        yield from _all(Bench(mode, _Upstream(stack), _say, time.monotonic(), kept), figures, long)


def _end(number: int, _: object) -> None:
    sys.exit(128 + number)


class _Upstream:
    """The model server, started when it is first needed."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._server: Server | None = None

    def __call__(self) -> Server:
        if self._server is None:
            self._server = self._stack.enter_context(stopping(start_upstream()))
        return self._server


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the sizes of the goals (at most 45 minutes)")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=NAMES, help=f"only these: {', '.join(NAMES)}")
    return parser.parse_args(arguments)


def _all(bench: Bench, figures: Sequence[Figure], long: Sequence[LongFigure]) -> Iterator[Row]:
    """First what must have the machine to itself, then the rest while the long ones go on."""
    for figure in figures:
        if figure.alone:
            yield from _measured(bench, figure)
    begun = [(one, _begun(bench, one)) for one in long]
    for figure in figures:
        if not figure.alone:
            yield from _measured(bench, figure)
    for one, finish in begun:
        yield from _finished(bench, one, finish)


def _begun(bench: Bench, figure: LongFigure) -> Callable[[], Values]:
    try:
        return figure.begin(bench)
    except (NotMeasured, OSError) as error:
        reason = str(error)
        return lambda: {goal.name: reason for goal in figure.goals}


def _finished(bench: Bench, figure: LongFigure, finish: Callable[[], Values]) -> list[Row]:
    values: Values = {}
    missing = "not measured"
    try:
        values = finish()
    except (NotMeasured, OSError) as error:
        missing = str(error)
    return rows.rows_of(figure.goals, values, bench.mode, missing)


def _measured(bench: Bench, figure: Figure) -> list[Row]:
    _say(f"{figure.name} … ({time.monotonic() - bench.began:.0f} s, load {machine.load_average():.1f})")
    values: Values = {}
    missing = "not measured"
    try:
        if time.monotonic() - bench.began > LIMIT[bench.mode]:
            raise NotMeasured("no time was left on a busy machine")
        values = figure.measure(bench)
    except (NotMeasured, OSError, HTTPException) as error:
        missing = str(error) or type(error).__name__
    return rows.rows_of(figure.goals, values, bench.mode, missing)


def _summary(found: Sequence[Row]) -> str:
    failing = sum(row.holds is False for row in found)
    missing = sum(row.value is None for row in found)
    return (
        f"{len(found)} rows: {failing} do not hold, {missing} not measured. Load average {machine.load_average():.1f};"
    )


def _say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
