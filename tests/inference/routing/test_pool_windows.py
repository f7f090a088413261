"""How much a pool reads at once: no more than the member that reads least, and no more than a person lets it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from fakes.fixtures import LoopbackOnly
from fakes.ollama_wire import OllamaModel
from fakes.sinks import Recorder
from fakes.steps import says
from fakes.upstream import Upstream
from mecum.inference.capabilities import ModelCapabilities
from mecum.inference.exchange import ModelMessage, ModelRequest, TextContent
from mecum.inference.preferences import Preferences
from mecum.inference.registry import Registry
from mecum.inference.routing.pool import PoolProvider
from mecum.inference.selection.selecting import Selector
from mecum.inference.windows import Window
from mecum.infra.net import Net
from mecum.integrations.ollama.provider import OllamaProvider
from mecum.integrations.openai.provider import OpenAIProvider


@dataclass
class Pooled:
    """A pool `pool/m` of a model of Ollama and the same model on OpenAI's wire, and what is configured of it."""

    upstream: Upstream
    registry: Registry
    preferences: Preferences

    @property
    def window(self) -> Window:
        """The pool's window."""
        return self.registry.choose("pool/m").window

    async def sent(self, text: str) -> int:
        """Ask the pool; return the window Ollama was asked for."""
        asked = ModelRequest("m", (ModelMessage("user", (TextContent(text),)),))
        await self.registry.choose("pool/m").model.answer(asked, Recorder())
        return int(self.upstream.answers()[-1].json["options"]["num_ctx"])


@asynccontextmanager
async def pooled(members: tuple[str, ...], context_length: int | None = None) -> AsyncGenerator[Pooled]:
    with Upstream() as upstream:
        upstream.add(OllamaModel("m", context_length=32_768))
        upstream.script("m", says("well"))
        net = Net(LoopbackOnly())
        one = Pooled(upstream, Registry(), Preferences(pools={"m": members}))
        one.registry = Registry(
            [OllamaProvider(net, upstream.url, "a"), OpenAIProvider(net, "b", f"{upstream.url}/v1")],
            Selector(lambda: one.preferences),
        )
        one.registry.derive(PoolProvider(one.registry, lambda: one.preferences, context_length=context_length))
        await one.registry.refresh()
        try:
            yield one
        finally:
            await net.close()


def said(length: int) -> ModelCapabilities:
    """Return what a person says of a model."""
    return ModelCapabilities(context_length=length, sources={"context_length": "explicit"})


@pytest.mark.parametrize(("named", "members"), [("a/m", ("a/m",)), ("a/m", ("a/m", "b/m"))])
async def test_what_a_person_says_of_a_member_is_the_most_of_the_pool(named: str, members: tuple[str, ...]) -> None:
    async with pooled(members) as one:
        one.preferences = Preferences(pools={"m": members}, capabilities={named: said(5000)})
        await one.registry.refresh()
        assert one.window == Window(5000, "configured", False)
        assert await one.sent("hello " * 4000) == 5000


async def test_what_is_said_of_one_member_is_not_asked_of_another() -> None:
    async with pooled(("b/m", "a/m")) as one:
        capabilities = {"b/m": said(6000), "a/m": said(20_000)}
        one.preferences = Preferences(pools={"m": ("a/m",)}, capabilities=capabilities)
        await one.registry.refresh()
        assert one.window == Window(20_000, "configured", False)
        assert await one.sent("hello " * 20_000) == 20_000
        one.preferences = Preferences(pools={"m": ("b/m", "a/m")}, capabilities=capabilities)
        await one.registry.refresh()
        assert one.window == Window(6000, "configured", False)


async def test_the_setting_for_local_models_is_the_most_of_a_pool_of_them() -> None:
    async with pooled(("a/m",), context_length=4096) as one:
        assert one.window == Window(4096, "sent", False)
    async with pooled(("a/m",)) as one:
        assert one.window == Window(32_768, "sent", False)


async def test_a_size_that_is_not_sent_to_every_member_is_not_called_sent() -> None:
    async with pooled(("a/m", "b/m")) as one:
        assert one.window == Window(32_768, "reported", False)


async def test_another_configuration_holds_at_once() -> None:
    async with pooled(("a/m",)) as one:
        info = one.registry.find("a/m")
        assert info is not None
        assert one.registry.window(info).tokens == 32_768
        one.preferences = Preferences(pools={"m": ("a/m",)}, capabilities={"a/m": said(3000)})
        assert one.registry.roles()
        assert one.registry.choose("a/m").window == Window(3000, "configured", False)
        assert await one.sent("hello " * 4000) == 3000
