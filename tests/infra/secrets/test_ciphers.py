"""Keys are derived as RFC 5869 says, and what was altered does not open."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from mecum.infra.secrets.ciphers import Altered, Cipher, derived_key

NONCE = bytes(12)


@pytest.mark.parametrize(
    ("salt", "info", "key"),
    [
        # Test cases 1 and 3 of RFC 5869, appendix A; a shorter output is the beginning of a longer one.
        (
            bytes(range(13)),
            bytes(range(0xF0, 0xFA)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
        ),
        (bytes(32), b"", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"),
    ],
)
def test_keys_are_those_of_the_standard(salt: bytes, info: bytes, key: str) -> None:
    assert derived_key(b"\x0b" * 22, info, salt).hex() == key


@given(st.binary(min_size=16, max_size=64), st.binary(max_size=64), st.binary(min_size=1, max_size=100))
def test_keys_are_those_of_the_library(master: bytes, info: bytes, salt: bytes) -> None:
    assert derived_key(master, info, salt) == HKDF(SHA256(), 32, salt, info).derive(master)
    assert derived_key(master, info) == HKDF(SHA256(), 32, None, info).derive(master)


def test_what_was_sealed_opens() -> None:
    sealed = Cipher(bytes(32)).encrypt(NONCE, b"blue", b"sky")
    assert Cipher(bytes(32)).decrypt(NONCE, sealed, b"sky") == b"blue"


@pytest.mark.parametrize(
    ("key", "nonce", "cut", "bound"),
    [
        (b"\x01" * 32, NONCE, 0, b"sky"),
        (bytes(32), b"\x01" * 12, 0, b"sky"),
        (bytes(32), NONCE, 1, b"sky"),
        (bytes(32), NONCE, 20, b"sky"),
        (bytes(32), NONCE, 0, b"sea"),
        (bytes(32), NONCE, 0, None),
        (bytes(32), b"", 0, b"sky"),
    ],
)
def test_anything_else_does_not(key: bytes, nonce: bytes, cut: int, bound: bytes | None) -> None:
    sealed = Cipher(bytes(32)).encrypt(NONCE, b"blue", b"sky")
    with pytest.raises(Altered):
        Cipher(key).decrypt(nonce, sealed[: len(sealed) - cut], bound)
