"""Ends every run with one line that says what was not run and why; in CI, a run with such a line fails."""

import os
import sys
from collections import Counter
from collections.abc import Generator

import pytest

KINDS = ("browser", "postgres")


class Ledger:
    """Counts skipped tests by kind and reason, in the process that prints."""

    def __init__(self, *, must_run_all: bool) -> None:
        self.must_run_all = must_run_all
        self.skipped: Counter[tuple[str, str]] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a skip; an expected failure is a test that ran."""
        if report.skipped and not hasattr(report, "wasxfail"):
            kind = next((kind for kind in KINDS if kind in report.keywords), "")
            self.skipped[kind, reason_of(report)] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that skipped itself whole."""
        if report.skipped:
            self.skipped["", f"{report.nodeid}: {reason_of(report)}"] += 1

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        """Fail before the summary is printed, so that the summary and the exit code agree; then say the line."""
        fails = self.must_run_all and bool(self.skipped) and session.exitstatus == pytest.ExitCode.OK
        if fails:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        yield
        if session.config.get_verbosity() >= -1 and not session.config.option.collectonly:
            sys.stdout.write(f"\nNOT RUN: {self.line()}\n")
            sys.stdout.flush()

    def line(self) -> str:
        """Say what was skipped, like `12 browser tests (no Chromium found)`, or `nothing`."""
        return (
            "; ".join(
                f"{count} {kind + ' ' if kind else ''}test{'s' if count > 1 else ''} ({reason})"
                for (kind, reason), count in sorted(self.skipped.items())
            )
            or "nothing"
        )


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return the reason that a skip gave."""
    detail = report.longrepr
    return detail[2].removeprefix("Skipped: ") if isinstance(detail, tuple) else str(detail)


def must_run_all() -> bool:
    """Whether a skipped test fails the run: in CI, or when asked."""
    return os.environ.get("CI", "").lower() in {"true", "1"} or os.environ.get("MECUM_TEST_REQUIRE_ALL") == "1"


def pytest_configure(config: pytest.Config) -> None:
    """Take part only in the process that prints, not in xdist's workers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Ledger(must_run_all=must_run_all()), "not-run")
