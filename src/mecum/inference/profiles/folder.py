"""The profiles of the instance: files that came with Mecum, and those in the folder, which cover them by name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from mecum.inference.configuration import files
from mecum.inference.configuration.files import DocumentFile
from mecum.inference.profiles.errors import ProfileExists, ProfileNotFound, ProfileShipped
from mecum.kernel import clock

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_MOMENT: Final = re.compile(r"\d{1,15}")
_SHIPPED: Final = Path(__file__).parent / "shipped"


@dataclass(frozen=True, slots=True)
class RemovedFile:
    """A profile's file in the trash, and when it was put there."""

    path: Path
    name: str
    removed_at: datetime


@dataclass(frozen=True, slots=True)
class ProfileFolder:
    """`path` is the folder; files whose names are none of a profile are not ours."""

    path: Path

    def names(self) -> list[str]:
        """Return the names of all profiles, in order."""
        return sorted(_named(_SHIPPED).keys() | _named(self.path).keys())

    def owns(self, name: str) -> bool:
        """Whether the file is in the folder, not only among those that came with Mecum."""
        return self._own(name).is_file()

    def file(self, name: str) -> DocumentFile:
        """Return the file behind a profile; it is the one in the folder where there is one, now and later."""
        return DocumentFile(f"{self.path.name}/{name}.json", (self._own(name), _SHIPPED / f"{name}.json"), profile=True)

    def body(self, name: str) -> bytes:
        """Return a profile's text; raises ProfileNotFound or ConfigurationUnreadable."""
        for path in (self._own(name), _SHIPPED / f"{name}.json"):
            if NAME.fullmatch(name) and path.is_file():
                return files.read(path)
        raise ProfileNotFound(f"There is no profile {name!r}.")

    def save(self, name: str, body: bytes, expected: str | None) -> None:
        """Write a profile whole; the first change of one that came with Mecum makes a file of its name.

        Raises ConfigurationChanged, ConfigurationUnreadable.
        """
        if expected is not None and not self.owns(name) and files.etag_of(self.body(name)) == expected:
            expected = None
        files.save(self._own(name), body, expected)

    def remove(self, name: str) -> None:
        """Move a profile's file into the trash beside it; raises ProfileShipped where there is none in the folder."""
        if not self.owns(name):
            raise ProfileShipped
        files.discard(self._own(name))

    def restore(self, name: str) -> None:
        """Bring back what was removed last under a name; raises ProfileNotFound, ProfileExists."""
        if self.owns(name):
            raise ProfileExists(f"There is a profile {name!r} already.")
        removed = [one for one in self.removed() if one.name == name]
        if not removed:
            raise ProfileNotFound(f"No profile {name!r} was removed.")
        removed[0].path.replace(self._own(name))

    def removed(self) -> list[RemovedFile]:
        """Return the files in the trash, the last removed first."""
        found: list[RemovedFile] = []
        for path in (self.path / ".trash").glob("*.json"):
            name, _, moment = path.stem.rpartition(".")
            if NAME.fullmatch(name) and _MOMENT.fullmatch(moment):
                found.append(RemovedFile(path, name, clock.from_milliseconds(int(moment))))
        return sorted(found, key=lambda one: one.removed_at, reverse=True)

    def purge(self, name: str) -> None:
        """Delete for ever the file that was removed last under a name."""
        for one in [one for one in self.removed() if one.name == name][:1]:
            one.path.unlink(missing_ok=True)

    def _own(self, name: str) -> Path:
        return self.path / f"{name}.json"


def _named(folder: Path) -> Mapping[str, Path]:
    return {file.stem: file for file in folder.glob("*.json") if NAME.fullmatch(file.stem)}
