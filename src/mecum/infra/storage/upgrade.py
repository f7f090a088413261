"""Changing the schema of a store that holds rows: look, copy it, change it in one transaction, compare, or go back.

Killed at any statement the store is wholly old or wholly new. A note beside it says that a change was under way: it is
settled at the next start, before anything else opens the store.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from mecum.infra.storage import content, migrate, snapshot
from mecum.infra.storage.errors import (
    DowngradeLoses,
    NoRoom,
    NoSuchSchema,
    StoreBusy,
    StoreDamaged,
    StoreUnavailable,
    UpgradeFailed,
)
from mecum.infra.storage.location import APPLICATION, NOTE, Location, opened, transaction
from mecum.kernel import clock

SNAPSHOTS: Final = "backups"
_SPARE: Final = 64 << 20
_COPIES: Final = 2
"""Times the store's size that must be free: the snapshot, and what a change writes anew."""
_OTHERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND application_name = :application"
).bindparams(application=APPLICATION)
_LOCK: Final = text("SELECT pg_advisory_xact_lock(7236829)")

Told = Callable[[str], None]
"""Called with what is being done: `checking`, `copying`, `changing`, `comparing`, `checking again`, `going back`."""


def silent(_: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change of schema would do. Sizes are bytes; `free` and `needed` are of the disk with the data folder."""

    at: str | None
    to: str
    steps: list[str]
    size: int
    free: int
    needed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done: the steps, the copy of the store as it was before, and how many rows of what are only in there."""

    at: str | None
    to: str
    steps: list[str]
    snapshot: Path | None
    lost: Mapping[str, int]


class Upgrade:
    """Brings one store to another schema. `folder` is its data folder, held by the caller.

    `copied` makes a copy of the store and returns where it is; the default is for the SQLite file.
    """

    def __init__(
        self,
        location: Location,
        folder: Path,
        *,
        copied: Callable[[str], Path] | None = None,
        told: Told = silent,
    ) -> None:
        self._location, self._folder, self._told = location, folder, told
        self._copied = copied or self._copy

    def preflight(self, to: str | None = None) -> Plan:
        """Return what would be done, to the newest schema by default; changes nothing.

        Raises NoSuchSchema, StoreTooNew, StoreBusy, NoRoom, StoreDamaged and what opening the store raises.
        """
        self._told("checking")
        at, size = self._seen()
        wanted = to or migrate.revisions()[-1]
        if wanted != migrate.BASE and wanted not in migrate.revisions():
            raise NoSuchSchema(f"There is no schema {wanted}; there are {', '.join(migrate.revisions())}.")
        free = shutil.disk_usage(self._folder).free
        plan = Plan(at, wanted, migrate.steps(at, wanted), size, free, size * _COPIES + _SPARE)
        if plan.steps and at is not None:
            self._require_sound(plan)
        return plan

    def inspect(self) -> None:
        """Read every page of a SQLite file; raises StoreDamaged, StoreKeyRefused."""
        if self._location.path is not None:
            snapshot.check(self._location.path, self._location.key)

    def run(self, to: str | None = None, *, lossy: bool = False) -> Outcome:
        """Change the schema; the store is as it was when this raises.

        `lossy` agrees that rows an older schema has no place for are kept in the snapshot alone. Raises as
        `preflight`, DowngradeLoses, UpgradeFailed.
        """
        plan = self.preflight(to)
        if not plan.steps:
            return Outcome(plan.at, plan.to, [], None, {})
        kept = None
        if plan.at is not None:
            self._told("copying")
            kept = self._copied(plan.at)
        note = self._folder / NOTE
        _write(note, {"from": plan.at, "to": plan.to, "snapshot": None if kept is None else str(kept)})
        try:
            lost = self._changed(plan, lossy)
            self._settle(kept)
        finally:
            note.unlink(missing_ok=True)
        return Outcome(plan.at, plan.to, plan.steps, kept, lost)

    def _seen(self) -> tuple[str | None, int]:
        """Return the revision of the store and its size in bytes."""
        try:
            with opened(self._location) as connection:
                at = migrate.current(connection)
                migrate.require_known(at)
                self._require_alone(connection)
                return at, self._size(connection)
        except DatabaseError as error:
            if self._location.path is None:
                raise StoreUnavailable(reason=type(error).__name__) from error
            raise StoreDamaged(f"{self._location.path} is damaged: {error.orig}.") from error

    def _changed(self, plan: Plan, lossy: bool) -> dict[str, int]:
        try:
            with opened(self._location) as connection, transaction(connection):
                if connection.dialect.name != "sqlite":
                    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
                    connection.execute(_LOCK)
                return _Change(connection, plan, self._told).made(lossy)
        except (SQLAlchemyError, OSError) as error:
            raise UpgradeFailed(f"From {plan.at} to {plan.to}: {error}. Nothing was changed.") from error

    def _settle(self, kept: Path | None) -> None:
        """Look at the changed file; when it is not sound, put the copy in its place."""
        if self._location.path is None or kept is None:
            return
        self._told("checking again")
        try:
            snapshot.check(self._location.path, self._location.key)
        except StoreDamaged as error:
            self._told("going back")
            return_to(kept, self._location.path)
            raise UpgradeFailed(f"{error.message} The copy from before is in its place again.") from error

    def _copy(self, at: str) -> Path:
        path = self._path
        folder = self._folder / SNAPSHOTS
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / f"schema-{at}-{_stamp()}.db"
        snapshot.copy(path, self._location.key, target)
        return target

    def _size(self, connection: Connection) -> int:
        if self._location.path is not None:
            return sum(file.stat().st_size for file in _files(self._location.path) if file.exists())
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)

    def _require_alone(self, connection: Connection) -> None:
        if self._location.url is None:
            return
        others = int(connection.execute(_OTHERS).scalar() or 0)
        if others:
            raise StoreBusy(f"{others} connections of other Mecum servers are open to this database: stop them first.")

    def _require_sound(self, plan: Plan) -> None:
        if plan.free < plan.needed:
            raise NoRoom(
                f"{plan.needed / 1e6:.0f} MB must be free on the disk with {self._folder}, there are "
                f"{plan.free / 1e6:.0f} MB.",
                free=plan.free,
                needed=plan.needed,
            )
        if self._location.path is not None:
            snapshot.check(self._location.path, self._location.key)

    @property
    def _path(self) -> Path:
        if self._location.path is None:
            raise NoSuchSchema("A PostgreSQL database is copied by its own export.")
        return self._location.path


