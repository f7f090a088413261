"""Two servers on one PostgreSQL database: the second one is refused, until the first is gone, however it went."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
_SECONDS = 60.0


@contextmanager
def started(command: str, folder: Path, url: str, *words: str) -> Generator[subprocess.Popen[bytes]]:
    """Run a command that stays; yield it, whatever becomes of it."""
    environment = {
        **os.environ, "MECUM_STORAGE__URL": url, "MECUM_MODELS__OLLAMA_URL": "", "MECUM_MODELS__LOCAL_SERVERS": "",
        "MECUM_STORAGE__KEY": "none",
    }  # fmt: skip
    line = [sys.executable, "-m", "mecum", command, "--json", "--data", str(folder), *words]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=_SECONDS)


def ready(process: subprocess.Popen[bytes]) -> bool:
    """Wait until it says that it is ready, or ends."""
    assert process.stdout is not None
    return process.stdout.readline() != b""


@pytest.mark.parametrize("ends", [signal.SIGKILL, signal.SIGTERM])
def test_the_second_is_refused_until_the_first_is_gone(postgres_url: str, tmp_path: Path, ends: signal.Signals) -> None:
    one, two, shared = tmp_path / "one", tmp_path / "two", ("--port", "0")
    with started("serve", one, postgres_url, *shared) as first:
        assert ready(first)
        for words in (("serve", *shared), ("conversations", "list")):
            with started(words[0], two, postgres_url, *words[1:]) as second:
                said, told = second.communicate(timeout=_SECONDS)
            problem = orjson.loads(told)
            assert (second.returncode, said, problem["code"]) == (5, b"", "store.busy")
            assert "Another Mecum server works on this database (connection " in problem["detail"]
        with started("worker", one, postgres_url) as worker:
            assert ready(worker)
        first.send_signal(ends)
        first.communicate(timeout=_SECONDS)
        with started("serve", two, postgres_url, *shared) as second:
            assert ready(second), second.communicate()
