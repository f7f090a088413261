"""Opaque, time-ordered text ids such as `cnv_06hq3k8w2m5v9xtd1a`."""

import os
import re
import threading
from typing import Final

from mecum.kernel import clock

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS: Final = 42
_DIGITS: Final = 18
_PATTERN: Final = re.compile(r"^[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{18}$")

_lock = threading.Lock()
_last: int = 0


def new(prefix: str) -> str:
    """Return a fresh id: `prefix`, `_`, 18 digits of base 32 (48 bits of milliseconds, 42 random bits).

    Ids made by one process are strictly increasing, so text order is creation order.
    """
    global _last
    drawn = (clock.milliseconds() << _RANDOM_BITS) | (int.from_bytes(os.urandom(6), "big") >> (48 - _RANDOM_BITS))
    with _lock:
        # Within one millisecond a random draw may fall below the previous one: continue from that instead.
        _last = drawn if drawn > _last else _last + 1
        value = _last
    return f"{prefix}_{_encode(value)}"


def is_id(text: str, prefix: str) -> bool:
    """Whether `text` has the shape of an id with this prefix."""
    return text.startswith(prefix + "_") and _PATTERN.match(text) is not None


def _encode(value: int) -> str:
    digits = [""] * _DIGITS
    for place in range(_DIGITS - 1, -1, -1):
        digits[place] = _ALPHABET[value & 31]
        value >>= 5
    return "".join(digits)
