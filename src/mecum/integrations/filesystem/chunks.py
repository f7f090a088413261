"""How bytes lie in a file when the store has a key: chunks that can only be read where and as what they were written.

    "MCB1" | salt (16) | chunks of 64 KiB, each with its tag (16) | trailer: the size (8), with its tag (16)

Every file has a key of its own (HKDF-SHA256 over the salt), so the nonce of a chunk is its position (AES-256-GCM,
NIST SP 800-38D). The trailer is bound to the organisation and the content's SHA-256 and is checked before a byte is
given out: a chunk moved, a file cut short, or a file put in another's place does not open.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO, Final

from mecum.infra.blobs.errors import BlobDamaged
from mecum.infra.secrets.ciphers import Altered, Cipher, derived_key

CHUNK: Final = 64 * 1024
_MAGIC: Final = b"MCB1"
_SALT: Final = 16
_TAG: Final = 16
_HEAD: Final = len(_MAGIC) + _SALT
_TRAILER: Final = 8 + _TAG
_LAST_NONCE: Final = b"\xff" * 12


def _cipher(key: bytes, salt: bytes) -> Cipher:
    return Cipher(derived_key(key, b"mecum/1/blob-chunks", salt))


def _bound(organisation_id: str, sha256: str) -> bytes:
    return f"{organisation_id}/{sha256}".encode()


class SealedWriter:
    """Writes one sealed file."""

    def __init__(self, file: BinaryIO, key: bytes, organisation_id: str) -> None:
        salt = os.urandom(_SALT)
        self._file, self._organisation_id = file, organisation_id
        self._cipher = _cipher(key, salt)
        self._waiting = bytearray()
        self._next = 0
        file.write(_MAGIC + salt)

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self._waiting += data
        while len(self._waiting) >= CHUNK:
            self._chunk(bytes(self._waiting[:CHUNK]))
            del self._waiting[:CHUNK]

    def finish(self, sha256: str, size: int) -> None:
        """Write what is left, and the trailer."""
        if self._waiting:
            self._chunk(bytes(self._waiting))
        bound = _bound(self._organisation_id, sha256)
        self._file.write(self._cipher.encrypt(_LAST_NONCE, size.to_bytes(8, "big"), bound))

    def _chunk(self, data: bytes) -> None:
        self._file.write(self._cipher.encrypt(self._next.to_bytes(12, "big"), data, None))
        self._next += 1


class SealedReader:
    """Reads one sealed file; raises BlobDamaged when it is not what it should be."""

    def __init__(self, file: BinaryIO, key: bytes, organisation_id: str, sha256: str) -> None:
        self._file = file
        length = file.seek(0, os.SEEK_END)
        file.seek(0)
        head = file.read(_HEAD)
        if length < _HEAD + _TRAILER or head[: len(_MAGIC)] != _MAGIC:
            raise BlobDamaged
        self._cipher = _cipher(key, head[len(_MAGIC) :])
        file.seek(length - _TRAILER)
        bound = _bound(organisation_id, sha256)
        self.size = int.from_bytes(self._open(_LAST_NONCE, file.read(_TRAILER), bound), "big")
        chunks = -(-self.size // CHUNK)
        if length != _HEAD + self.size + chunks * _TAG + _TRAILER:
            raise BlobDamaged
        file.seek(_HEAD)

    def __iter__(self) -> Iterator[bytes]:
        left, position = self.size, 0
        while left > 0:
            sealed = self._file.read(min(left, CHUNK) + _TAG)
            yield self._open(position.to_bytes(12, "big"), sealed, None)
            left, position = left - CHUNK, position + 1

    def _open(self, nonce: bytes, sealed: bytes, bound: bytes | None) -> bytes:
        try:
            return self._cipher.decrypt(nonce, sealed, bound)
        except Altered as error:
            raise BlobDamaged from error