class _Change:
    """The migrations of a plan within one transaction, and the comparison of what was there with what is."""

    def __init__(self, connection: Connection, plan: Plan, told: Told) -> None:
        self._connection, self._plan, self._told = connection, plan, told
        self._changes = migrate.intended(plan.steps)
        self._down = plan.at is not None and plan.steps[:1] == [plan.at]

    def made(self, lossy: bool) -> dict[str, int]:
        """Migrate, and return what an older schema had no place for; raises UpgradeFailed, DowngradeLoses."""
        self._told("comparing")
        before = content.columns(self._connection)
        after, fewer = self._foreseen(before) if self._down else (before, {})
        lost = self._lost(before, after, fewer) if self._down else {}
        if lost and not lossy:
            named = ", ".join(f"{rows} rows of {place}" for place, rows in lost.items())
            raise DowngradeLoses(
                f"Schema {self._plan.to} has no place for {named}. With --yes they stay in the copy made before.",
                lost=lost,
            )
        # Of a table that gives up rows what is left is not what was there: those rows were named.
        watched = self._watched({table: names for table, names in before.items() if table not in fewer}, after)
        hashed = content.hashes(self._connection, watched)
        self._told("changing")
        migrate.move(self._connection, self._plan.to)
        self._told("comparing")
        self._compare(watched, hashed)
        return lost

    def _foreseen(self, before: Mapping[str, object]) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
        """Return the columns there will be, and how many rows fewer in which table: the way is gone and taken back."""
        had = content.counts(self._connection, before)
        trial = self._connection.begin_nested()
        migrate.move(self._connection, self._plan.to)
        found = content.columns(self._connection)
        left = content.counts(self._connection, found.keys() & had.keys())
        trial.rollback()
        return found, {table: had[table] - rows for table, rows in left.items() if rows < had[table]}

    def _lost(
        self,
        before: Mapping[str, tuple[str, ...]],
        after: Mapping[str, tuple[str, ...]],
        fewer: Mapping[str, int],
    ) -> dict[str, int]:
        lost = {**content.counts(self._connection, before.keys() - after.keys()), **fewer}
        for table in before.keys() & after.keys():
            for name in set(before[table]) - set(after[table]):
                lost[f"{table}.{name}"] = content.filled(self._connection, table, name)
        return {place: rows for place, rows in sorted(lost.items()) if rows}

    def _watched(
        self, before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]]
    ) -> dict[str, list[str]]:
        """Return the columns whose every value must be there afterwards."""
        return {
            table: [name for name in names if name in after[table] and f"{table}.{name}" not in self._changes]
            for table, names in before.items()
            if table in after and table not in self._changes
        }

    def _compare(self, watched: Mapping[str, list[str]], hashed: Mapping[str, str]) -> None:
        now = content.columns(self._connection)
        gone = [
            f"{table}.{name}" for table, names in watched.items() for name in names if name not in now.get(table, ())
        ]
        if gone:
            raise UpgradeFailed(f"The change would lose {', '.join(gone)}. Nothing was changed.")
        found = content.hashes(self._connection, watched)
        different = sorted(table for table in watched if found[table] != hashed[table])
        if different:
            raise UpgradeFailed(f"The change would alter rows of {', '.join(different)}. Nothing was changed.")
        if self._connection.dialect.name == "sqlite":
            broken = self._connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise UpgradeFailed(f"The change would leave {len(broken)} rows without what they refer to.")


