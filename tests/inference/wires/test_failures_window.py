"""The window a server names when it refuses more."""

import orjson
import pytest

from mecum.inference.errors import ContextTooLong, ModelRefused
from mecum.inference.wires.failures import failure_of


@pytest.mark.parametrize(
    ("said", "window"),
    [
        ("This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.", 8192),
        ("request (617 tokens) exceeds the available context size (512 tokens), try increasing it", 512),
        ("prompt is too long: 208310 tokens > 200000 maximum", 200_000),
        ("input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length", 200_000),
        ("The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).", 1_048_576),
        ("Prompt contains 40000 tokens and is too large for model with 32,768 maximum context length", 32_768),
        ("the input length exceeds the context length", None),
        ("too many tokens", None),
        ("maximum context length is 99999999999999", None),
    ],
)
def test_the_number_is_read(said: str, window: int | None) -> None:
    error = failure_of(400, orjson.dumps({"error": {"message": said}}))
    assert isinstance(error, ContextTooLong)
    assert error.details.get("window") == window


def test_another_refusal_has_none() -> None:
    error = failure_of(400, orjson.dumps({"error": {"message": "temperature > 2 maximum"}}))
    assert isinstance(error, ModelRefused)
    assert "window" not in error.details
