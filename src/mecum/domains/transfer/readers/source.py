"""What readers are given: a file, the files beside it in the same archive, and secrets.

Nothing is ever unpacked to disk. An archive is bounded: how many members, how much each may become, how well it may be
compressed. Links, encrypted members and names that lead out of it are refused, each with its reason.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO, Final, cast

from mecum.domains.transfer.errors import ImportUnreadable
from mecum.domains.transfer.rules.incoming import Attached, Skipped

ZIP: Final = b"PK\x03\x04"
_MOST_MEMBERS: Final = 200_000
_MOST_BYTES: Final = 16 << 30
_MOST_RATIO: Final = 200
_SMALL: Final = 1 << 20
"""Below this the ratio is not asked: a short text of one letter is no bomb."""
_LINK_SYSTEMS: Final = (3, 19)
"""Systems whose members have a file mode: Unix, macOS."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the system of `assistant-db` was started with."""

    secret_key: str
    salt: str


@dataclass(slots=True)
class Archive:
    """The members of a zip file, by name, and which of them somebody asked for."""

    file: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]
    refused: list[Skipped]
    most_attached: int
    used: set[str] = field(default_factory=set[str])
    _by_key: dict[str, str] = field(default_factory=dict[str, str])

    def open(self, member: str) -> BinaryIO:
        """Return a member's bytes as they are unpacked."""
        return cast(BinaryIO, self.file.open(self.members[member]))

    def holds(self, key: str) -> bool:
        """Whether there is a file whose name holds this key; it is asked for by that."""
        name = self._found(key)
        self.used.update(() if name is None else (name,))
        return name is not None

    def attached(self, key: str) -> Attached | str:
        """Return the file whose name holds this key, or why there is none."""
        name = self._found(key)
        if name is None:
            return "its file is not in the archive"
        self.used.add(name)
        if self.members[name].file_size > self.most_attached:
            return "its file is larger than this server accepts"
        try:
            content = self.file.read(self.members[name])
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
            return "its file is damaged"
        return Attached(PurePosixPath(name).name, content) if content else "its file is empty"

    def _found(self, key: str) -> str | None:
        if not self._by_key:
            for name in self.members:
                self._by_key.setdefault(PurePosixPath(name).name, name)
                for start in _starts(PurePosixPath(name).name):
                    self._by_key.setdefault(start, name)
        return self._by_key.get(key)


def _starts(name: str) -> Iterator[str]:
    """Return the keys that a member may be asked by: `file-AbC-photo.png` is `file-AbC`, `file_ab.dat` is `file_ab`."""
    stem = name.rpartition(".")[0] or name
    yield stem
    if stem.startswith("file-"):
        yield "-".join(stem.split("-")[:2])
    if stem.startswith("file_"):
        yield stem.partition("-")[0]


@dataclass(slots=True)
class Source:
    """A file to be read, the archive it comes from, and secrets."""

    name: str
    file: BinaryIO
    archive: Archive | None = None
    secrets: Secrets | None = None

    def attached(self, key: str) -> Attached | str:
        """Return the file that came along under a key, or why there is none."""
        return "its file did not come along" if self.archive is None else self.archive.attached(key)


def opened(file: BinaryIO, most_attached: int) -> Archive:
    """Return a zip file's members; raises ImportUnreadable for a damaged or a hostile one."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise ImportUnreadable("The archive is damaged.") from error
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > _MOST_MEMBERS or sum(info.file_size for info in infos) > _MOST_BYTES:
        raise ImportUnreadable("The archive holds more than is read from one.")
    members: dict[str, zipfile.ZipInfo] = {}
    refused: list[Skipped] = []
    for info in infos:
        reason = _refusal(info, members)
        if reason is None:
            members[info.filename] = info
        else:
            refused.append(Skipped("file", info.filename, reason))
    return Archive(archive, members, refused, most_attached)


def _refusal(info: zipfile.ZipInfo, members: dict[str, zipfile.ZipInfo]) -> str | None:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    mode = info.external_attr >> 16
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "its name leads out of the archive"
    if info.create_system in _LINK_SYSTEMS and stat.S_ISLNK(mode):
        return "it is a link"
    if info.flag_bits & 1:
        return "it is encrypted"
    if info.filename in members:
        return "the archive holds its name twice"
    if info.file_size > _SMALL and info.file_size > _MOST_RATIO * max(1, info.compress_size):
        return "it becomes far larger than it is: it is not unpacked"
    return None
