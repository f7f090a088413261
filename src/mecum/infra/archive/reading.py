"""Reading an archive: whose it is, every member in its order, and at the end whether all of it is as it was written."""

import hashlib
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, cast

import orjson

from mecum.infra.archive.errors import ArchiveDamaged, ArchiveKeyRefused, ArchiveTooNew, NotAnArchive
from mecum.infra.archive.sealing import SealedIn, check_value
from mecum.infra.archive.writing import FORMAT, HEAD, MAGIC, MANIFEST, Told

_MOST_HEAD: Final = 64 << 10
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive; `pieces` must be gone through before the next one."""

    name: str
    size: int
    pieces: Iterator[bytes]


class ArchiveReader:
    """Reads the archive at `path`; a context manager. `head` is what it says of itself.

    Raises NotAnArchive, ArchiveTooNew, ArchiveKeyRefused, and ArchiveDamaged as soon as something is not as it was.
    """

    def __init__(self, path: Path, key: bytes | None, told: Told = lambda _: None) -> None:
        self._path, self._key, self._told = path, key, told
        self._stack = ExitStack()
        self._found: dict[str, dict[str, Any]] = {}
        self._read = 0

    def __enter__(self) -> Self:
        file = self._stack.enter_context(self._path.open("rb", buffering=_PIECE))
        try:
            self.head = _head(file)
            self._tar = self._stack.enter_context(tarfile.open(fileobj=self._opened(file), mode="r|", bufsize=_PIECE))
        except BaseException as error:
            self._stack.close()
            if isinstance(error, tarfile.TarError):
                raise ArchiveDamaged from error
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def members(self) -> Iterator[Member]:
        """Yield every member but the manifest; raises ArchiveDamaged at the latest at the end."""
        manifest: dict[str, Any] | None = None
        try:
            for info in self._tar:
                if manifest is not None or not info.isreg() or info.name in self._found:
                    raise ArchiveDamaged
                member = Member(info.name, info.size, self._pieces(info))
                if info.name == MANIFEST:
                    manifest = _parsed(b"".join(member.pieces))
                elif info.name == HEAD:
                    b"".join(member.pieces)
                else:
                    yield member
                    for _ in member.pieces:
                        pass
        except (tarfile.TarError, EOFError, UnicodeDecodeError) as error:
            raise ArchiveDamaged from error
        self._compare(manifest)

    def _opened(self, file: BinaryIO) -> Any:
        if not self.head["sealed"]:
            return file
        salt = bytes.fromhex(str(self.head["salt"]))
        if self._key is None or check_value(self._key, salt) != self.head["check"]:
            raise ArchiveKeyRefused
        return SealedIn(file, self._key, salt, self.head["_digest"])

    def _pieces(self, info: tarfile.TarInfo) -> Iterator[bytes]:
        source = cast("BinaryIO", self._tar.extractfile(info))
        digest, left = hashlib.sha256(), info.size
        while left > 0:
            try:
                piece = source.read(min(left, _PIECE))
            except tarfile.TarError as error:
                raise ArchiveDamaged from error
            if not piece:
                raise ArchiveDamaged
            digest.update(piece)
            left -= len(piece)
            self._read += len(piece)
            self._told(self._read)
            yield piece
        self._found[info.name] = {"size": info.size, "sha256": digest.hexdigest()}

    def _compare(self, manifest: dict[str, Any] | None) -> None:
        if manifest is None:
            raise ArchiveDamaged("The backup is cut short; do not rely on it.")
        found = {name: said for name, said in self._found.items() if name != MANIFEST}
        wrong = sorted(name for name, said in manifest["members"].items() if found.get(name) != said)
        if wrong or found.keys() != manifest["members"].keys():
            raise ArchiveDamaged(f"The backup is damaged: {', '.join(wrong[:5]) or 'it holds more than it should'}.")


def head_of(path: Path) -> dict[str, Any]:
    """Return what an archive says of itself, unproven; raises NotAnArchive, ArchiveTooNew and OSError."""
    with path.open("rb") as file:
        return _head(file)


def _head(file: BinaryIO) -> dict[str, Any]:
    begun = file.read(len(MAGIC))
    if begun == MAGIC:
        size = file.read(4)
        body = file.read(min(int.from_bytes(size, "big"), _MOST_HEAD))
        head = _parsed(body)
        head["_digest"] = hashlib.sha256(begun + size + body).digest()
    else:
        head = _parsed(_first_member(file))
        file.seek(0)
    if not isinstance(head.get("format"), int):
        raise NotAnArchive
    if head["format"] > FORMAT:
        raise ArchiveTooNew
    return head


def _first_member(file: BinaryIO) -> bytes:
    file.seek(0)
    try:
        info = tarfile.TarInfo.frombuf(file.read(tarfile.BLOCKSIZE), "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError) as error:
        raise NotAnArchive from error
    if info.name != HEAD or info.size > _MOST_HEAD:
        raise NotAnArchive
    return file.read(info.size)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        found: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotAnArchive from error
    if not isinstance(found, dict):
        raise NotAnArchive
    return cast("dict[str, Any]", found)
