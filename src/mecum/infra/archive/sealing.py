"""A stream that can only be read whole, in order and with its key: chunks sealed with AES-256-GCM.

    chunks of 1 MiB, each with its tag (16); the last one, perhaps empty, is sealed as the last

Every stream has a key of its own (HKDF-SHA256 over its salt), so a chunk's nonce is its number and whether it is the
last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). Each is bound to the head of the
archive: a chunk moved, left out or taken from elsewhere, or a stream cut short, does not open.
"""

import io
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mecum.infra.archive.errors import ArchiveDamaged

CHUNK: Final = 1 << 20
SALT: Final = 16
_TAG: Final = 16


def check_value(key: bytes, salt: bytes) -> str:
    """Return what tells whether a key is the one of a stream, without telling anything of the key."""
    return _derived(key, salt, b"mecum/1/archive-check")[:8].hex()


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(key)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class SealedOut(io.RawIOBase):
    """Seals what is written to it into `file`; `finish` writes the last chunk."""

    def __init__(self, file: BinaryIO, key: bytes, salt: bytes, head: bytes) -> None:
        self._file, self._head = file, head
        self._cipher = AESGCM(_derived(key, salt, b"mecum/1/archive"))
        self._waiting = bytearray()
        self._next = self._size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        """Take the next bytes."""
        self._waiting += data
        self._size += len(data)
        # One chunk stays: only the end tells whether it is the last.
        while len(self._waiting) > CHUNK:
            with memoryview(self._waiting) as view:
                self._chunk(view[:CHUNK], last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write what is left, as the last chunk."""
        self._chunk(self._waiting, last=True)

    def _chunk(self, data: bytearray | memoryview, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._next, last), data, self._head))
        self._next += 1


class SealedIn(io.RawIOBase):
    """Opens what `SealedOut` sealed; raises ArchiveDamaged where it is not that any more."""

    def __init__(self, file: BinaryIO, key: bytes, salt: bytes, head: bytes) -> None:
        self._file, self._head = file, head
        self._cipher = AESGCM(_derived(key, salt, b"mecum/1/archive"))
        self._ahead = file.read(CHUNK + _TAG)
        self._ready: bytes = b""
        self._at = 0
        self._next = 0
        self._over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Give out the next bytes; 0 at the end."""
        while self._at == len(self._ready) and not self._over:
            self._ready, self._at = self._chunk(), 0
        part: bytes = self._ready[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _chunk(self) -> bytes:
        sealed, self._ahead = self._ahead, self._file.read(CHUNK + _TAG)
        self._over = not self._ahead
        try:
            opened = self._cipher.decrypt(_nonce(self._next, self._over), sealed, self._head)
        except InvalidTag as error:
            raise ArchiveDamaged from error
        self._next += 1
        return opened
