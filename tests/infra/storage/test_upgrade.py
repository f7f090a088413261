"""A store with rows comes to another schema whole, or stays what it was; nothing half-changed is ever opened."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from factories.schemas import FOLDER, migrate, put
from factories.stores import KEY
from mecum.infra.storage import Database, content, sqlite
from mecum.infra.storage.errors import (
    DowngradeLoses,
    NoRoom,
    NoSuchSchema,
    StoreBusy,
    StoreDamaged,
    StoreTooNew,
    StoreTooOld,
    UpgradeFailed,
)
from mecum.infra.storage.location import NOTE, Location, opened, psycopg_url, transaction
from mecum.infra.storage.migrate import current, revisions
from mecum.infra.storage.upgrade import Upgrade, recover, silent

pytestmark = pytest.mark.slow

RELEASED = sorted(file.stem for file in FOLDER.glob("*.sql"))
OLDER = RELEASED[:-1]
NEWEST = revisions()[-1]
KINDS = ("sqlite", "sqlite-key", pytest.param("postgres", marks=pytest.mark.postgres))


@dataclass(frozen=True)
class Older:
    """A store at a released schema, filled, and its data folder."""

    location: Location
    folder: Path

    def upgrade(self, told: Callable[[str], None] = silent) -> Upgrade:
        """Return its upgrade; on PostgreSQL the copy is somebody else's work."""
        copied = None if self.location.path is not None else self.folder.joinpath
        return Upgrade(self.location, self.folder, copied=copied, told=told)

    def state(self) -> tuple[str | None, dict[str, str]]:
        """Return the revision and the hashes of all tables."""
        with opened(self.location) as connection, transaction(connection, read_only=True):
            return current(connection), content.hashes(connection, content.columns(connection))

    def run(self, statement: str) -> None:
        """Change the store behind everybody's back."""
        with opened(self.location) as connection, transaction(connection):
            connection.execute(text(statement))


