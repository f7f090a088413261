"""Pictures of assistants: where they are found, and that they are ones."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

MOST_BYTES: Final = 8 << 20
_KINDS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_RIFF, _WEBP = b"RIFF", b"WEBP"
_ANY: Final = re.compile(r"/api/v1/assistants/ast_[0-9a-z]+/avatar\?[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept."""

    media_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Of its bytes, in hexadecimal."""
        return sha256(self.data).hexdigest()


def picture_of(data: bytes) -> Picture | None:
    """Return the picture that these bytes are, None for anything that a page does not show."""
    if len(data) > MOST_BYTES:
        return None
    if data[:4] == _RIFF and data[8:12] == _WEBP:
        return Picture("image/webp", data)
    kind = next((kind for head, kind in _KINDS if data.startswith(head)), None)
    return None if kind is None else Picture(kind, data)


def address(assistant_id: str, digest: str) -> str:
    """Return where a picture is found; another picture is found elsewhere, so that it may be kept for long."""
    return f"{_start(assistant_id)}{digest[:16]}"


def is_at(avatar: object, assistant_id: str) -> bool:
    """Whether an avatar is the picture that is kept of this assistant."""
    return isinstance(avatar, str) and avatar.startswith(_start(assistant_id))


def is_somewhere(avatar: object) -> bool:
    """Whether an avatar is the picture that is kept of any assistant."""
    return isinstance(avatar, str) and _ANY.fullmatch(avatar) is not None


def _start(assistant_id: str) -> str:
    return f"/api/v1/assistants/{assistant_id}/avatar?"
