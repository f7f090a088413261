"""Opaque, time-ordered text ids such as `cnv_06hq3k8w2m5v9xtd1a`."""

import random
import re
import threading
from typing import Final

from mecum.kernel import clock

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS: Final = 42
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS: Final = range(80, -1, -10)
_PATTERN: Final = re.compile(r"[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{18}")

_lock = threading.Lock()
_random = random.Random()  # noqa: S311 - an id is opaque, not a secret
_last: int = 0


def new(prefix: str) -> str:
    """Return a fresh id: `prefix`, `_`, 18 digits of base 32 (48 bits of milliseconds, 42 random bits).

    Ids made by one process are strictly increasing, so text order is creation order.
    """
    global _last  # noqa: PLW0603 - one sequence for the whole process
    drawn = (clock.milliseconds() << _RANDOM_BITS) | _random.getrandbits(_RANDOM_BITS)
    with _lock:
        # Within one millisecond a random draw may fall below the previous one: continue from that instead.
        _last = drawn if drawn > _last else _last + 1
        value = _last
    return f"{prefix}_{_encode(value)}"


def is_id(text: str, prefix: str) -> bool:
    """Whether `text` has the shape of an id with this prefix."""
    return text.startswith(prefix + "_") and _PATTERN.fullmatch(text) is not None


def _encode(value: int) -> str:
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in _SHIFTS])
