"""A backup of a whole data folder while it is in use, and back: the store, the files it holds, the configuration."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from mecum.infra.archive.errors import ArchiveDamaged, ArchiveOfAnother, NotAnArchive
from mecum.infra.archive.reading import ArchiveReader, Member
from mecum.infra.archive.writing import ArchiveWriter
from mecum.infra.storage import content, exchange, migrate, snapshot
from mecum.infra.storage.errors import NoRoom, StoreTooNew
from mecum.infra.storage.location import Location, opened, transaction
from mecum.kernel import ids

STORE: Final = "mecum.db"
_TABLES: Final = "tables/"
_FOLDERS: Final = ("config",)
_FILES: Final = ("secret.key", "store.salt", "store.keyring")
"""What a key is made of, never `store.key` itself: beside what it opens it would protect nothing."""
_TABLE_PIECE: Final = 8 << 20
_SPARE: Final = 64 << 20
_BLOBS: Final = "SELECT organisation_id, sha256 FROM blobs WHERE holders > 0"
_COUNTED: Final = ("conversations", "messages", "files")

Told = Callable[[str, int, int], None]
"""Called with what is being done (`copying`, `writing`, `reading`, `checking`, `replacing`), bytes done and bytes in
all."""


def silent(says: str, done: int, of: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class House:
    """A data folder: where its store is, the key its backups are sealed with, and where a file's bytes are."""

    folder: Path
    location: Location
    key: bytes | None = field(repr=False)
    blob: Callable[[str, str], Path]
    """Takes an organisation's id and the SHA-256 of the content."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds. `missing` counts files whose bytes were not there; sizes are bytes."""

    path: Path
    head: dict[str, Any]
    size: int
    rows: dict[str, int]
    missing: int


def make(house: House, target: Path, head: dict[str, Any], told: Told = silent) -> Made:
    """Write a backup of the state of one moment to the new file `target`; nobody is kept from working meanwhile.

    Raises NoRoom, StoreKeyRefused, StoreUnavailable, OSError; leaves nothing then.
    """
    if house.location.path is not None:
        return _of_file(house, house.location.path, target, head, told)
    return _of_postgres(house, target, head, told)


def verify(path: Path, key: bytes | None, told: Told = silent) -> dict[str, Any]:
    """Read the whole of a backup and return its head; raises what reading an archive raises."""
    size = path.stat().st_size
    with ArchiveReader(path, key, lambda done: told("reading", done, size)) as reader:
        for member in reader.members():
            for _ in member.pieces:
                pass
        return reader.head


def verify_copy(path: Path, key: bytes | None, told: Told = silent) -> None:
    """Read every page of the copy of a SQLite store; raises StoreDamaged, StoreKeyRefused."""
    size = path.stat().st_size
    told("checking", 0, size)
    snapshot.check(path, key)
    told("checking", size, size)


def restore(house: House, path: Path, store_key: bytes | None, told: Told = silent) -> Path | None:
    """Put a backup in the place of what the data folder holds; return the folder that keeps that, None for PostgreSQL.

    The caller holds the data folder. All of it is read, compared and opened before anything is replaced; raises what
    reading an archive raises, ArchiveOfAnother, StoreTooNew, NoRoom, StoreDamaged.
    """
    size = path.stat().st_size
    _require_room(house.folder, size * 2)
    staged = exchange.stage(house.folder)
    try:
        if house.location.path is None:
            verify(path, house.key, told)
            _into_postgres(house, path, staged, told)
            return None
        with ArchiveReader(path, house.key, lambda done: told("reading", done, size)) as reader:
            _require_fitting(reader.head, "sqlite")
            for member in reader.members():
                _unpacked(staged, member)
        _settle(staged, store_key, told, size)
        told("replacing", size, size)
        return exchange.commit(house.folder)
    finally:
        if not (house.folder / exchange.STAGED / "ready").exists():
            exchange.discard(house.folder)


def restore_copy(house: House, path: Path, store_key: bytes | None, told: Told = silent) -> Path:
    """Put the copy of a SQLite store that an upgrade made in the store's place; files and configuration stay.

    Raises StoreKeyRefused, StoreDamaged, NoRoom.
    """
    size = path.stat().st_size
    _require_room(house.folder, size)
    staged = exchange.stage(house.folder)
    try:
        shutil.copyfile(path, staged / STORE)
        (staged / STORE).chmod(0o600)
        _settle(staged, store_key, told, size)
        return exchange.commit(house.folder)
    finally:
        if not (house.folder / exchange.STAGED / "ready").exists():
            exchange.discard(house.folder)


def _of_file(house: House, path: Path, target: Path, head: dict[str, Any], told: Told) -> Made:
    size = path.stat().st_size
    _require_room(target.parent, size * 2)
    copied = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    key = house.location.key
    told("copying", 0, size)
    try:
        snapshot.copy(path, key, copied)
        revision = str(snapshot.rows(copied, key, "SELECT version_num FROM alembic_version")[0][0])
        rows = {name: int(snapshot.rows(copied, key, f"SELECT count(*) FROM {name}")[0][0]) for name in _COUNTED}  # noqa: S608
        blobs = [(ids.text("org", number), sha256) for number, sha256 in snapshot.rows(copied, key, _BLOBS)]
        found = [house.blob(organisation, sha256) for organisation, sha256 in blobs]
        whole = copied.stat().st_size + sum(one.stat().st_size for one in found if one.exists())
        said = {**head, "database": "sqlite", "revision": revision}
        with ArchiveWriter(target, house.key, said, lambda done: told("writing", done, whole)) as archive:
            archive.add_file(STORE, copied)
            missing = _add_rest(archive, house, found)
        return Made(target, archive.head, target.stat().st_size, rows, missing)
    finally:
        copied.unlink(missing_ok=True)


