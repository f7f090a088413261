"""The common shape of a streamed delta, sliced out of the bytes without decoding them.

Measured: slicing costs a third of parsing every chunk. A slice is offered only when nothing in it needs care: no
`\\u` escape (it may hide a NUL or half a surrogate pair), valid UTF-8, no finish reason, no usage. Everything else
returns None and takes the careful path.
"""

import re
from collections.abc import Callable

from mecum.kernel.text import unescape

Slices = list[tuple[bytes, int]]

_CHAT = re.compile(rb'"delta":\{(?:"role":"assistant",)?"content":"((?:[^"\\]|\\[^u])*)"\}')
_COMPLETION = re.compile(rb'"text":"((?:[^"\\]|\\[^u])*)"')
_OPEN = b'"finish_reason":null'


def _slicer(pattern: re.Pattern[bytes]) -> Callable[[bytes], Slices | None]:
    def slices(events: bytes) -> Slices | None:
        """Return (escaped, size) of every event, or None when one of them is not of the common shape."""
        found: list[bytes] = pattern.findall(events)
        number = events.count(b'"choices":[')
        if not found or len(found) != number or events.count(_OPEN) != number or _foreign(events, number):
            return None
        return [(escaped, _size(escaped)) for escaped in found if escaped]

    return slices


def _foreign(events: bytes, number: int) -> bool:
    """Whether there is more in `events` than `number` plain chunks of choice 0."""
    if events.count(b"data:") > number or b'"usage":{' in events or events.count(b'"index":0') != number:
        return True
    if events.isascii():
        return False
    try:
        events.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _size(escaped: bytes) -> int:
    return len(escaped) if b"\\" not in escaped else len(unescape(escaped).encode("utf-8"))


common_chat = _slicer(_CHAT)
common_completion = _slicer(_COMPLETION)
