"""Secrets as people and programs carry them: how they look, what is stored of them, what a password must be."""

import hashlib
import hmac
import secrets
import string
import unicodedata
from typing import Final

from mecum.domains.identity.errors import KeyNameInvalid, PasswordTooLong, PasswordTooShort
from mecum.kernel.text import is_storable

KEY_PREFIX: Final = "mk_"
SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 1024
LONGEST_NAME: Final = 100
DAY: Final = 24 * 3600 * 1000
SESSION_MS: Final = 30 * DAY
"""A session ends when it was not used for this long."""
EXTEND_BELOW_MS: Final = SESSION_MS - DAY
"""A session is extended at most once a day."""
TOUCH_MS: Final = 60_000
"""The use of a key is written down at most this often."""
MOST_SESSIONS: Final = 200
OWNER: Final = "owner"
"""The permission to change passwords and keys, which no key has."""
_BASE62: Final = string.digits + string.ascii_letters


def new_key() -> str:
    """Return a fresh API key: `mk_` and 40 digits of base 62 (238 bits)."""
    return KEY_PREFIX + "".join(secrets.choice(_BASE62) for _ in range(40))


def new_token() -> str:
    """Return a fresh session or local token: 256 bits, safe in a cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: bytes) -> bytes:
    """Return what is stored of a random secret. SHA-256 is enough: there is nothing to guess in 238 bits."""
    return hashlib.sha256(secret).digest()


def cookie_name(organisation_id: str) -> str:
    """Return the name of the session's cookie: all ports of a host share their cookies, servers may not."""
    return f"mecum_session_{hashlib.sha256(organisation_id.encode()).hexdigest()[:8]}"


def csrf_token(key: bytes, session_digest: bytes) -> str:
    """Return the token that a page must send beside its session's cookie."""
    return hmac.new(key, session_digest, hashlib.sha256).hexdigest()


def prepared_password(password: str) -> str:
    """Return `password` in the form that is hashed; raises PasswordTooShort or PasswordTooLong."""
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(shortest=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise PasswordTooLong(longest=LONGEST_PASSWORD)
    return normal(password)


def normal(password: str) -> str:
    """Return the same text for the same keys, whichever way a keyboard composes its letters."""
    return unicodedata.normalize("NFC", password)


def prepared_name(name: str) -> str:
    """Return a key's name as it is stored; raises KeyNameInvalid."""
    stripped = name.strip()
    if not 0 < len(stripped) <= LONGEST_NAME or not is_storable(stripped):
        raise KeyNameInvalid(longest=LONGEST_NAME)
    return stripped
