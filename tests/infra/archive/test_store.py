"""A data folder is backed up while it is written to, and comes back to one moment of it; what it replaced is kept."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from factories.stores import KEY, Store
from mecum.infra.archive.errors import ArchiveKeyRefused, ArchiveOfAnother
from mecum.infra.archive.reading import ArchiveReader
from mecum.infra.archive.store import House, make, restore, restore_copy, verify
from mecum.infra.archive.writing import ArchiveWriter
from mecum.infra.blobs.service import Blobs
from mecum.infra.secrets.sealer import derive
from mecum.infra.storage import Database, content, exchange, snapshot, sqlite
from mecum.infra.storage.errors import NoRoom, StoreDamaged, StoreTooNew
from mecum.infra.storage.folder import DataFolder
from mecum.infra.storage.location import opened, transaction
from mecum.integrations.filesystem.blobs import FileBlobs
from mecum.kernel.subject import Subject

KILLED = """
import sys
from pathlib import Path
import os, signal
from mecum.infra.storage import exchange
number, seen = int(sys.argv[2]), 0
move = Path.replace
def counted(self, target):
    global seen
    seen += 1
    if seen == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return move(self, target)
Path.replace = counted
folder = Path(sys.argv[1])
staged = exchange.stage(folder)
for name in ("mecum.db", "config", "blobs"):
    (staged / name).write_text("new " + name)
exchange.commit(folder)
"""


def house_of(store: Store) -> House:
    """Return the data folder of a store as a backup sees it."""
    key = None if store.key is None else derive(store.key, "backups")
    return House(store.folder, store.location, key, FileBlobs(store.folder / "blobs", store.key).path_of)


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def fill(store: Store, ada: Subject, data: bytes) -> str:
    """Put a row, a file and a configuration into a data folder; return the file's hash."""
    database = await Database.open(store.location)
    blobs = Blobs(database, FileBlobs(store.folder / "blobs", store.key))
    received = await blobs.store.receive(ada.organisation_id, once(data), 1 << 20)
    async with database.writing(ada) as scope:
        await blobs.keep(scope, received)
    await database.close()
    (store.folder / "config").mkdir(exist_ok=True)
    (store.folder / "config" / "models.json").write_bytes(b'{"version": 1}' + data)
    return received.sha256


def hashes(store: Store) -> dict[str, str]:
    """Return the hashes of all tables."""
    with opened(store.location) as connection, transaction(connection, read_only=True):
        return content.hashes(connection, content.columns(connection))


def test_what_is_backed_up_comes_back(store: Store, ada: Subject, tmp_path: Path) -> None:
    sha256 = asyncio.run(fill(store, ada, b"first"))
    before, house = hashes(store), house_of(store)
    made = make(house, tmp_path / "b", {"id": "x"})
    assert (made.missing, made.head["sealed"], made.rows["messages"]) == (0, store.key is not None, 0)
    assert verify(made.path, house.key)["revision"] == made.head["revision"]
    asyncio.run(fill(store, ada, b"second"))
    assert hashes(store) != before
    kept = restore(house, made.path, store.key)
    assert hashes(store) == before
    assert (store.folder / "config" / "models.json").read_bytes().endswith(b"first")
    assert house.blob(ada.organisation_id, sha256).exists()
    assert not (store.folder / exchange.STAGED).exists()
    if kept is not None:
        there = Store(store.kind, replace(store.location, path=kept / "mecum.db"), kept)
        assert hashes(there) != before

    async def usable() -> str:
        database = await Database.open(store.location)
        said = await database.check()
        await database.close()
        return said

    assert asyncio.run(usable()) == "ok"


def test_nothing_readable_is_in_a_sealed_one(store: Store, ada: Subject, tmp_path: Path) -> None:
    asyncio.run(fill(store, ada, b"a word to look for"))
    made = make(house_of(store), tmp_path / "b", {})
    assert (b"a word to look for" in made.path.read_bytes()) == (store.key is None)
    if store.key is not None:
        with pytest.raises(ArchiveKeyRefused):
            verify(made.path, bytes(32))


def test_it_is_one_moment_while_others_write(plain_store: Store, tmp_path: Path) -> None:
    """A writer raises two numbers together; in every backup they are equal."""
    with opened(plain_store.location) as connection, transaction(connection):
        connection.execute(text("CREATE TABLE pair (name TEXT PRIMARY KEY, n INTEGER)"))
        connection.execute(text("INSERT INTO pair VALUES ('a', 0), ('b', 0)"))
        connection.execute(text("CREATE TABLE ballast AS SELECT hex(randomblob(4000)) x FROM pragma_function_list"))
    path = plain_store.location.path
    assert path is not None
    ended = threading.Event()

    def write() -> None:
        with closing(sqlite.connect(path, None)) as connection:
            while not ended.is_set():
                connection.execute("UPDATE pair SET n = n + 1")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        numbers: list[int] = []
        while len(set(numbers)) < 3:
            copy = tmp_path / f"copy-{len(numbers)}"
            snapshot.copy(path, None, copy)
            snapshot.check(copy, None)
            found = dict(snapshot.rows(copy, None, "SELECT name, n FROM pair"))
            assert found["a"] == found["b"]
            numbers.append(found["a"])
    finally:
        ended.set()
        writer.join()


