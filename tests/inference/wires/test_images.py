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


def test_an_image_of_a_kind_that_is_read_stays() -> None:
    seen, unseen = ImageContent("image/png", b"\x01"), ImageContent("image/webp", b"\x02")
    request = ModelRequest("m", (ModelMessage("user", (seen, unseen)),))
    shown = without_images(request, ("image/png",)).messages[0]
    assert shown.content[0] is seen
    assert "cannot see" in shown.text