def _of_postgres(house: House, target: Path, head: dict[str, Any], told: Told) -> Made:
    from mecum.infra.storage import tables  # noqa: PLC0415 - needs the driver of PostgreSQL

    with opened(house.location) as connection, transaction(connection, read_only=True):
        size = int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)
        _require_room(target.parent, size)
        revision = migrate.current(connection)
        rows = content.counts(connection, _COUNTED)
        blobs = connection.exec_driver_sql(_BLOBS).all()
        found = [house.blob(ids.text("org", number), sha256) for number, sha256 in blobs]
        said = {**head, "database": "postgresql", "revision": revision}
        with ArchiveWriter(target, house.key, said, lambda done: told("writing", done, size)) as archive:
            for place, table in enumerate(tables.names(connection)):
                for number, piece in enumerate(_gathered(tables.dump(connection, table))):
                    archive.add(f"{_TABLES}{place:03d}-{table}/{number:06d}", piece)
            missing = _add_rest(archive, house, found)
    return Made(target, archive.head, target.stat().st_size, rows, missing)


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A row at a time would be a member each."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _TABLE_PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _add_rest(archive: ArchiveWriter, house: House, blobs: list[Path]) -> int:
    missing = 0
    for path in blobs:
        try:
            archive.add_file(path.relative_to(house.folder).as_posix(), path)
        except FileNotFoundError:
            # Deleted for ever since the moment of the copy, or lost before: the backup says how many.
            missing += 1
    for path in _configuration(house.folder):
        with contextlib.suppress(FileNotFoundError):
            archive.add_file(path.relative_to(house.folder).as_posix(), path)
    return missing


def _configuration(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in _FILES if (folder / name).is_file())
    for name in _FOLDERS:
        for root, _, files in os.walk(folder / name):
            yield from (Path(root) / file for file in sorted(files))


def _into_postgres(house: House, path: Path, staged: Path, told: Told) -> None:
    from mecum.infra.storage import tables  # noqa: PLC0415 - needs the driver of PostgreSQL

    size = path.stat().st_size
    with ArchiveReader(path, house.key, lambda done: told("replacing", done, size)) as reader:
        _require_fitting(reader.head, "postgresql")
        with opened(house.location) as connection, transaction(connection):
            at = migrate.current(connection)
            migrate.require_known(at)
            if at is not None:
                migrate.move(connection, migrate.BASE)
            migrate.move(connection, str(reader.head["revision"]))
            members = _Members(reader.members())
            while (table := members.table()) is not None:
                if table != "alembic_version":
                    tables.load(connection, table, members.rows(table))
                else:
                    members.skip(table)
            for member in members.rest():
                _unpacked(staged, member)
            tables.count_on(connection)
            # Files are named by their content: before the commit they are nobody's, and after a killing too.
            shutil.copytree(staged, house.folder, dirs_exist_ok=True)


class _Members:
    """The members of an archive, those of one table after the other."""

    def __init__(self, members: Iterator[Member]) -> None:
        self._members = members
        self._next = next(members, None)

    def table(self) -> str | None:
        """Return the table that comes next."""
        if self._next is None or not self._next.name.startswith(_TABLES):
            return None
        return self._next.name.removeprefix(_TABLES).partition("/")[0].partition("-")[2]

    def rows(self, table: str) -> Iterator[bytes]:
        """Yield the bytes of a table."""
        while self._next is not None and self.table() == table:
            yield from self._next.pieces
            self._next = next(self._members, None)

    def skip(self, table: str) -> None:
        """Pass a table by."""
        for _ in self.rows(table):
            pass

    def rest(self) -> Iterator[Member]:
        """Yield what is no table."""
        while self._next is not None:
            yield self._next
            self._next = next(self._members, None)


def _unpacked(staged: Path, member: Member) -> None:
    parts = PurePosixPath(member.name).parts
    if not parts or ".." in parts or member.name.startswith("/") or "\\" in member.name or ":" in member.name:
        raise ArchiveDamaged(f"The backup names a file outside of its folder: {member.name}.")
    target = staged.joinpath(*parts)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in member.pieces:
            file.write(piece)


def _settle(staged: Path, key: bytes | None, told: Told, size: int) -> None:
    """Open what was staged: every page is looked at and every index made anew."""
    told("checking", 0, size)
    if not (staged / STORE).is_file():
        raise NotAnArchive
    snapshot.check(staged / STORE, key)
    migrate.require_known(str(snapshot.rows(staged / STORE, key, "SELECT version_num FROM alembic_version")[0][0]))
    snapshot.rebuild_indexes(staged / STORE, key)
    snapshot.settle(staged / STORE, key)


def _require_fitting(head: dict[str, Any], database: str) -> None:
    if head.get("database") != database:
        raise ArchiveOfAnother(f"This is a backup of {head.get('database')}; here the store is {database}.")
    if head.get("revision") not in migrate.revisions():
        raise StoreTooNew(revision=head.get("revision"))


def _require_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE:
        raise NoRoom(
            f"{(size + _SPARE) / 1e6:.0f} MB must be free on the disk with {folder}, there are {free / 1e6:.0f} MB.",
            free=free,
            needed=size + _SPARE,
        )
