"""Character cards and PNG pictures, made up."""

import base64
import struct
import zlib
from typing import Any

import orjson


def card(version: int = 2, **data: Any) -> dict[str, Any]:
    """Return a card with everything that its version has, and something that none has."""
    entry = {"keys": ["lamp"], "content": "The lamp is green.", "extensions": {"x/y": [1]}, "enabled": True}
    whole: dict[str, Any] = {
        "name": "Ida",
        "description": "{{char}} keeps a lighthouse. <USER> is lost at sea.",
        "personality": "Patient.",
        "scenario": "A storm.",
        "first_mes": "Come in, {{user}}.",
        "mes_example": "<START>\n{{user}}: Hello?\n{{char}}: Over here.",
        "creator_notes": "Made for winter evenings.",
        "system_prompt": "{{original}}\nStay {{char}}.",
        "post_history_instructions": "Be brief.",
        "alternate_greetings": ["Who is there?", "You again."],
        "character_book": {
            "name": "Sea",
            "extensions": {"depth": {"a": 1}},
            "entries": [{**entry, "insertion_order": place, "position": "before_char"} for place in range(3)],
        },
        "tags": ["sea"],
        "creator": "somebody",
        "character_version": "1.1",
        "extensions": {"agnai/voice": {"of": [1, 2.5, None]}},
        "from_the_future": {"kept": True},
    }
    if version == 3:
        whole |= {
            "nickname": "Captain",
            "assets": [{"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"}],
            "group_only_greetings": ["All aboard."],
            "creator_notes_multilingual": {"de": "Für den Winter."},
            "source": ["https://cards.test/ida"],
            "creation_date": 1700000000,
        }
    return {
        "spec": f"chara_card_v{version}",
        "spec_version": f"{version}.0",
        "data": {**whole, **data},
        "beside": "the data",
    }


def encoded(value: Any) -> bytes:
    """Return a card as a picture holds it."""
    return base64.b64encode(orjson.dumps(value))


def chunk(kind: bytes, data: bytes, crc: int | None = None) -> bytes:
    """Return a chunk, with a wrong checksum where one is given."""
    checksum = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def text(keyword: str, value: bytes) -> bytes:
    """Return a `tEXt` chunk."""
    return chunk(b"tEXt", keyword.encode("latin-1") + b"\0" + value)


def picture(*chunks: bytes, width: int = 2, height: int = 2) -> bytes:
    """Return a small PNG picture with these chunks behind its pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x10\x20\x30" * 2) * 2)
    first, last = chunk(b"IHDR", head), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + first + chunk(b"IDAT", pixels) + b"".join(chunks) + last


def inside(data: bytes) -> dict[str, Any]:
    """Return the cards in a picture, by their keywords, found without the product's own reader."""
    found: dict[str, Any] = {}
    at = 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length)[0] == zlib.crc32(kind + body)
        keyword, _, value = body.partition(b"\0")
        if kind == b"tEXt" and keyword in (b"chara", b"ccv3"):
            found[keyword.decode("latin-1")] = orjson.loads(base64.b64decode(value))
        at += 12 + length
    return found
