"""What everything sealed is made of: keys by HKDF-SHA256, envelopes by AES-256-GCM.

The library of ciphers is loaded with the first cipher: 7 MB of memory that a server without sealed secrets never needs.
"""

import hmac
from typing import Final

KEY_BYTES: Final = 32


class Altered(Exception):
    """The key is another one, or the bytes are not those that were sealed."""


def derived_key(master: bytes, info: bytes, salt: bytes = bytes(KEY_BYTES)) -> bytes:
    """Return the 32-byte key for `info` (HKDF-SHA256, RFC 5869); keys for different `info` or `salt` are unrelated."""
    # As long as one block of the hash, so that expanding it is one step.
    return hmac.digest(hmac.digest(salt, master, "sha256"), info + b"\x01", "sha256")


class Cipher:
    """AES-256-GCM (NIST SP 800-38D) under one key; a nonce is used once."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - see the top

        self._aead = AESGCM(key)

    def encrypt(self, nonce: bytes, plaintext: bytes, bound: bytes | None) -> bytes:
        """Return the ciphertext and its tag, which holds for `bound` alone."""
        return self._aead.encrypt(nonce, plaintext, bound)

    def decrypt(self, nonce: bytes, sealed: bytes, bound: bytes | None) -> bytes:
        """Return the plaintext; raises Altered."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        try:
            return self._aead.decrypt(nonce, sealed, bound)
        except (InvalidTag, ValueError) as error:
            raise Altered from error
