"""What was deleted for ever, since when it was there and until when: so that backups can say what they still hold."""

import os
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Self

from mecum.kernel import clock

NAME: Final = "purged.log"
FOLDER: Final = "backups"
"""Where backups are in a data folder."""
_COLUMNS: Final = 3
_DAY_MS: Final = 24 * 3600 * 1000


class Ledger:
    """Two moments (milliseconds) and how many things, a line each; never what they were. `folders` are of backups."""

    _writing = threading.Lock()

    def __init__(self, path: Path, folders: Iterable[Path]) -> None:
        self._path, self._folders = path, tuple(dict.fromkeys(folders))

    @classmethod
    def of(cls, data: Path, backups: Path | None) -> Self:
        """Return that of a data folder whose backups are in `backups`, or in its own folder of them."""
        own = data / FOLDER
        return cls(data / NAME, [own] if backups is None else [backups, own])

    def note(self, since: Sequence[int]) -> None:
        """Note that things were deleted for ever that were there since these moments; without backups nothing is."""
        if not since or not any(folder.is_dir() and any(folder.iterdir()) for folder in self._folders):
            return
        now = clock.milliseconds()
        counted = Counter(moment if moment <= now else 0 for moment in since)
        lines = "".join(f"{moment} {now} {count}\n" for moment, count in counted.items())
        with self._writing:
            # Appended in one go: another process may do the same.
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, lines.encode())
            finally:
                os.close(file)

    def held(self, moments: Sequence[int]) -> list[int]:
        """Return, for a backup of each of these moments, how much of what was deleted for ever is in it."""
        noted = self._noted()
        return [sum(count for since, until, count in noted if since <= moment <= until) for moment in moments]

    def forget_before(self, oldest: int | None) -> None:
        """Forget what no backup holds; `oldest` is the moment of the oldest one, None where there is none.

        What was deleted within a day stays noted: a backup of that time may be under way.
        """
        least = clock.milliseconds() - _DAY_MS
        least = least if oldest is None else min(oldest, least)
        with self._writing:
            noted = self._noted()
            left = [one for one in noted if one[1] >= least]
            if len(left) == len(noted):
                return
            draft = self._path.with_suffix(".new")
            draft.write_text("".join(f"{since} {until} {count}\n" for since, until, count in left))
            draft.chmod(0o600)
            draft.replace(self._path)

    def _noted(self) -> list[tuple[int, int, int]]:
        """Return (since, until, how many) of each line; one that a crash cut short is left out."""
        try:
            lines = self._path.read_text("ascii", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        said = [line.split() for line in lines]
        whole = [one for one in said if len(one) == _COLUMNS and "".join(one).isdecimal()]
        return [(int(since), int(until), int(count)) for since, until, count in whole]
