"""What bytes are, by looking at them; what a name or a client says is not asked.

Text is UTF-8 and is called `text/plain`. UTF-16 with its mark and Windows-1252 (what editors and spreadsheets of
Windows write) are text too and say their charset: `text/plain;charset=utf-16`. Latin-1 is read as Windows-1252, as
browsers do (https://encoding.spec.whatwg.org/#names-and-labels).
"""

import codecs
from typing import Final

HEAD: Final = 4096
TEXT: Final = "text/plain"
UNKNOWN: Final = "application/octet-stream"

_AT_START: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\x7fELF", "application/x-elf"),
    (b"GGUF", "application/x-gguf"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS: Final = {
    b"avif": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"M4A ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_IN_ZIP: Final = (
    (b"word/", f"{_OFFICE}.wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}.spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}.presentationml.presentation"),
)
_STORED_TYPE: Final = b"mimetype"
_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NO_TEXT: Final = bytes(sorted({*range(32), 127} - set(b"\t\n\f\r")))
"""Control characters, which no text in a charset of eight bits holds and nearly every other format does."""


class Inspector:
    """Looks at bytes as they pass by."""

    def __init__(self) -> None:
        self._head = b""
        self._charsets = [_Charset(name) for name in ("utf-8", "utf-16", "windows-1252")]

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        if len(self._head) < HEAD:
            self._head += chunk[: HEAD - len(self._head)]
        self._count(chunk, final=False)

    def finish(self) -> tuple[str, int | None]:
        """Return the media type and, for text, the number of characters."""
        self._count(b"", final=True)
        found = sniffed(self._head)
        charset = next((one for one in self._charsets if self._is_text(one.name, found)), None)
        if charset is None:
            return found or UNKNOWN, None
        return TEXT if charset.name == "utf-8" else f"{TEXT};charset={charset.name}", charset.characters

    def _is_text(self, charset: str, found: str | None) -> bool:
        if charset == "windows-1252":
            return found is None and _is_western(self._head)
        # A text may begin like something else ("BM" …): only signatures that no text can hold outweigh valid UTF-8.
        return found is None or (self._head.isascii() and found != "application/pdf")

    def _count(self, chunk: bytes, *, final: bool) -> None:
        if len(self._charsets) > 1 and len(self._head) >= len(_MARKS[0]):
            marked = self._head.startswith(_MARKS)
            self._charsets = [one for one in self._charsets if (one.name == "utf-16") == marked]
        self._charsets = [one for one in self._charsets if one.holds(chunk, final=final)]


class _Charset:
    """Whether bytes are text in one charset, and of how many characters."""

    def __init__(self, name: str) -> None:
        self.name, self.characters = name, 0
        self._decoder = codecs.getincrementaldecoder(name)()

    def holds(self, chunk: bytes, *, final: bool) -> bool:
        """Return whether the bytes so far, with these, can be text."""
        if self.name == "windows-1252" and len(chunk.translate(None, _NO_TEXT)) != len(chunk):
            return False
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            return False
        self.characters += len(text)
        return "\x00" not in text


def _is_western(head: bytes) -> bool:
    """Any byte is a letter in some charset: one is guessed only where few are, and none are pieces of broken UTF-8."""
    letters = len(head.translate(None, bytes(range(128))))
    return letters * 4 <= len(head) and head.decode("utf-8", "ignore").isascii()


def text_of(media_type: str, body: bytes) -> str:
    """Return the text of a file of this type, as the inspector told it; what is no text in its charset is replaced."""
    return body.decode(media_type.partition("charset=")[2] or "utf-8", "replace")


def sniffed(head: bytes) -> str | None:
    """Return the media type that the first bytes show, or None."""
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip(head)
    return next((kind for magic, kind in _AT_START if head.startswith(magic)), None)


def _zip(head: bytes) -> str:
    if head[30:38] == _STORED_TYPE:
        # OpenDocument and EPUB store their type first, uncompressed; its length stands at 18.
        declared = head[38 : 38 + int.from_bytes(head[18:22], "little")]
        if declared.startswith(b"application/") and declared.isascii() and len(declared) < 100:
            return declared.decode("ascii")
    return next((kind for name, kind in _IN_ZIP if name in head), "application/zip")
