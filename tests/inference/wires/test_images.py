"""A model that does not see is told where an image was."""

from mecum.inference.exchange import ImageContent, ModelMessage, ModelRequest, TextContent
from mecum.inference.wires.images import without_images


def test_a_note_stands_where_the_image_was() -> None:
    image = ImageContent("image/png", b"\x01")
    request = ModelRequest("m", (ModelMessage("user", (TextContent("Look: "), image)),))
    assert without_images(request).messages[0].text == "Look: \n[An image is here that this model cannot see.]"
    assert request.messages[0].content[1] is image


def test_without_an_image_nothing_is_made() -> None:
    request = ModelRequest("m", (ModelMessage("user", (TextContent("Hi"),)),))
    assert without_images(request) is request
