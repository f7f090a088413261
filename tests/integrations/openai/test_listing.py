"""What lists on the OpenAI wire say of a model, in the words of those who extended it."""

from typing import Any

import orjson
import pytest

from fakes.broken_server import saying, whole
from mecum.infra.net import Net
from mecum.integrations.openai.provider import OpenAIProvider


@pytest.mark.parametrize(
    ("entry", "known"),
    [
        ({"id": "plain"}, (None, None, None, None)),
        ({"id": "x", "max_model_len": 8192}, (8192, None, None, None)),
        ({"id": "x", "meta": {"n_ctx_train": 4096, "n_params": 7_000_000_000}}, (4096, None, None, 7_000_000_000)),
        (
            {"id": "x", "max_context_length": 32_768, "capabilities": {"function_calling": True, "vision": False}},
            (32_768, False, True, None),
        ),
        (
            {
                "id": "x",
                "context_length": 128_000,
                "architecture": {"input_modalities": ["text", "image"]},
                "supported_parameters": ["max_tokens", "tools"],
            },
            (128_000, True, True, None),
        ),
        ({"id": "x", "architecture": "odd", "capabilities": ["odd"], "supported_parameters": 3}, (None,) * 4),
    ],
)
async def test_what_is_listed_is_known_and_nothing_else(
    net: Net, entry: dict[str, Any], known: tuple[Any, ...]
) -> None:
    found = OpenAIProvider(net, "up", "http://127.0.0.1:9/v1")._info(entry)  # pyright: ignore[reportPrivateUsage]
    assert (found.context_length, found.vision, found.tools, found.parameters) == known


TOGETHER = [
    {"id": "meta/chat", "type": "chat", "context_length": 131_072},
    {"id": "old/language", "type": "language"},
    {"id": "baai/bge", "type": "embedding"},
    {"id": "black/flux", "type": "image"},
    {"id": "meta/guard", "type": "moderation"},
]
MISTRAL = [
    {"id": "mistral-small", "type": "base", "capabilities": {"completion_chat": True}, "max_context_length": 32_768},
    {"id": "mistral-ocr", "type": "base", "capabilities": {"completion_chat": False}},
    {"id": "mistral-embed", "type": "base", "capabilities": {"completion_chat": False}},
]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (TOGETHER, {"meta/chat": "chat", "old/language": "chat", "baai/bge": "embedder"}),
        ({"object": "list", "data": MISTRAL}, {"mistral-small": "chat", "mistral-embed": "embedder"}),
        ({"data": [{"id": "whisper-large-v3"}, {"id": "grok-imagine-video"}, {"id": "grok-4"}]}, {"grok-4": "chat"}),
    ],
    ids=["Together: a bare list", "Mistral", "by their names"],
)
async def test_what_answers_is_told_from_what_does_not(net: Net, listed: Any, expected: dict[str, str]) -> None:
    body = whole(orjson.dumps(listed))
    with saying(body, body) as url:
        found = await OpenAIProvider(net, "up", f"{url}/v1").models()
    assert {one.name: one.kind for one in found} == expected
