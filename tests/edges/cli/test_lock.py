"""The lock file: who holds a data folder."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from fakes.command_line import Call
from fakes.mecum_server import TOKEN, MecumServer
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


@pytest.mark.skipif(os.name != "posix", reason="only there a process waits to be waited for")
def test_a_process_nobody_waited_for_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        os.waitid(os.P_PID, gone.pid, os.WEXITED | os.WNOWAIT)
        held(tmp_path, url="http://127.0.0.1:8321", token="mk_x", pid=gone.pid, started_at="")
        assert holder(tmp_path) is None


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"pid": "1"}'])
def test_a_torn_lock_file_holds_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    assert holder(tmp_path) is None
    assert holder(tmp_path / "nowhere") is None


def test_a_card_with_the_number_of_a_new_server_is_of_one_that_crashed(
    mecum: Call, server: MecumServer, tmp_path: Path
) -> None:
    held(tmp_path, url=server.url, token=TOKEN, pid=os.getpid(), started_at="2026-11-21T06:40:00.123Z")
    ended = mecum("serve", "--data", str(tmp_path), "--port", server.url.rpartition(":")[2], "--json")
    assert ended.problem["code"] == "cli.port_taken"
