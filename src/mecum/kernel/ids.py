"""Opaque, time-ordered ids: text such as `cnv_06hq3k8w2m5v9` everywhere, a 63-bit number where they are stored."""

import random
import re
import threading
from functools import lru_cache
from typing import Final

from mecum.kernel import clock

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGITS: Final = 13
_RANDOM_BITS: Final = 21
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]
_PATTERN: Final = re.compile(r"[a-z]{2,4}_[0-7][0-9a-hjkmnp-tv-z]{12}")
# To the digits that int() reads in base 32; "!" is none of them.
_READABLE: Final = bytes(
    b"0123456789abcdefghijklmnopqrstuv"[_ALPHABET.index(chr(byte))] if chr(byte) in _ALPHABET else ord("!")
    for byte in range(256)
)

_lock = threading.Lock()
_random = random.Random()  # noqa: S311 - an id is opaque, not a secret
_last: int = 0


def new(prefix: str) -> str:
    """Return a fresh id: `prefix`, `_`, 13 digits of base 32 (42 bits of milliseconds, 21 random bits).

    Ids made by one process are strictly increasing, so text order is creation order.
    """
    global _last  # noqa: PLW0603 - one sequence for the whole process
    drawn = (clock.milliseconds() << _RANDOM_BITS) | _random.getrandbits(_RANDOM_BITS)
    with _lock:
        # Within one millisecond a random draw may fall below the previous one: continue from that instead.
        _last = drawn if drawn > _last else _last + 1
        value = _last
    return text(prefix, value)


def is_id(text: str, prefix: str) -> bool:
    """Whether `text` has the shape of an id with this prefix."""
    return text.startswith(prefix + "_") and _PATTERN.fullmatch(text) is not None


def text(prefix: str, number: int) -> str:
    """Return the id that is stored as `number`."""
    high, low = number >> 30, number & 0x3FFF_FFFF
    return (
        f"{prefix}_{_ALPHABET[high >> 30]}{_PAIRS[(high >> 20) & 1023]}{_PAIRS[(high >> 10) & 1023]}"
        f"{_PAIRS[high & 1023]}{_PAIRS[low >> 20]}{_PAIRS[(low >> 10) & 1023]}{_PAIRS[low & 1023]}"
    )


@lru_cache(maxsize=1024)
def number(prefix: str, text: str | None) -> int | None:
    """Return what an id is stored as, or None when `text` is none, or no id with this prefix."""
    if text is None:
        return None
    head, _, digits = text.partition("_")
    if head != prefix or len(digits) != _DIGITS or digits[0] > "7":
        return None
    try:
        return int(digits.encode("ascii").translate(_READABLE), 32)
    except ValueError:
        return None
