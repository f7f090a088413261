"""What bytes are, by looking at them; what a name or a client says is not asked."""

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


class Inspector:
    """Looks at bytes as they pass by."""

    def __init__(self) -> None:
        self._head = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._characters: int | None = 0

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        if len(self._head) < HEAD:
            self._head += chunk[: HEAD - len(self._head)]
        self._count(chunk, final=False)

    def finish(self) -> tuple[str, int | None]:
        """Return the media type and, for text, the number of characters."""
        self._count(b"", final=True)
        found = sniffed(self._head)
        # A text may begin like something else ("BM" …): only signatures that no text can hold outweigh valid UTF-8.
        if self._characters is not None and (found is None or self._head.isascii()) and found != "application/pdf":
            return TEXT, self._characters
        return found or UNKNOWN, None

    def _count(self, chunk: bytes, *, final: bool) -> None:
        if self._characters is None:
            return
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            self._characters = None
            return
        self._characters = None if "\x00" in text else self._characters + len(text)


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
