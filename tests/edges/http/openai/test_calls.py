"""What a model is asked for that it cannot take, before anything is recorded."""

from typing import Any, cast

import pytest

from mecum.edges.http.openai.calls import Calls
from mecum.edges.http.openai.errors import ParameterRefused
from mecum.edges.http.openai.said import Said
from mecum.inference.errors import ModelUnavailable
from mecum.inference.exchange import ImageContent, TextContent
from mecum.inference.loading.swapping import Swaps
from mecum.inference.ports import ChatModel, ModelInfo
from mecum.inference.preferences import Preferences
from mecum.inference.registry import Registry
from mecum.inference.routing.router import Router

TEXT = [Said("user", (TextContent("Hi"),))]
IMAGE = [Said("user", (ImageContent("image/png", b""),))]


def info(name: str, **known: Any) -> ModelInfo:
    """Return a model of the shelf."""
    return ModelInfo(f"shelf/{name}", name, "openai", "shelf", True, **known)


class Shelf:
    """An endpoint with models of every limitation."""

    endpoint = "shelf"
    local = True

    async def models(self) -> list[ModelInfo]:
        """See `Provider`."""
        return [
            info("blind", vision=False),
            info("bare", tools=False),
            info("raw", raw_only=True),
            info("gone", available=False),
            info("unknown"),
        ]

    def open(self, model: ModelInfo) -> ChatModel:
        """See `Provider`; nothing is ever asked of it here."""
        return cast(ChatModel, object())

    async def close(self) -> None:
        """See `Provider`."""


async def calls() -> Calls:
    """Return calls over the shelf; nothing but the choice of model is used."""
    registry = Registry([Shelf()])
    await registry.refresh()
    nothing = cast(Any, None)
    router = Router(registry, Preferences, Swaps(registry, Preferences), lambda _: True)
    return Calls(nothing, nothing, nothing, registry, router, nothing, nothing, 1)


@pytest.mark.parametrize(
    ("model", "said", "tools", "param"),
    [("blind", IMAGE, False, "messages"), ("bare", TEXT, True, "tools"), ("raw", TEXT, False, "model")],
)
async def test_what_a_model_cannot_take(model: str, said: list[Said], tools: bool, param: str) -> None:
    with pytest.raises(ParameterRefused) as caught:
        await (await calls()).check_model(f"shelf/{model}", said, tools=tools)
    assert caught.value.details["param"] == param


async def test_what_is_not_known_is_tried() -> None:
    await (await calls()).check_model("shelf/unknown", IMAGE, tools=True)


async def test_a_model_that_is_away() -> None:
    with pytest.raises(ModelUnavailable):
        await (await calls()).check_model("shelf/gone", TEXT, tools=False)