def recover(location: Location) -> str | None:
    """Settle what a killed change of schema left beside the SQLite file; return what was found, None for nothing.

    The transaction was rolled back or is whole; a file that is neither is replaced by the copy from before. Raises
    StoreDamaged when that copy is gone too.
    """
    path = location.path
    note = None if path is None else path.parent / NOTE
    if path is None or note is None or not note.exists():
        return None
    said = _read(note)
    kept = None if said.get("snapshot") is None else Path(str(said["snapshot"]))
    found = _state(location, said)
    if found == "broken":
        if kept is None or not kept.exists():
            raise StoreDamaged(f"A change of schema was cut short and {path} is damaged: restore a backup.")
        return_to(kept, path)
        found = "returned"
    note.unlink(missing_ok=True)
    return found


def return_to(kept: Path, path: Path) -> None:
    """Put a copy of the store in its place; killed meanwhile, it can be done again."""
    draft = path.with_name(f"{path.name}.return")
    draft.unlink(missing_ok=True)
    shutil.copyfile(kept, draft)
    draft.chmod(0o600)
    for rest in _files(path)[1:]:
        # Theirs is the damaged file; beside the copy they would spoil it.
        rest.unlink(missing_ok=True)
    draft.replace(path)


def _state(location: Location, said: Mapping[str, Any]) -> str:
    try:
        with opened(location) as connection:
            at = migrate.current(connection)
        if at not in (said.get("from"), said.get("to")):
            return "broken"
        if location.path is not None:
            snapshot.check(location.path, location.key)
    except (SQLAlchemyError, StoreDamaged):
        return "broken"
    return "old" if at == said.get("from") else "new"


def _files(path: Path) -> list[Path]:
    return [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")]


def _stamp() -> str:
    return "".join(sign for sign in clock.iso(clock.milliseconds()) if sign.isdigit())


def _write(note: Path, said: Mapping[str, Any]) -> None:
    draft = note.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(orjson.dumps(said))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(note)


def _read(note: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = orjson.loads(note.read_bytes())
    except orjson.JSONDecodeError:
        return {}
    return found
