"""The folder of backups: each file has a card beside it that says what it holds, when it was checked and expires."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson

from mecum.infra.archive.errors import ArchiveTooNew, NotAnArchive
from mecum.infra.archive.reading import head_of
from mecum.kernel import clock

OPEN: Final = ".tar"
SEALED: Final = ".mecum"
COPY: Final = ".db"
_CARD: Final = ".json"
_DAY_MS: Final = 24 * 3600 * 1000
_BY_ITSELF: Final = ("schema-", "before-restore-")
"""What the names of copies begin with that nobody asked for: made before a change of schema, or before a restore."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a backup. Moments are ISO text; what is not known is None."""

    id: str
    name: str
    size: int
    made_at: str | None
    mecum: str | None
    database: str | None
    revision: str | None
    sealed: bool
    copy: bool = False
    """Whether it is the copy of the store alone that an upgrade made."""
    conversations: int | None = None
    messages: int | None = None
    files: int | None = None
    missing: int | None = None
    verified_at: str | None = None
    problem: str | None = None
    expires_at: str | None = None
    kept: bool = False
    """Whether a person said how long it is kept."""

    @property
    def moment(self) -> int:
        """Of which moment it is, in milliseconds; 0 where nobody knows."""
        return 0 if self.made_at is None else clock.to_milliseconds(datetime.fromisoformat(self.made_at))

    @property
    def by_itself(self) -> bool:
        """Whether nobody asked for it: it was made before a change of schema, or before a restore."""
        return self.name.startswith(_BY_ITSELF)

    @classmethod
    def of(cls, head: dict[str, Any], name: str, size: int, counts: dict[str, int], expires_at: str | None) -> Self:
        """Return the card of a backup that was just made."""
        return cls(
            id=head["id"],
            name=name,
            size=size,
            made_at=head.get("made_at"),
            mecum=head.get("mecum"),
            database=head.get("database"),
            revision=head.get("revision"),
            sealed=bool(head["sealed"]),
            conversations=counts.get("conversations"),
            messages=counts.get("messages"),
            files=counts.get("files"),
            missing=counts.get("missing"),
            expires_at=expires_at,
        )

    def checked(self, at: str, problem: str | None) -> Self:
        """Return the card after a check."""
        return replace(self, verified_at=at, problem=problem)

    def expiring(self, at: str | None) -> Self:
        """Return the card with another end, as a person wants it."""
        return replace(self, expires_at=at, kept=True)

    def shown(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


class Shelf:
    """The folder; what somebody else put there is listed too."""

    def __init__(self, folder: Path, copies: Path | None = None, copy_days: int = 0) -> None:
        """Keep backups in `folder`; what upgrades copied is in `copies` too, and goes after `copy_days`, 0: never."""
        self.folder, self._copy_days = folder, copy_days
        self._folders = [folder] if copies in (None, folder) else [folder, copies]

    def new(self, sealed: bool) -> Path:
        """Return the path of a backup to be made, named after the moment, or after the next one that is free."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        at = clock.milliseconds()
        while True:
            stamp = clock.iso(at).replace(":", "").replace(".", "")
            path = self.folder / f"mecum-{stamp}{SEALED if sealed else OPEN}"
            if not path.exists():
                return path
            at += 1

    def newest(self) -> list[Card]:
        """Return every backup, the newest first."""
        return sorted(self._all(), key=lambda card: (card.made_at or "", card.name), reverse=True)

    def find(self, backup_id: str) -> Card | None:
        """Return one by its id or its file's name."""
        return next((card for card in self._all() if backup_id in (card.id, card.name)), None)

    def path(self, card: Card) -> Path:
        """Return the file."""
        return self.where(card.name) or self.folder / card.name

    def where(self, name: str) -> Path | None:
        """Return the file of this name, None where there is none."""
        return next((folder / name for folder in self._folders if (folder / name).is_file()), None)

    def put(self, card: Card) -> None:
        """Write a card."""
        path = self._beside(self.path(card))
        draft = path.with_suffix(".new")
        draft.write_bytes(orjson.dumps(asdict(card)))
        draft.chmod(0o600)
        draft.replace(path)

    def remove(self, card: Card) -> None:
        """Remove a backup and its card."""
        path = self.path(card)
        path.unlink(missing_ok=True)
        self._beside(path).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove what a killed process left half written."""
        for folder in self._there():
            for path in folder.glob(".mecum-*"):
                path.unlink(missing_ok=True)

    def _all(self) -> Iterator[Card]:
        for folder in self._there():
            for path in folder.iterdir():
                if path.suffix in (OPEN, SEALED, COPY) and not path.name.startswith(".") and path.is_file():
                    yield self._ending(self._card(path) or self._read(path))

    def _there(self) -> list[Path]:
        return [folder for folder in self._folders if folder.is_dir()]

    def _beside(self, path: Path) -> Path:
        return path.with_name(path.name + _CARD)

    def _ending(self, card: Card) -> Card:
        """Return the card with its end, where nobody asked for the file and nobody said how long it is kept."""
        if not card.by_itself or card.kept or card.made_at is None or not self._copy_days:
            return card
        return replace(card, expires_at=clock.iso(card.moment + self._copy_days * _DAY_MS))

    def _card(self, path: Path) -> Card | None:
        try:
            said: dict[str, Any] = orjson.loads(self._beside(path).read_bytes())
            return replace(Card(**said), name=path.name, size=path.stat().st_size)
        except (OSError, orjson.JSONDecodeError, TypeError):
            return None

    def _read(self, path: Path) -> Card:
        """Return what the file says of itself."""
        status = path.stat()
        at = clock.iso(status.st_mtime_ns // 1_000_000)
        if path.suffix == COPY:
            revision = path.name.removeprefix("schema-").partition("-")[0]
            return Card(path.name, path.name, status.st_size, at, None, "sqlite", revision, sealed=False, copy=True)
        try:
            head = head_of(path)
        except (NotAnArchive, ArchiveTooNew) as error:
            return Card(path.name, path.name, status.st_size, at, None, None, None, sealed=False, problem=error.code)
        return Card.of({"id": path.name, **head}, path.name, status.st_size, {}, None)
