"""The last line of a run names what was not run; in CI such a run fails. Each case is a real pytest run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CASES = """
import pytest

@pytest.mark.browser
def test_page():
    pass

def test_fine():
    pass
"""
TESTS = Path(__file__).parents[1]


def run(folder: Path, *, all_required: bool, chromium: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on the cases with this project's plugins and no other configuration."""
    (folder / "conftest.py").write_text('pytest_plugins = ["plugins.not_run", "plugins.chromium"]\n')
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    (folder / "test_cases.py").write_text(CASES)
    environment = {
        "PATH": chromium,
        "PYTHONPATH": str(TESTS),
        "MECUM_TEST_REQUIRE_ALL": "1" if all_required else "0",
        "SYSTEMROOT": os.environ.get("SYSTEMROOT", ""),
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", str(folder)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def with_chromium(tmp_path: Path) -> str:
    """Return a search path that has something named chromium."""
    binary = tmp_path / "bin" / "chromium"
    binary.parent.mkdir()
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    return str(binary.parent)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last line of the output."""
    return done.stdout.strip().splitlines()[-1]


def test_says_what_was_not_run_and_passes(tmp_path: Path) -> None:
    done = run(tmp_path, all_required=False, chromium="/nowhere")
    assert (done.returncode, last_line(done)) == (0, "NOT RUN: 1 browser test (no Chromium found)")


def test_fails_where_everything_must_run(tmp_path: Path) -> None:
    done = run(tmp_path, all_required=True, chromium="/nowhere")
    assert (done.returncode, last_line(done)) == (1, "NOT RUN: 1 browser test (no Chromium found)")


def test_nothing_left_out(tmp_path: Path, with_chromium: str) -> None:
    done = run(tmp_path, all_required=True, chromium=with_chromium)
    assert (done.returncode, last_line(done)) == (0, "NOT RUN: nothing")
