"""What keeps a data folder well, composed when it is asked for: backups, restores, changes of schema."""

import shutil
from pathlib import Path
from typing import Any, Final

from mecum.domains.transfer.rules.shelf import OPEN, SEALED, Shelf
from mecum.domains.transfer.service.backups import BackupService
from mecum.infra.archive.errors import ArchiveKeyRefused
from mecum.infra.archive.ledger import Ledger
from mecum.infra.archive.store import House, make
from mecum.infra.jobs.queue import Jobs
from mecum.infra.secrets.keys import Keys, open_keys
from mecum.infra.storage import migrate
from mecum.infra.storage.location import Location
from mecum.infra.storage.upgrade import SNAPSHOTS, Told, Upgrade, silent
from mecum.integrations.filesystem.blobs import FileBlobs
from mecum.kernel import clock
from mecum.settings import Settings

_MADE_OF: Final = {"file": "store.key", "passphrase": "store.salt", "keyring": "store.keyring"}


def keys_of(settings: Settings) -> Keys:
    """Return the keys of the data folder; raises what opening them raises."""
    secret = settings.storage.passphrase
    return open_keys(settings.storage.key, settings.data_dir, secret.get_secret_value() if secret else None)


def location_of(settings: Settings, keys: Keys) -> Location:
    """Return where the store is."""
    if settings.storage.url is not None:
        return Location(url=settings.storage.url)
    return Location(path=settings.data_dir / "mecum.db", key=keys.store)


def house_of(settings: Settings, keys: Keys) -> House:
    """Return the data folder as backups see it."""
    blobs = FileBlobs(settings.data_dir / "blobs", keys.derived("blobs") if keys.store else None)
    key = keys.derived("backups") if keys.store else None
    return House(settings.data_dir, location_of(settings, keys), key, blobs.path_of)


def folder_of(settings: Settings) -> Path:
    """Return the folder of backups."""
    return settings.backup.folder or settings.data_dir / "backups"


def shelf_of(settings: Settings) -> Shelf:
    """Return the backups there are."""
    return Shelf(folder_of(settings), settings.data_dir / SNAPSHOTS, settings.backup.copy_days)


def ledger_of(settings: Settings) -> Ledger:
    """Return what notes what was deleted for ever."""
    return Ledger.of(settings.data_dir, settings.backup.folder)


def backups_of(settings: Settings, keys: Keys, jobs: Jobs) -> BackupService:
    """Return the service of backups."""
    return BackupService(
        house_of(settings, keys),
        shelf_of(settings),
        ledger_of(settings),
        jobs,
        keep_days=settings.backup.keep_days,
        key=key_note(settings),
    )


def aside_of(settings: Settings, keys: Keys) -> Path:
    """Make a backup of what a restore is about to replace; return where it is."""
    return _backed_up(settings, keys, "before-restore")


def one_below(at: str | None) -> str:
    """Return the schema before one; `base` before the first."""
    known = [migrate.BASE, *migrate.revisions()]
    return known[max(0, known.index(at or migrate.BASE) - 1)]


def upgrade_of(settings: Settings, keys: Keys, told: Told = silent) -> Upgrade:
    """Return what changes the schema of the store."""
    location = location_of(settings, keys)
    if location.path is not None:
        return Upgrade(location, settings.data_dir, told=told)

    def copied(at: str) -> Path:
        return _backed_up(settings, keys, f"schema-{at}")

    return Upgrade(location, settings.data_dir, copied=copied, told=told)


def _backed_up(settings: Settings, keys: Keys, name: str) -> Path:
    folder = folder_of(settings)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = "".join(sign for sign in clock.iso(clock.milliseconds()) if sign.isdigit())
    house = house_of(settings, keys)
    target = folder / f"{name}-{stamp}{SEALED if house.key else OPEN}"
    made_at = clock.iso(clock.milliseconds())
    return make(house, target, {"id": target.name, "made_at": made_at, "key": key_note(settings)}).path


def key_note(settings: Settings) -> dict[str, Any]:
    """Return what a backup says in the clear of the key it needs; the salt of a passphrase is no secret."""
    note: dict[str, Any] = {"source": settings.storage.key}
    part = settings.data_dir / _MADE_OF.get(settings.storage.key, "-")
    if settings.storage.key in ("passphrase", "keyring") and part.is_file():
        note["part"] = part.read_text()
    return note


def keys_for(settings: Settings, head: dict[str, Any], key_file: Path | None) -> Keys:
    """Return the keys that open a backup, from the data folder or, where that is empty, what the backup says of them.

    Writes the missing part of the key into the data folder, whose content the backup becomes. Raises
    ArchiveKeyRefused, and what opening keys raises.
    """
    note: dict[str, Any] = head.get("key") or {"source": settings.storage.key}
    if note["source"] != settings.storage.key:
        raise ArchiveKeyRefused(
            f"This backup is of a store with the key {note['source']!r}, here it is {settings.storage.key!r}: "
            f"set MECUM_STORAGE__KEY={note['source']}."
        )
    name = _MADE_OF.get(settings.storage.key)
    part = settings.data_dir / name if name else None
    if part is not None and not part.exists():
        _bring(part, note, key_file)
    return keys_of(settings)


def _bring(part: Path, note: dict[str, Any], key_file: Path | None) -> None:
    if key_file is not None:
        shutil.copyfile(key_file, part)
    elif "part" in note:
        part.write_text(str(note["part"]))
    else:
        raise ArchiveKeyRefused(f"Put the key of the backup at {part}, or name it with --key-file.")
    part.chmod(0o600)
