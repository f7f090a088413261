"""Envelopes: small secrets sealed with AES-256-GCM under a key derived for one purpose."""

import os
from functools import cached_property
from typing import Final

from mecum.infra.secrets.ciphers import Altered, Cipher, derived_key
from mecum.infra.secrets.errors import SecretUnreadable

_VERSION: Final = b"\x01"
_NONCE: Final = 12


def derive(master: bytes, purpose: str) -> bytes:
    """Return the 32-byte key for `purpose`; different purposes give unrelated keys."""
    return derived_key(master, b"mecum/1/" + purpose.encode())


class Sealer:
    """Seals and unseals. An envelope is `version | nonce (12) | ciphertext and tag`."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @cached_property
    def _cipher(self) -> Cipher:
        return Cipher(self._key)

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Return the envelope of `plaintext`; it opens only for the same `context`, such as `endpoint:end_…`."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._cipher.encrypt(nonce, plaintext, _bound(context))

    def unseal(self, envelope: bytes, context: str) -> bytes:
        """Return what was sealed; raises SecretUnreadable for another key, another context or altered bytes."""
        if envelope[:1] != _VERSION:
            raise SecretUnreadable
        nonce, sealed = envelope[1 : 1 + _NONCE], envelope[1 + _NONCE :]
        try:
            return self._cipher.decrypt(nonce, sealed, _bound(context))
        except Altered as error:
            raise SecretUnreadable from error


def _bound(context: str) -> bytes:
    return _VERSION + context.encode()
