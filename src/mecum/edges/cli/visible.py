"""Text from outside, made harmless for a terminal: it may be read there, not obeyed."""

import re
from typing import Final

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def visible(text: str) -> str:
    """Return `text` with control characters other than line feed and tab shown as U+FFFD."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return `text` on one line, harmless."""
    return visible(" ".join(text.split()))
