"""What is looked at in a data folder, what is said of it, and what is mended."""

import os
from pathlib import Path

import orjson
import pytest

from fakes.command_line import Call
from mecum.bootstrap import upkeep as rooms
from mecum.domains.transfer.rules.shelf import Card, Shelf
from mecum.edges.cli import lock, upkeep
from mecum.infra.archive.settings import BackupSettings
from mecum.infra.archive.writing import ArchiveWriter
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import sqlite
from mecum.kernel import clock
from mecum.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return the settings of an empty data folder."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return load_settings({"data_dir": str(folder)})


def backup(settings: Settings, days: int, problem: str | None = None) -> None:
    """Leave a backup of so many days ago."""
    shelf = Shelf(settings.data_dir / "backups")
    path = shelf.new(False)
    at = clock.iso(clock.milliseconds() - days * 24 * 3600 * 1000)
    with ArchiveWriter(path, None, {"id": path.name, "made_at": at}) as archive:
        archive.add("x", b"")
    card = Card(path.name, path.name, 1, at, "0.1.0", "sqlite", "0001", sealed=False, problem=problem)
    shelf.put(card)


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")
def test_a_key_for_everybody_is_found_and_mended(settings: Settings) -> None:
    key = settings.data_dir / "secret.key"
    key.write_text("x")
    key.chmod(0o644)
    found = upkeep.rights(settings.data_dir)
    assert (found.state, "secret.key" in found.says) == ("error", True)
    assert found.mend is not None
    found.mend()
    assert upkeep.rights(settings.data_dir).state == "ok"


def test_what_a_killed_process_left_is_found_and_mended(settings: Settings) -> None:
    assert list(upkeep.leftovers(settings.data_dir)) == []
    (settings.data_dir / "server.json").write_bytes(orjson.dumps({"url": "http://x", "pid": 2**22 + 1, "token": "t"}))
    (settings.data_dir / "backups").mkdir()
    (settings.data_dir / "backups" / ".mecum-half.tar.1234").write_bytes(b"x")
    found = list(upkeep.leftovers(settings.data_dir))
    assert len(found) == 2
    for one in found:
        assert one.mend is not None
        one.mend()
    assert list(upkeep.leftovers(settings.data_dir)) == []


def test_the_age_and_health_of_backups_are_told(settings: Settings) -> None:
    assert upkeep.backups(settings).says == "none"
    backup(settings, 30)
    assert upkeep.backups(settings).state == "warning"
    backup(settings, 0)
    assert upkeep.backups(settings).state == "ok"
    backup(settings, 3, "backup.damaged")
    assert upkeep.backups(settings).state == "error"


def test_what_a_restore_put_aside_is_named(settings: Settings) -> None:
    assert list(upkeep.replaced(settings.data_dir)) == []
    (settings.data_dir / "kept-20261128115513118").mkdir()
    (found,) = upkeep.replaced(settings.data_dir)
    assert (found.state, "kept-20261128115513118" in found.says, found.mend) == ("warning", True, None)


def copied(folder: Path, name: str, days: int) -> Path:
    """Leave a copy that was made by itself so many days ago."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(b"x")
    at = clock.milliseconds() / 1000 - days * 24 * 3600
    os.utime(path, (at, at))
    return path


async def test_copies_that_upgrades_left_expire(settings: Settings, tmp_path: Path) -> None:
    settings = settings.model_copy(update={"backup": BackupSettings(folder=tmp_path / "elsewhere", copy_days=10)})
    folder = settings.data_dir / "backups"
    old, new = copied(folder, "schema-0013-1.db", 11), copied(folder, "schema-0014-2.db", 9)
    kept, asked = copied(folder, "schema-0012-3.db", 400), copied(folder, "mecum-4.db", 400)
    service = rooms.backups_of(settings, rooms.keys_of(settings), Jobs())
    service.keep(kept.name, 0)
    listed = {card.name: card.expires_at for card in rooms.shelf_of(settings).newest()}
    assert listed.keys() == {old.name, new.name, kept.name, asked.name}
    assert listed[kept.name] is listed[asked.name] is None
    now = clock.iso(clock.milliseconds())
    assert (listed[old.name] or "") < now < (listed[new.name] or "")
    await service.expire()
    assert sorted(path.name for path in folder.glob("*.db")) == sorted([new.name, kept.name, asked.name])
    ever = settings.model_copy(update={"backup": BackupSettings(copy_days=0)})
    assert {card.expires_at for card in rooms.shelf_of(ever).newest()} == {None}


def test_a_server_that_has_just_begun_is_no_fault(settings: Settings) -> None:
    (settings.data_dir / "mecum.db").touch()
    card = {"url": "http://127.0.0.1:8321", "token": "mk_x", "pid": os.getpid(), "started_at": ""}
    (settings.data_dir / lock.FILE).write_bytes(orjson.dumps(card))
    assert upkeep.record(settings).state == "ok"


def test_a_record_is_read_to_its_end(settings: Settings) -> None:
    assert upkeep.record(settings).says == "none yet"
    path = settings.data_dir / "mecum.db"
    connection = sqlite.connect(path, None)
    connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.close()
    found = upkeep.record(settings)
    assert (found.state, "mecum downgrade" in str(found.remedy)) == ("error", True)


@pytest.mark.slow
def test_doctor_mends_and_checks_again(mecum: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECUM_MODELS__OLLAMA_URL", "")
    folder = tmp_path / "data"
    assert mecum("status", "--data", str(folder)).code == 0
    (folder / "secret.key").chmod(0o600)
    (folder / "mecum.db").chmod(0o644)
    checks = {one["name"]: one for one in mecum("doctor", "--json", "--data", str(folder)).json["checks"]}
    assert (checks["rights"]["state"], checks["rights"]["fixable"]) == ("error", True)
    assert checks["record"]["says"].startswith("sound, schema ")
    ended = mecum("doctor", "--fix", "--json", "--data", str(folder))
    assert "mended: rights" in ended.err
    assert {one["name"]: one for one in ended.json["checks"]}["rights"]["state"] == "ok"
