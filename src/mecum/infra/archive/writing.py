"""Writing an archive.

    "MECUMBK1" | length of the head (4, big-endian) | the head, JSON in the clear | a tar (POSIX pax), sealed

The last member of the tar, `manifest.json`, names every other one with its size and SHA-256. Without a key the file is
that tar and nothing else: its first member is the head, so that any tar can take it apart.
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, cast

import orjson

from mecum.infra.archive.sealing import SALT, SealedOut, check_value
from mecum.kernel import clock

MAGIC: Final = b"MECUMBK1"
HEAD: Final = "mecum-backup.json"
MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
_PIECE: Final = 1 << 20

Told = Callable[[int], None]
"""Called with the bytes of members written so far."""


class ArchiveWriter:
    """Writes one archive to `path`, which must not exist; a context manager that leaves nothing when its body raises.

    `head` is small JSON that anybody with the file may read.
    """

    def __init__(self, path: Path, key: bytes | None, head: dict[str, Any], told: Told = lambda _: None) -> None:
        self._path, self._key, self._told = path, key, told
        self.head = {"format": FORMAT, **head, "sealed": key is not None}
        self._members: dict[str, dict[str, Any]] = {}
        self._stack = ExitStack()
        self.size = 0
        """Bytes of all members so far."""

    def __enter__(self) -> Self:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = self._stack.enter_context(os.fdopen(descriptor, "wb", buffering=_PIECE))
        self._sealed = self._begin()
        # Not the module's stream mode: that copies its buffer once for every block.
        self._tar = tarfile.TarFile(
            fileobj=self._sealed or self._file, mode="w", format=tarfile.PAX_FORMAT, copybufsize=_PIECE
        )
        if self._key is None:
            self._put(HEAD, io.BytesIO(orjson.dumps(self.head)), None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if kind is None:
                self._finish()
        except BaseException:
            kind = BaseException
            raise
        finally:
            self._stack.close()
            if kind is not None:
                self._path.unlink(missing_ok=True)

    def add(self, name: str, content: bytes) -> None:
        """Add a member of these bytes."""
        self._put(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, path: Path) -> None:
        """Add a member with the content of a file, read once; raises FileNotFoundError."""
        with path.open("rb") as file:
            self._put(name, file, os.fstat(file.fileno()).st_size)

    def _begin(self) -> SealedOut | None:
        if self._key is None:
            return None
        salt = os.urandom(SALT)
        self.head |= {"salt": salt.hex(), "check": check_value(self._key, salt)}
        body = orjson.dumps(self.head)
        head = MAGIC + len(body).to_bytes(4, "big") + body
        self._file.write(head)
        return SealedOut(self._file, self._key, salt, hashlib.sha256(head).digest())

    def _put(self, name: str, source: BinaryIO, size: int | None) -> None:
        info = tarfile.TarInfo(name)
        info.size = size if size is not None else len(orjson.dumps(self.head))
        info.mode, info.mtime = 0o600, clock.milliseconds() // 1000
        watched = _Watched(source, self._count)
        self._tar.addfile(info, cast("BinaryIO", watched))
        self._members[name] = {"size": info.size, "sha256": watched.digest.hexdigest()}

    def _count(self, size: int) -> None:
        self.size += size
        self._told(self.size)

    def _finish(self) -> None:
        members = dict(self._members)
        self.add(MANIFEST, orjson.dumps({"members": members}))
        self._tar.close()
        if self._sealed is not None:
            self._sealed.finish()
        self._file.flush()
        os.fsync(self._file.fileno())


class _Watched:
    """Hashes what is read from a file."""

    def __init__(self, file: BinaryIO, count: Callable[[int], None]) -> None:
        self._file, self._count = file, count
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        self._count(len(data))
        return data