async def filled(location: Location, revision: str) -> None:
    """Bring an empty store to a revision and put the rows of its fixture in."""
    if location.path is not None:
        engine = sqlite.engine(location.path, location.key)
    else:
        engine = create_async_engine(psycopg_url(str(location.url)))
    await migrate(engine, to=revision)
    await put(engine, orjson.loads((FOLDER / f"{revision}.json").read_bytes()))
    await engine.dispose()


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Older:
    """Return where an empty store is, in three kinds."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    if request.param == "postgres":
        return Older(Location(url=request.getfixturevalue("empty_postgres_url")), folder)
    return Older(Location(folder / "mecum.db", KEY if request.param == "sqlite-key" else None), folder)


@pytest.fixture
def older(empty: Older) -> Older:
    """Return a store at the schema before the newest."""
    asyncio.run(filled(empty.location, OLDER[0]))
    return empty


@pytest.fixture
def plain(tmp_path: Path) -> Older:
    """Return a SQLite store without a key at the schema before the newest."""
    folder = tmp_path / "plain"
    folder.mkdir(mode=0o700)
    location = Location(folder / "mecum.db")
    asyncio.run(filled(location, OLDER[0]))
    return Older(location, folder)


@pytest.mark.parametrize("revision", RELEASED)
def test_up_down_and_up_again_with_equal_hashes(empty: Older, revision: str) -> None:
    asyncio.run(filled(empty.location, revision))
    before = empty.state()
    assert empty.upgrade().run().steps == [one for one in revisions() if one > revision]
    newest = empty.state()
    assert newest[0] == NEWEST
    empty.upgrade().run(revision, lossy=True)
    assert empty.state() == before
    empty.upgrade().run()
    assert empty.state() == newest
    assert not (empty.folder / NOTE).exists()


def test_nothing_is_done_for_the_newest_schema(empty: Older) -> None:
    asyncio.run(filled(empty.location, NEWEST))
    outcome = empty.upgrade().run()
    assert (outcome.steps, outcome.snapshot) == ([], None)


def test_the_copy_is_the_store_as_it_was(plain: Older) -> None:
    before = plain.state()
    told: list[str] = []
    outcome = plain.upgrade(told.append).run()
    assert outcome.snapshot is not None
    assert Older(Location(outcome.snapshot), plain.folder).state() == before
    assert outcome.snapshot.stat().st_mode & 0o777 == 0o600
    assert told == ["checking", "copying", "comparing", "changing", "comparing", "checking again"]


def test_an_older_schema_takes_nothing_away_unasked(older: Older) -> None:
    older.upgrade().run()
    asyncio.run(_add_policy(older.location))
    before = older.state()
    with pytest.raises(DowngradeLoses, match=r"\d rows of egress_policies"):
        older.upgrade().run(OLDER[0])
    assert older.state() == before
    outcome = older.upgrade().run(OLDER[0], lossy=True)
    assert outcome.lost["egress_policies"] == 1
    assert older.state()[0] == OLDER[0]


def test_rows_that_a_downgrade_gives_up_are_named(older: Older) -> None:
    older.upgrade().run()
    older.run(
        "INSERT INTO egress (n, at, host, purpose, data_class, bytes_out, refusal) "
        "VALUES (99, 1, 'example.org', 'model.chat', 'conversation', 0, 'local_only')"
    )
    with pytest.raises(DowngradeLoses, match="1 rows of egress"):
        older.upgrade().run("0004")
    assert older.upgrade().run("0004", lossy=True).lost["egress"] == 1
    older.upgrade().run()


async def _add_policy(location: Location) -> None:
    database = await Database.open(location)
    async with database.engine.begin() as connection:
        await connection.execute(text("INSERT INTO egress_policies VALUES (1, 'ask', 5)"))
    await database.close()


def test_what_is_not_there_is_refused(older: Older) -> None:
    with pytest.raises(NoSuchSchema):
        older.upgrade().preflight("9999")
    older.run("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew):
        older.upgrade().preflight()


def nearly_full(_: object) -> SimpleNamespace:
    """Return the usage of a disk with next to no room."""
    return SimpleNamespace(free=1000)


def test_too_little_room_is_said_before_anything_is_written(plain: Older, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", nearly_full)
    with pytest.raises(NoRoom, match="MB must be free"):
        plain.upgrade().run()
    assert sorted(path.name for path in plain.folder.iterdir()) == ["mecum.db"]


def test_a_damaged_store_is_not_touched(plain: Older) -> None:
    _damage(plain.folder / "mecum.db")
    before = (plain.folder / "mecum.db").read_bytes()
    with pytest.raises(StoreDamaged):
        plain.upgrade().run()
    assert (plain.folder / "mecum.db").read_bytes() == before


def test_a_store_found_damaged_afterwards_is_the_old_one_again(plain: Older) -> None:
    before = plain.state()

    def told(says: str) -> None:
        if says == "checking again":
            _damage(plain.folder / "mecum.db")

    with pytest.raises(UpgradeFailed, match="in its place again"):
        plain.upgrade(told).run()
    assert plain.state() == before
    assert not (plain.folder / NOTE).exists()


def test_a_change_that_fails_in_its_middle_is_taken_back(older: Older) -> None:
    before = older.state()
    older.run("CREATE TABLE egress_consents (x INTEGER)")
    with pytest.raises(UpgradeFailed):
        older.upgrade().run()
    older.run("DROP TABLE egress_consents")
    assert older.state() == before


def test_a_table_that_changed_without_a_word_is_noticed(plain: Older) -> None:
    """`changing` is told between the two comparisons: what happens there is what a faulty migration would do."""
    before = plain.state()
    sneaked: list[object] = []

    def told(says: str) -> None:
        if says == "changing":
            (connection,) = held
            sneaked.append(connection.exec_driver_sql("UPDATE endpoints SET name = name || '!'"))

    held: list[Any] = []
    upgrade = plain.upgrade(told)
    with pytest.raises(UpgradeFailed, match="alter rows of endpoints"), _connections(held):
        upgrade.run()
    assert sneaked
    assert plain.state() == before


class _connections:  # noqa: N801 - reads like a function
    """Collects the connection that holds the transaction."""

    def __init__(self, held: list[Any]) -> None:
        self._held = held

    def __enter__(self) -> None:
        def begun(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            if statement == "BEGIN IMMEDIATE":
                self._held[:] = [connection]

        self._listener = begun
        event.listen(Engine, "before_cursor_execute", begun)

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._listener)


async def test_the_server_upgrades_its_own_file(plain: Older) -> None:
    told: list[str] = []
    database = await Database.open(plain.location, told.append)
    assert await database.check() == "ok"
    await database.close()
    assert plain.state()[0] == NEWEST
    assert told[0] == "checking"
    assert [path.suffix for path in (plain.folder / "backups").iterdir()] == [".db"]


@pytest.mark.postgres
async def test_postgresql_is_left_alone_and_the_command_is_named(empty_postgres_url: str) -> None:
    await filled(Location(url=empty_postgres_url), OLDER[0])
    with pytest.raises(StoreTooOld, match="mecum upgrade"):
        await Database.open(Location(url=empty_postgres_url))


@pytest.mark.postgres
async def test_postgresql_with_a_server_on_it_is_not_changed(empty_postgres_url: str, tmp_path: Path) -> None:
    location = Location(url=empty_postgres_url)
    database = await Database.open(location)
    async with database.engine.connect():
        with pytest.raises(StoreBusy, match="stop them first"):
            await asyncio.to_thread(Upgrade(location, tmp_path, copied=tmp_path.joinpath).preflight)
    await database.close()


@pytest.mark.parametrize("broken", [False, True])
def test_a_note_left_behind_is_settled(plain: Older, broken: bool) -> None:
    before = plain.state()
    outcome = plain.upgrade().run()
    said = {"from": OLDER[0], "to": NEWEST, "snapshot": str(outcome.snapshot)}
    (plain.folder / NOTE).write_bytes(orjson.dumps(said))
    if broken:
        _damage(plain.folder / "mecum.db")
    assert recover(plain.location) == ("returned" if broken else "new")
    assert plain.state()[0] == (OLDER[0] if broken else NEWEST)
    assert not broken or plain.state() == before
    assert recover(plain.location) is None


def test_a_broken_store_without_its_copy_is_not_opened(plain: Older) -> None:
    (plain.folder / NOTE).write_bytes(orjson.dumps({"from": "0001", "to": NEWEST, "snapshot": None}))
    _damage(plain.folder / "mecum.db")
    with pytest.raises(StoreDamaged, match="restore a backup"):
        asyncio.run(Database.open(plain.location))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("way", ["up", "down"])
def test_killed_at_any_statement_it_is_wholly_old_or_new(empty: Older, way: str) -> None:
    # Over two schemas: one of them alone may be a single statement, or none on one of the databases.
    begin, to = (OLDER[-2], NEWEST) if way == "up" else (NEWEST, OLDER[-2])
    asyncio.run(filled(empty.location, begin))
    before = empty.state()
    where = str(empty.location.path or empty.location.url)
    words = [where, begin, to, *([empty.location.key.hex()] if empty.location.key else [])]
    script = Path(__file__).with_name("killed_upgrade.py")
    done = subprocess.run([sys.executable, str(script), *words], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    left = [orjson.loads(line) for line in done.stdout.splitlines()]
    old, new = (begin, before[1]), (left[-1]["at"], left[-1]["hashes"])
    assert new[0] == to
    states = [(one["at"], one["hashes"]) for one in left]
    assert all(state in (old, new) for state in states)
    assert states.count(old) > 2, "a table, the number of the schema, the commit"


def _damage(path: Path) -> None:
    """Overwrite pages of the file, behind its first."""
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        for place in range(4096, size, 4096):
            file.seek(place)
            file.write(b"\xff" * 512)
