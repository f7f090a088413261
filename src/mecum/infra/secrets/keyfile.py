"""Files that hold a key or what belongs to one: written once, whole, for their owner's eyes."""

import os
import stat
from pathlib import Path

from mecum.infra.secrets.errors import KeyExposed


def read(path: Path) -> bytes | None:
    """Return the content, or None when there is no such file; raises KeyExposed when others may read it."""
    try:
        with path.open("rb") as file:
            # Asked of the open file, so that what was checked is what is read.
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise KeyExposed(f"{path} can be read by others (mode {mode:03o}): run `chmod 600 {path}`.")
            return file.read()
    except FileNotFoundError:
        return None


def create(path: Path, content: bytes) -> None:
    """Write a new file of mode 0600 and return when it is on disk; raises FileExistsError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _publish(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _publish(draft: Path, path: Path) -> None:
    try:
        # A link, because unlike a rename it never replaces a key that somebody else wrote meanwhile.
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # This file system has no links.
        draft.rename(path)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
