"""A file of the configuration: read when it changed, kept as it last was good, written whole or not at all."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from mecum.inference.configuration.checking import Checked, checked
from mecum.inference.configuration.errors import (
    ConfigurationChanged,
    ConfigurationTooLarge,
    ConfigurationUnreadable,
)
from mecum.inference.configuration.problems import Problem
from mecum.inference.configuration.text import MOST_BYTES, Places, format_of
from mecum.kernel import clock

Stamp = tuple[str, int, int, int, int]
"""What is cheap to compare: the path, when content and entry last changed (nanoseconds), the size, the number."""
NOTHING = Checked({}, (), (), Places(dict))


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was last looked at. `in_force` is what counts of it: what it says, or said when it last held."""

    name: str
    stamp: Stamp | None = None
    etag: str | None = None
    """Names the content; None where there is no file."""
    latest: Checked = NOTHING
    in_force: Checked = NOTHING

    @property
    def stale(self) -> bool:
        """Whether an earlier content is in force, because this one does not hold."""
        return self.in_force is not self.latest and self.in_force is not NOTHING


class DocumentFile:
    """One file, or the first there is of several; its name is how people see it."""

    def __init__(self, name: str, paths: Sequence[FilePath], *, profile: bool = False) -> None:
        self.name, self.paths, self.profile = name, tuple(paths), profile
        self.state = FileState(name)

    @property
    def changed(self) -> bool:
        """Whether the file is another one than it was; costs one look at its entry in the folder."""
        return _stamp(self.paths) != self.state.stamp

    def looked_at(self) -> FileState:
        """Return its present state; reads only what changed, and changes nothing here."""
        before = self.state
        stamp = _stamp(self.paths)
        if stamp == before.stamp:
            return before
        if stamp is None:
            return FileState(self.name)
        try:
            body = read(FilePath(stamp[0]))
        except (ConfigurationUnreadable, ConfigurationTooLarge) as error:
            said = Problem(type(error), error.message, (), self.name)
            return replace(before, stamp=stamp, etag=None, latest=replace(NOTHING, problems=(said,)))
        etag = etag_of(body)
        if etag == before.etag:
            return replace(before, stamp=stamp)
        latest = checked(body, format_of(self.name), self.name, profile=self.profile)
        return FileState(self.name, stamp, etag, latest, latest if latest.valid else before.in_force)


def etag_of(body: bytes) -> str:
    """Return what names this content."""
    return hashlib.sha256(body).hexdigest()[:32]


def read(path: FilePath) -> bytes:
    """Return a file's content; raises ConfigurationUnreadable or ConfigurationTooLarge."""
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigurationUnreadable(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if len(body) > MOST_BYTES:
        raise ConfigurationTooLarge(f"{path.name} is larger than {MOST_BYTES >> 20} MB.")
    return body


def save(path: FilePath, body: bytes, expected: str | None) -> str:
    """Replace the file at `path` as a whole, if its content is still the `expected` one; return its new etag.

    `expected` is None where there must be no file yet. Raises ConfigurationChanged with both etags, or
    ConfigurationUnreadable.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        # At the last moment: whoever edits by hand does not ask us.
        present = etag_of(path.read_bytes()) if path.exists() else None
        if present != expected:
            raise changed(expected, present)
        draft.replace(path)
        _settle(path.parent)
    except OSError as error:
        raise ConfigurationUnreadable(f"{path.name} cannot be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return etag_of(body)


def changed(expected: str | None, present: str | None) -> ConfigurationChanged:
    """Return the error for a content that is another one than the `expected`; None is no content, or none named."""
    said = None
    if expected is None:
        said = f'There is a content already: name it in `If-Match`, as "{present}", to replace it.'
    elif present is None:
        said = "It is not there any more: without `If-Match` it is made anew."
    return ConfigurationChanged(said, expected=expected, present=present)


def discard(path: FilePath) -> FilePath:
    """Move a file into the folder `.trash` beside it, under a name of its own; return where it lies now."""
    trash = path.parent / ".trash"
    place = trash / f"{path.stem}.{clock.milliseconds()}{path.suffix}"
    try:
        trash.mkdir(mode=0o700, exist_ok=True)
        path.replace(place)
    except OSError as error:
        raise ConfigurationUnreadable(f"{path.name} cannot be removed: {error.strerror or error}.") from error
    return place


def _settle(folder: FilePath) -> None:
    """Make a renaming outlive a power cut; not every system lets a folder be opened for it."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _stamp(paths: Sequence[FilePath]) -> Stamp | None:
    for path in paths:
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return (str(path), 0, 0, 0, 0)
        return (str(path), found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
    return None
