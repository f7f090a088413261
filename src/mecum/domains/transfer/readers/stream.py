"""JSON from files of any size: the elements of a list one by one, so that no more than one of them is in memory."""

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from mecum.domains.transfer.errors import ImportUnreadable

_PIECE: Final = 1 << 18
_MOST_CHARACTERS: Final = 512 << 20
_BLANK: Final = " \t\r\n"


def _refused(constant: str) -> None:
    raise ValueError(constant)


_DECODER: Final = json.JSONDecoder(parse_constant=_refused)


class _Text:
    """A window on the text of a file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._decoder = file, codecs.getincrementaldecoder("utf-8-sig")()
        self.text, self.at, self.ended = "", 0, False

    def more(self, size: int) -> bool:
        """Read on; False at the end. What was passed is let go. Raises ImportUnreadable for what is no UTF-8."""
        if self.ended:
            return False
        data = self._file.read(size)
        self.ended = len(data) == 0
        try:
            self.text = self.text[self.at :] + self._decoder.decode(data, final=self.ended)
        except UnicodeDecodeError as error:
            raise ImportUnreadable("The file is not in UTF-8.") from error
        self.at = 0
        if len(self.text) > _MOST_CHARACTERS:
            raise ImportUnreadable("One element of the file is too large to be read.")
        return not self.ended

    def next(self) -> str:
        """Return the next character that is not blank, and stand on it; empty at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _BLANK:
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more(_PIECE):
                return ""

    def value(self) -> Any:
        """Return the JSON value that stands here and pass it; raises ImportUnreadable."""
        size = _PIECE
        while True:
            try:
                value, self.at = _DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as error:
                # Not all of it may be there yet; each time twice as much is read, so little is read over and over.
                if isinstance(error, RecursionError) or not self.more(size):
                    raise ImportUnreadable("The file is not JSON.") from error
                size *= 2
            else:
                return value


def first(file: BinaryIO) -> tuple[str, Any]:
    """Return `[` and a list's first element (None for an empty one), or another value's first character and the value.

    Leaves the file at its beginning. Raises ImportUnreadable.
    """
    file.seek(0)
    text = _Text(file)
    start = text.next()
    if start == "[":
        text.at += 1
        found = (start, None if text.next() == "]" else text.value())
    else:
        found = (start, text.value())
    file.seek(0)
    return found


def elements(file: BinaryIO) -> Iterator[Any]:
    """Return the elements of a list, or the one value that there is; raises ImportUnreadable where it breaks off."""
    file.seek(0)
    text = _Text(file)
    if text.next() != "[":
        yield text.value()
        return
    text.at += 1
    if text.next() == "]":
        return
    while True:
        yield text.value()
        match text.next():
            case ",":
                text.at += 1
                text.next()
            case "]":
                return
            case _:
                raise ImportUnreadable("The file breaks off, or is not JSON.")
