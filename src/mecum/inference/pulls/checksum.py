"""The checksum of a file: as a person gives it, as a server says it, as it is."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_HEX: Final = re.compile(r'^(?:W/)?"?([0-9a-fA-F]{64})"?$')
_DIGEST: Final = re.compile(r"(?:^|,)\s*sha-256=:?([A-Za-z0-9+/=]{43,44}):?", re.IGNORECASE)


def said_by(headers: Mapping[bytes, bytes]) -> str | None:
    """Return the SHA-256 of the whole file that a response's headers say, as hexadecimal digits, or None.

    `Repr-Digest` (RFC 9530), its predecessor `Digest` (RFC 3230), and `X-Linked-Etag`, which hubs of models answer a
    download with. `Content-Digest` is of the bytes of one response, and says nothing here.
    """
    for name in (b"repr-digest", b"digest"):
        if (found := _DIGEST.search(headers.get(name, b"").decode("latin-1"))) is not None:
            try:
                raw = base64.b64decode(found[1], validate=True)
            except binascii.Error:
                continue
            if len(raw) == 32:
                return raw.hex()
    linked = _HEX.match(headers.get(b"x-linked-etag", b"").decode("latin-1").strip())
    return linked[1].lower() if linked else None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits; reads all of it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
