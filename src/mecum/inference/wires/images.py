"""What a model that does not see is told where an image is."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from mecum.inference.exchange import Content, ImageContent, ModelRequest, TextContent

IMAGE_NOTE: Final = TextContent("\n[An image is here that this model cannot see.]")


def without_images(request: ModelRequest, but: Collection[str] = ()) -> ModelRequest:
    """Return `request` with a note in the place of every image; `but` are media types that stay."""
    if not any(_unseen(item, but) for message in request.messages for item in message.content):
        return request
    messages = tuple(
        replace(message, content=tuple(IMAGE_NOTE if _unseen(item, but) else item for item in message.content))
        for message in request.messages
    )
    return replace(request, messages=messages)


def _unseen(item: Content, but: Collection[str]) -> bool:
    return isinstance(item, ImageContent) and item.media_type not in but
