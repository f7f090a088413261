"""The lock file: who holds a data folder."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from mecum.edges.cli.lock import FILE, Holder, ServerGone, holder, present


def held(folder: Path, **fields: object) -> None:
    """Write a lock file."""
    (folder / FILE).write_bytes(orjson.dumps(fields))


def test_a_living_process_holds_the_folder(tmp_path: Path) -> None:
    held(tmp_path, url="http://127.0.0.1:8321", token="mk_x", pid=os.getpid(), started_at="2026-11-21T06:40:00.123Z")
    wanted = Holder("http://127.0.0.1:8321", "mk_x", os.getpid(), "2026-11-21T06:40:00.123Z")
    assert holder(tmp_path) == wanted
    assert present(tmp_path) == wanted


def test_a_process_that_ended_holds_nothing(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    held(tmp_path, url="http://127.0.0.1:8321", token="mk_x", pid=gone.pid, started_at="")
    assert holder(tmp_path) is None
    with pytest.raises(ServerGone):
        present(tmp_path)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"pid": "1"}'])
def test_a_torn_lock_file_holds_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    assert holder(tmp_path) is None
    assert holder(tmp_path / "nowhere") is None
