"""What a model that does not see is told where an image is."""

from dataclasses import replace
from typing import Final

from mecum.inference.exchange import Content, ImageContent, ModelRequest, TextContent

IMAGE_NOTE: Final = TextContent("\n[An image is here that this model cannot see.]")


def without_images(request: ModelRequest) -> ModelRequest:
    """Return `request` with a note in the place of every image."""
    if not any(isinstance(item, ImageContent) for message in request.messages for item in message.content):
        return request
    messages = tuple(replace(message, content=_noted(message.content)) for message in request.messages)
    return replace(request, messages=messages)


def _noted(content: tuple[Content, ...]) -> tuple[Content, ...]:
    return tuple(IMAGE_NOTE if isinstance(item, ImageContent) else item for item in content)
