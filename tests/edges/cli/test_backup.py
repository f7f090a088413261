"""Backups, restores and changes of schema, as a person asks for them."""

from pathlib import Path

import pytest

from fakes.command_line import Call, Ended
from mecum.infra.storage.folder import DataFolder
from mecum.infra.storage.migrate import revisions

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(params=["none", "file", "passphrase"])
def key(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Set where the key comes from."""
    monkeypatch.setenv("MECUM_STORAGE__KEY", request.param)
    monkeypatch.setenv("MECUM_STORAGE__PASSPHRASE", "open sesame")
    return str(request.param)


@pytest.fixture
def here(mecum: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return calls on a data folder with one conversation and a file, on a machine with no language model."""
    monkeypatch.setenv("MECUM_MODELS__OLLAMA_URL", "")
    monkeypatch.setenv("MECUM_DATA", str(tmp_path / "data"))
    note = tmp_path / "note.txt"
    note.write_text("tea at five")
    assert mecum("chat", "-q", "what is 6 * 7?", "--file", str(note)).code == 0
    return mecum


def titles(here: Call) -> set[str]:
    """Return the titles of all conversations."""
    return {str(one["title"]) for one in here("conversations", "list", "--json").json["items"]}


def fine(ended: Ended) -> Ended:
    """Return a call that succeeded."""
    assert ended.code == 0, ended.err
    return ended


def test_there_and_back_also_in_an_empty_folder(
    key: str, here: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = fine(here("backup", "create", "-o", str(tmp_path), "--json")).json
    file = Path(made["path"])
    assert (file.parent, made["messages"], made["files"], made["problem"]) == (tmp_path, 2, 1, None)
    assert made["verified_at"]
    assert here("backup", "list", "--json").json["items"] == []
    assert (b"tea at five" in file.read_bytes()) == (key == "none")
    assert fine(here("backup", "verify", str(file))).out.endswith("is sound.\n")

    fine(here("chat", "-q", "a second thing"))
    refused = here("restore", str(file))
    assert (refused.code, "--yes" in refused.err) == (2, True)
    restored = fine(here("restore", str(file), "--yes", "--json")).json
    assert titles(here) == {"what is 6 * 7?"}
    assert (Path(restored["kept"]) / "mecum.db").exists()
    assert "what" in fine(here("conversations", "search", "what")).out

    monkeypatch.setenv("MECUM_DATA", str(tmp_path / "elsewhere"))
    words = ["restore", str(file)]
    if key == "file":
        refused = here(*words)
        assert (refused.code, "--key-file" in refused.err) == (3, True)
        words += ["--key-file", str(tmp_path / "data" / "store.key")]
    fine(here(*words))
    assert titles(here) == {"what is 6 * 7?"}
    assert "what" in fine(here("conversations", "search", "what")).out


def test_a_damaged_one_is_told_and_replaces_nothing(here: Call, tmp_path: Path) -> None:
    file = Path(fine(here("backup", "create", "--no-verify", "--json")).json["path"])
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)
    (listed,) = here("backup", "list", "--json").json["items"]
    assert here("backup", "verify", listed["id"]).err.count("backup.damaged") == 1
    (listed,) = here("backup", "list", "--json").json["items"]
    assert listed["problem"] == "backup.damaged"
    ended = here("restore", file.name, "--yes")
    assert (ended.code, "backup.damaged" in ended.err) == (5, True)
    assert titles(here) == {"what is 6 * 7?"}


def test_what_is_listed_can_be_kept_and_removed(here: Call) -> None:
    made = fine(here("backup", "create", "--keep-days", "3", "--json")).json
    assert made["expires_at"]
    assert fine(here("backup", "keep", made["id"], "0", "--json")).json["expires_at"] is None
    assert made["id"] in fine(here("backup", "list")).out
    assert here("backup", "delete", made["id"]).code == 2
    fine(here("backup", "delete", made["id"], "--yes"))
    assert here("backup", "list").out == ""
    assert here("backup", "keep", made["id"], "3").code == 4


def test_what_was_purged_is_named_with_the_backups_that_hold_it(here: Call) -> None:
    fine(here("assistants", "create", "Tea"))
    fine(here("projects", "create", "Trip"))
    before = fine(here("backup", "create", "--no-verify", "--json")).json
    assert before["purged"] == 0
    fine(here("conversations", "delete", "last"))
    assert "still hold" not in fine(here("backup", "list")).err
    emptied = fine(here("trash", "empty", "--yes"))
    assert f"1 backup made before still holds it: {before['name']}." in emptied.err
    assert "mecum backup delete NAME" in emptied.err
    fine(here("assistants", "delete", "tea", "--purge", "--yes"))
    fine(here("projects", "delete", "Trip", "--purge", "--yes"))
    after = fine(here("backup", "create", "--no-verify", "--json")).json
    listed = {one["id"]: one["purged"] for one in fine(here("backup", "list", "--json")).json["items"]}
    assert listed == {before["id"]: 3, after["id"]: 0}
    assert "3 deleted since" in fine(here("backup", "list")).out
    checks = {one["name"]: one for one in here("doctor", "--json").json["checks"]}
    assert before["name"] in checks["deleted for ever"]["says"]
    assert after["name"] not in checks["deleted for ever"]["says"]
    fine(here("backup", "delete", before["id"], "--yes"))
    assert "deleted for ever" not in {one["name"] for one in here("doctor", "--json").json["checks"]}


def test_down_and_up(here: Call) -> None:
    newest, before = revisions()[-1], revisions()[-2]
    looked = fine(here("downgrade", "--dry-run", "--json")).json
    assert (looked["at"], looked["to"], looked["steps"]) == (newest, before, [newest])
    assert here("upgrade", "--to", before).code == 2
    done = fine(here("downgrade", "--yes", "--json")).json
    assert (done["to"], Path(done["snapshot"]).exists()) == (before, True)
    assert fine(here("upgrade", "--json")).json["steps"] == [newest]
    assert fine(here("upgrade")).out == f"Nothing to do: the store is at {newest}.\n"
    assert titles(here) == {"what is 6 * 7?"}
    # Nobody asked for the copy: it is listed, and goes by itself.
    listed = {one["name"]: one for one in fine(here("backup", "list", "--json")).json["items"]}
    copy = listed[Path(done["snapshot"]).name]
    assert (copy["copy"], copy["expires_at"] > copy["made_at"]) == (True, True)
    assert copy["expires_at"] in fine(here("backup", "list")).out
    fine(here("restore", Path(done["snapshot"]).name, "--yes"))
    assert titles(here) == {"what is 6 * 7?"}


def test_nobody_else_may_hold_the_folder(here: Call, tmp_path: Path) -> None:
    file = fine(here("backup", "create", "--json")).json["path"]
    folder = DataFolder(tmp_path / "data")
    folder.claim("http://127.0.0.1:9")
    try:
        for words in (("restore", file, "--yes"), ("upgrade",), ("downgrade",)):
            ended = here(*words)
            assert (ended.code, "stop it, then" in ended.err) == (5, True)
    finally:
        folder.release()
