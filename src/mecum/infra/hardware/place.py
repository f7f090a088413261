"""Where a machine is read: the root of its files, and where its programs are. A test gives a folder of its own."""

import contextlib
import platform
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_PROGRAM_SECONDS: Final = 2.0
_MOST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """A root folder, the operating system whose files are there, and a search path for programs (None: the usual)."""

    root: Path = Path("/")
    system: str = field(default_factory=platform.system)
    programs: str | None = None

    def folder(self, path: str) -> Path:
        """Return where `path`, without its leading slash, is here."""
        return self.root / path

    def ask(self, program: str, *arguments: str) -> str | None:
        """Return what a program prints; None when it is missing, fails, or takes more than two seconds."""
        found = shutil.which(program, path=self.programs)
        if found is None:
            return None
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            ended = subprocess.run(  # noqa: S603 - a fixed program with fixed words
                [found, *arguments], capture_output=True, check=True, timeout=_PROGRAM_SECONDS, stdin=subprocess.DEVNULL
            )
            return ended.stdout[:_MOST_BYTES].decode("utf-8", "replace").strip()
        return None


def text(path: Path) -> str | None:
    """Return the stripped text of a small file; None when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace").strip("\0 \n\t")
    except OSError:
        return None


def number(path: Path) -> int | None:
    """Return the whole number in a file; None when there is none."""
    return whole(text(path))


def whole(said: str | None) -> int | None:
    """Return the whole number that `said` is; None when it is none."""
    try:
        return None if said is None else int(said)
    except ValueError:
        return None


def entries(folder: Path, pattern: str = "*") -> list[Path] | None:
    """Return what is in a folder, by name; None when the folder is not there."""
    try:
        return sorted(folder.glob(pattern)) if folder.is_dir() else None
    except OSError:
        return None
