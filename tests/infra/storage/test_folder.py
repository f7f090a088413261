"""A data folder has one owner, who says how to be reached and lets go when it dies."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from mecum.infra.storage import StoreBusy, StoreUnavailable
from mecum.infra.storage.folder import DataFolder

HOLD = """
import sys, time
from pathlib import Path
from mecum.infra.storage.folder import DataFolder
folder = DataFolder(Path(sys.argv[1]))
folder.claim("http://127.0.0.1:9")
print("held", flush=True)
time.sleep(50)
"""


def test_the_owner_leaves_a_card_for_its_own_eyes(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "new" / "data")
    folder.claim("http://127.0.0.1:8321")
    card = folder.path / "server.json"
    said = orjson.loads(card.read_bytes())
    assert (said["url"], said["pid"], said["token"]) == ("http://127.0.0.1:8321", os.getpid(), folder.token)
    assert said["started_at"].endswith("Z")
    assert stat.S_IMODE(card.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    folder.release()
    assert not card.exists()
    folder.release()


def test_each_owner_has_its_own_token(tmp_path: Path) -> None:
    assert DataFolder(tmp_path).token != DataFolder(tmp_path).token


def test_a_second_owner_is_told_who_holds_it(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path), DataFolder(tmp_path)
    first.claim("http://127.0.0.1:8321")
    with pytest.raises(StoreBusy, match=rf"process {os.getpid()} at http://127.0.0.1:8321"):
        second.claim("")
    first.release()
    second.claim("")
    with pytest.raises(StoreBusy, match="at no address"):
        first.claim("")
    second.release()


@pytest.mark.parametrize("card", [b"", b"[]", b"{}", b'{"pid": 1}', None])
def test_a_card_that_says_nothing_stops_nobody(tmp_path: Path, card: bytes | None) -> None:
    first, second = DataFolder(tmp_path), DataFolder(tmp_path)
    first.claim("")
    path = tmp_path / "server.json"
    if card is None:
        path.unlink()
    else:
        path.write_bytes(card)
    with pytest.raises(StoreBusy, match="another process"):
        second.claim("")
    first.release()


def test_a_half_written_card_of_a_dead_owner_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "server.json.new").write_text("{")
    folder = DataFolder(tmp_path)
    folder.claim("")
    assert orjson.loads((tmp_path / "server.json").read_bytes())["token"] == folder.token
    folder.release()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        DataFolder(tmp_path / "file" / "data").claim("")


def test_a_killed_owner_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"held\n"
        folder = DataFolder(tmp_path)
        with pytest.raises(StoreBusy, match=f"process {owner.pid}"):
            folder.claim("")
        owner.kill()
        owner.wait(10)
    folder.claim("")
    folder.release()
