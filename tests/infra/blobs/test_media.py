"""What bytes are."""

import io
import zipfile

import pytest

from mecum.infra.blobs.media import Inspector, text_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def zipped(*names: str, first: bytes | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if first is not None:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, b"x")
    return out.getvalue()


def seen(data: bytes, size: int = 7) -> tuple[str, int | None]:
    inspector = Inspector()
    for at in range(0, len(data), size):
        inspector.feed(data[at : at + size])
    return inspector.finish()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(9), "image/jpeg"),
        (b"GIF89a\x01\x00\x01\x00\x80", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 \xff", "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt \xff", "audio/wav"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00", "image/avif"),
        (b"\x00\x00\x00\x1cftypisom\x00\x00", "video/mp4"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "application/pdf"),
        (b"%PDF-1.4\nall ascii", "application/pdf"),
        (b"\x1f\x8b\x08\x00\xff", "application/gzip"),
        (b"BM\x00\x00\xff\xff", "image/bmp"),
        (zipped("a.txt"), "application/zip"),
        (zipped("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            zipped("content.xml", first=b"application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
        (b"\x00\x01\x02", "application/octet-stream"),
        ("Это не угадать".encode("windows-1251"), "application/octet-stream"),
        (b"caf\xe9 with \x01 in it", "application/octet-stream"),
        (b"caf\xe9 with \x81 in it", "application/octet-stream"),
        (b"caf\xc3\xa9 and then \xe9, which is no UTF-8", "application/octet-stream"),
        (b"text with \x00 in it", "application/octet-stream"),
        ("é ends in half a character".encode() + b"\xc3", "application/octet-stream"),
        ("half a unit".encode("utf-16") + b"x", "application/octet-stream"),
    ],
)
def test_kinds(data: bytes, kind: str) -> None:
    assert seen(data) == (kind, None)


@pytest.mark.parametrize(
    "text", ["plain", "BMW is a car", "ID3 tags, explained", "é" * 5000, "<svg onload=alert(1)>", "GIF89a!", ""]
)
def test_text_is_text_whatever_it_looks_like(text: str) -> None:
    assert seen(text.encode()) == ("text/plain", len(text))


@pytest.mark.parametrize("size", [1, 2, 7, 100_000])
@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-16", "Grüße, 日本語, 😀\r\n" * 400),
        ("windows-1252", "Der Preis ist 5 € – „Grüße aus Köln“\r\n" * 400),
        ("windows-1252", "un café"),
    ],
)
def test_text_of_other_charsets_says_which(charset: str, text: str, size: int) -> None:
    body = text.encode(charset)
    kind, length = seen(body, size)
    assert (kind, length) == (f"text/plain;charset={charset}", len(text))
    assert text_of(kind, body) == text


def test_both_orders_of_utf_16_are_read() -> None:
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        body = mark + "né".encode(name)
        assert text_of(seen(body)[0], body) == "né"
    assert text_of("text/plain", b"n\xff") == "n�"
