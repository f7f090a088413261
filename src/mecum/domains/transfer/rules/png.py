"""PNG files as a row of chunks: read within limits and written again, without looking at a single pixel.

Source: PNG (Portable Network Graphics) Specification, Third Edition, W3C, sections 5 and 11.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mecum.domains.transfer.errors import CardUnreadable

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
MOST_BYTES: Final = 64 << 20
_MOST_CHUNKS: Final = 20_000
_MOST_TEXT: Final = 32 << 20
_MOST_PIXELS: Final = 64_000_000
"""What a page would have to unpack to show it: 256 MB."""
_LONGEST_KEYWORD: Final = 79
_HEAD: Final = struct.Struct(">I4s")
_CRC: Final = struct.Struct(">I")
_SIZE: Final = struct.Struct(">II")
_SIDE: Final = 256
_SHADE: Final = b"\x6b\x5c\xa5"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk: its type, such as `tEXt`, and its data."""

    kind: bytes
    data: bytes

    @property
    def text(self) -> tuple[str, bytes] | None:
        """The keyword and the value of a `tEXt` chunk, None for any other."""
        keyword, separator, value = self.data.partition(b"\0")
        if self.kind != b"tEXt" or not separator or not 0 < len(keyword) <= _LONGEST_KEYWORD:
            return None
        return keyword.decode("latin-1"), value


def chunks_of(data: bytes) -> list[Chunk]:
    """Return the chunks of a PNG file from `IHDR` to `IEND`; what follows is left out. Raises CardUnreadable."""
    if len(data) > MOST_BYTES:
        raise CardUnreadable(f"The picture is larger than {MOST_BYTES >> 20} MB.")
    if not data.startswith(SIGNATURE):
        raise CardUnreadable("This is no PNG file.")
    found: list[Chunk] = []
    at = len(SIGNATURE)
    while not found or found[-1].kind != b"IEND":
        if len(found) == _MOST_CHUNKS:
            raise CardUnreadable("The picture has more chunks than are read.")
        chunk, at = _chunk(data, at)
        found.append(chunk)
    _require_head(found[0])
    return found


def _chunk(data: bytes, at: int) -> tuple[Chunk, int]:
    """Return the chunk that begins here, and where the next one does."""
    if at + _HEAD.size > len(data):
        raise CardUnreadable("The picture breaks off.")
    length, kind = _HEAD.unpack_from(data, at)
    end = at + _HEAD.size + length
    # Held against what is there, so that nothing of the size it says is ever made.
    if end + _CRC.size > len(data):
        raise CardUnreadable("A chunk of the picture is longer than the file.")
    if kind == b"tEXt" and length > _MOST_TEXT:
        raise CardUnreadable("A text in the picture is longer than is read.")
    if _CRC.unpack_from(data, end)[0] != zlib.crc32(memoryview(data)[at + 4 : end]):
        raise CardUnreadable("A checksum in the picture is wrong: it is damaged.")
    return Chunk(kind, data[at + _HEAD.size : end]), end + _CRC.size


def _require_head(chunk: Chunk) -> None:
    if chunk.kind != b"IHDR" or len(chunk.data) < _SIZE.size:
        raise CardUnreadable("The picture does not begin with its head.")
    width, height = _SIZE.unpack_from(chunk.data)
    if width * height > _MOST_PIXELS:
        raise CardUnreadable("The picture would become far larger than can be shown.")


def texts(chunks: Sequence[Chunk]) -> dict[str, bytes]:
    """Return the values of `tEXt` chunks by their keywords in small letters, the first of each."""
    found: dict[str, bytes] = {}
    for chunk in chunks:
        if (text := chunk.text) is not None:
            found.setdefault(text[0].lower(), text[1])
    return found


def without(chunks: Sequence[Chunk], keywords: frozenset[str]) -> list[Chunk]:
    """Return the chunks but for the texts with these keywords."""
    return [one for one in chunks if one.text is None or one.text[0].lower() not in keywords]


def written(chunks: Sequence[Chunk], added: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """Return a PNG file of these chunks, with texts added behind its head."""
    more = [Chunk(b"tEXt", keyword.encode("latin-1") + b"\0" + value) for keyword, value in added]
    return SIGNATURE + b"".join(_bytes(one) for one in (chunks[0], *more, *chunks[1:]))


def plain() -> list[Chunk]:
    """Return the chunks of a square in one colour, for who has no picture."""
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    line = b"\0" + _SHADE * _SIDE
    return [Chunk(b"IHDR", head), Chunk(b"IDAT", zlib.compress(line * _SIDE, 9)), Chunk(b"IEND", b"")]


def _bytes(chunk: Chunk) -> bytes:
    return (
        _CRC.pack(len(chunk.data)) + chunk.kind + chunk.data + _CRC.pack(zlib.crc32(chunk.data, zlib.crc32(chunk.kind)))
    )