def test_a_file_deleted_meanwhile_is_counted(plain_store: Store, ada: Subject, tmp_path: Path) -> None:
    sha256 = asyncio.run(fill(plain_store, ada, b"gone"))
    house = house_of(plain_store)
    house.blob(ada.organisation_id, sha256).unlink()
    assert make(house, tmp_path / "b", {}).missing == 1


def test_another_kind_or_a_newer_one_is_refused(plain_store: Store, tmp_path: Path) -> None:
    before = sorted(path.name for path in plain_store.folder.iterdir())
    for head, error in (
        ({"database": "postgresql", "revision": "0001"}, ArchiveOfAnother),
        ({"database": "sqlite", "revision": "9999"}, StoreTooNew),
    ):
        path = tmp_path / str(head["revision"])
        with ArchiveWriter(path, None, head) as archive:
            archive.add("mecum.db", b"")
        with pytest.raises(error):
            restore(house_of(plain_store), path, None)
    assert sorted(path.name for path in plain_store.folder.iterdir()) == before


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "C:\\evil"])
def test_no_member_gets_out_of_the_folder(plain_store: Store, tmp_path: Path, name: str) -> None:
    from mecum.infra.archive.errors import ArchiveDamaged  # noqa: PLC0415

    with ArchiveWriter(tmp_path / "b", None, {"database": "sqlite", "revision": "0001"}) as archive:
        archive.add(name, b"x")
    with pytest.raises(ArchiveDamaged, match="outside"):
        restore(house_of(plain_store), tmp_path / "b", None)
    assert not (plain_store.folder / exchange.STAGED).exists()


def test_a_damaged_store_in_it_replaces_nothing(plain_store: Store, tmp_path: Path) -> None:
    path = plain_store.location.path
    assert path is not None
    body = bytearray(path.read_bytes())
    body[8192:40960] = b"\xff" * (40960 - 8192)
    with ArchiveWriter(tmp_path / "b", None, {"database": "sqlite", "revision": "0001"}) as archive:
        archive.add("mecum.db", bytes(body))
    before = hashes(plain_store)
    with pytest.raises(StoreDamaged):
        restore(house_of(plain_store), tmp_path / "b", None)
    assert hashes(plain_store) == before


def test_too_little_room_is_said_first(plain_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nearly_full(_: object) -> SimpleNamespace:
        return SimpleNamespace(free=1000)

    monkeypatch.setattr("shutil.disk_usage", nearly_full)
    with pytest.raises(NoRoom):
        make(house_of(plain_store), tmp_path / "b", {})
    assert list(tmp_path.glob("*b*")) == []


@pytest.mark.parametrize("key", [None, KEY])
def test_the_copy_of_an_upgrade_can_be_put_back(plain_store: Store, tmp_path: Path, key: bytes | None) -> None:
    path = plain_store.location.path
    assert path is not None
    copy = tmp_path / "copy.db"
    snapshot.copy(path, None, copy)
    if key is not None:
        from mecum.infra.storage import StoreKeyRefused  # noqa: PLC0415

        with pytest.raises(StoreKeyRefused):
            restore_copy(house_of(plain_store), copy, key)
        return
    before = hashes(plain_store)
    assert (restore_copy(house_of(plain_store), copy, None) / "mecum.db").exists()
    assert hashes(plain_store) == before


@pytest.mark.slow
def test_killed_in_the_exchange_it_is_finished_at_the_next_start(tmp_path: Path) -> None:
    outcomes: set[bool] = set()
    number, over = 0, False
    while not over:
        number += 1
        folder = tmp_path / str(number)
        folder.mkdir()
        for name in ("mecum.db", "mecum.db-wal", "config", "store.key"):
            (folder / name).write_text(f"old {name}")
        done = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(number)], check=False)
        over = done.returncode == 0
        data = DataFolder(folder)
        data.claim("")
        data.release()
        new = (folder / "mecum.db").read_text() == "new mecum.db"
        outcomes.add(new)
        assert (folder / "config").read_text() == f"{'new' if new else 'old'} config"
        assert (folder / "store.key").read_text() == "old store.key"
        assert (folder / "mecum.db-wal").exists() != new
        if new:
            (kept,) = folder.glob("kept-*")
            assert {path.name for path in kept.iterdir()} == {"mecum.db", "mecum.db-wal", "config"}
    assert outcomes == {True, False}
    assert number > 5


def test_archives_name_every_file_once(plain_store: Store, ada: Subject, tmp_path: Path) -> None:
    asyncio.run(fill(plain_store, ada, b"one"))
    (plain_store.folder / "secret.key").write_text("k")
    (plain_store.folder / "store.key").write_text("never")
    made = make(house_of(plain_store), tmp_path / "b", {})
    with ArchiveReader(made.path, None) as reader:
        names = [member.name for member in reader.members()]
    assert len(names) == len(set(names))
    assert {"mecum.db", "secret.key", "config/models.json"} < set(names)
    assert "store.key" not in names
    assert [name for name in names if name.startswith("blobs/org_")]
