"""A model that takes less than it said: asked once more with less of the history, and the answer says what was left."""

import pytest

from factories.houses import House, opened
from factories.stores import Store
from fakes.steps import Fail, Say, Wait, says
from fakes.upstream import Upstream
from mecum.domains.runs.events import ContextReport
from mecum.inference.exchange import ModelMessage, Role, TextContent

pytestmark = pytest.mark.slow

SMALLER = "the model's window is smaller than it said"
SAID = "This model's maximum context length is 700 tokens. However, your messages resulted in 4000 tokens."


def talk(number: int, letters: int = 200) -> tuple[ModelMessage, ...]:
    """Return a conversation of so many messages, each of so many letters, the last one a question."""
    roles: tuple[Role, Role] = ("user", "assistant")
    texts = [f"{place} " + "a" * letters for place in range(number)]
    return tuple(ModelMessage(roles[place % 2], (TextContent(text),)) for place, text in enumerate(texts))


async def ask(house: House, number: int = 21, **wanted: object) -> dict[str, object]:
    """Ask with a caller's own history; return the settled run."""
    return await house.settled(await house.start(None, kind="api", history=talk(number), **wanted))


def sent(upstream: Upstream) -> list[int]:
    """Return how many messages each request had."""
    return [len(one.json["messages"]) for one in upstream.answers()]


async def test_it_is_asked_once_more_with_less_and_says_so(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", says("It fits."))
    upstream.script("test", [Fail(400, SAID)], times=1)
    async with opened(plain_store, upstream) as house:
        run_id = await house.start(None, kind="api", history=talk(21))
        heard = house.follow(run_id)
        run = await house.settled(run_id)
        assert (run["status"], run["text"]) == ("completed", "It fits.")
        first, second = sent(upstream)
        assert first == 21
        assert 1 < second < first
        assert upstream.answers()[-1].json["messages"][-1] == upstream.answers()[0].json["messages"][-1]
        report = run["context_report"]
        assert (report["window"], report["window_from"]) == (700, "learned")
        assert report["dropped"] == [{"messages": first - second, "reason": SMALLER}]
        assert report["included"] == second
        told = [frame["report"] for frame in heard.frames if frame["type"] == ContextReport.type]
        assert told[0]["dropped"] == report["dropped"]


async def test_what_it_said_is_remembered(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", says("It fits."))
    upstream.script("test", [Fail(400, SAID)], times=1)
    async with opened(plain_store, upstream) as house:
        await ask(house)
        run = await ask(house)
        assert len(upstream.answers()) == 3, "the second turn was not refused first"
        assert sent(upstream)[2] == sent(upstream)[1]
        report = run["context_report"]
        assert isinstance(report, dict)
        assert report["dropped"][0]["reason"] == SMALLER
        info = house.parts.broker.registry.find("up/test") or house.parts.broker.registry.lookup("up/test")
        assert info is not None
        window = house.parts.broker.registry.window(info)
        assert (window.tokens, window.source, window.refuses) == (700, "learned", True)
        known = house.parts.broker.registry.selector.known(info, house.parts.broker.registry.models())
        assert (known.context_length, known.sources["context_length"]) == (700, "measured")


async def test_without_a_number_half_is_tried(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", says("It fits."))
    upstream.script("test", [Fail(400, "prompt is too long")], times=1)
    async with opened(plain_store, upstream) as house:
        run = await ask(house)
        assert run["status"] == "completed"
        first, second = sent(upstream)
        assert 1 < second < first
        report = run["context_report"]
        assert isinstance(report, dict)
        assert (report["window"], report["dropped"][0]["reason"]) == (None, SMALLER)
        info = house.parts.broker.registry.lookup("up/test")
        assert info is not None
        assert house.parts.broker.registry.window(info).source != "learned"


@pytest.mark.parametrize("number", [1, 21])
async def test_it_is_never_asked_a_third_time(plain_store: Store, upstream: Upstream, number: int) -> None:
    upstream.script("test", [Fail(400, SAID)])
    async with opened(plain_store, upstream) as house:
        run = await ask(house, number)
        error = run["error"]
        assert isinstance(error, dict)
        assert (run["status"], error["code"]) == ("failed", "model.context_too_long")
        assert len(upstream.answers()) == min(number, 2), "what is one message cannot be shortened"


async def test_what_has_begun_is_not_asked_again(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Say("half"), Wait(0.05), Fail(400, SAID)])
    async with opened(plain_store, upstream) as house:
        run = await ask(house)
        assert (run["status"], run["text"], len(upstream.answers())) == ("failed", "half", 1)


async def test_a_text_to_continue_is_not_cut(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Fail(400, SAID)])
    async with opened(plain_store, upstream) as house:
        await ask(house, mode="raw")
        assert len(upstream.answers()) == 1
