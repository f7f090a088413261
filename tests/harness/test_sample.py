"""`--cases` keeps some of many, and all of few."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CASES = """
import pytest

@pytest.mark.parametrize("number", range(100))
def test_many(number):
    assert number in (0, 33, 66)

@pytest.mark.parametrize("number", range(2))
def test_few(number):
    pass
"""


def test_some_of_many_and_all_of_few(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["plugins.sample"]\n')
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_cases.py").write_text(CASES)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--cases", "3", str(tmp_path)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == pytest.ExitCode.OK, done.stdout
    assert "5 passed, 97 deselected" in done.stdout
