"""Which models there are and which one answers, for a reason that is said."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from mecum.inference.errors import ModelAuthFailed, ModelNotFound, ModelUnavailable, NotAModelServer
from mecum.inference.exchange import Answer, AnswerSink, ModelRequest, Usage
from mecum.inference.lanes import LimitedModel
from mecum.inference.ports import ModelInfo
from mecum.inference.preferences import Preferences
from mecum.inference.registry import Registry
from mecum.inference.roles import RoleMapping
from mecum.inference.selection.selecting import Selector
from mecum.kernel.errors import MecumError


@dataclass
class Silent:
    """A model that says nothing."""

    info: ModelInfo

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        return Answer("stop", Usage())


@dataclass
class Shelf:
    """A provider with these models on it."""

    endpoint: str
    found: list[ModelInfo] = field(default_factory=list[ModelInfo])
    local: bool = True
    error: MecumError | None = None
    asked: int = 0
    closed: bool = False
    gate: asyncio.Event | None = None

    async def models(self) -> list[ModelInfo]:
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return list(self.found)

    def open(self, model: ModelInfo) -> Silent:
        return Silent(model)

    async def close(self) -> None:
        self.closed = True


def info(ref: str, **more: object) -> ModelInfo:
    """Return a model."""
    endpoint, _, name = ref.partition("/")
    plain = ModelInfo(ref, name, "openai", endpoint, local=True)
    return replace(plain, **more)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def shelf() -> Shelf:
    """Return a provider with two models."""
    return Shelf("up", [info("up/small", size_bytes=1), info("up/large", size_bytes=2)])


async def test_the_largest_comes_first_and_the_reason_is_said(shelf: Shelf) -> None:
    registry = Registry([shelf])
    assert [found.ref for found in await registry.refresh()] == ["up/large", "up/small"]
    choice = registry.choose()
    assert (choice.info.ref, choice.reason) == ("up/large", "The largest of 2 models of up, on this machine.")
    assert registry.choose("role:chat").info.ref == "up/large"
    assert registry.choose("up/small").reason == "You chose it."
    assert registry.choose("small").info.ref == "up/small"


async def test_a_lone_model_says_so() -> None:
    registry = Registry([Shelf("up", [info("up/m", local=False)])])
    await registry.refresh()
    assert registry.choose().reason == "The only model of up, in the cloud."


async def test_the_built_in_search_answers_when_nothing_else_can() -> None:
    registry = Registry([Shelf("builtin", [info("builtin/search", recalls=True, rank=-1)])])
    await registry.refresh()
    assert registry.choose().reason == "No language model is loaded, so the built-in search answers."
    with pytest.raises(ModelUnavailable):
        registry.choose(real=True)


async def test_preference() -> None:
    wanted = ["a/ranked", "a/large", "a/small", "a/raw", "a/low", "a/gone"]
    found = [
        info("a/gone", available=False, rank=9),
        info("a/small", size_bytes=1),
        info("a/low", rank=-1),
        info("a/raw", raw_only=True, size_bytes=99),
        info("a/large", size_bytes=5),
        info("a/ranked", rank=1),
    ]
    registry = Registry([Shelf("a", found)])
    assert [model.ref for model in await registry.refresh()] == wanted


async def test_what_answers_on_request_is_never_chosen_by_itself() -> None:
    named = info("a/named", rank=9, size_bytes=9, on_request=True)
    registry = Registry([Shelf("a", [named, info("a/small")])])
    assert [model.ref for model in await registry.refresh()] == ["a/small", "a/named"]
    assert registry.choose().info.ref == "a/small"
    assert registry.choose().reason == "The only model of a, on this machine."
    assert registry.choose("a/named").info == named
    alone = Registry([Shelf("a", [named])])
    await alone.refresh()
    with pytest.raises(ModelUnavailable):
        alone.choose()


async def test_an_image_goes_to_a_model_that_sees() -> None:
    registry = Registry([Shelf("up", [info("up/blind", size_bytes=9), info("up/seeing", vision=True)])])
    await registry.refresh()
    assert registry.choose(vision=True).info.ref == "up/seeing"
    assert registry.choose().info.ref == "up/blind"
    only = Registry([Shelf("up", [info("up/blind")])])
    await only.refresh()
    assert only.choose(vision=True).info.ref == "up/blind"


async def test_what_was_wrong_with_a_server_is_said_of_its_models(shelf: Shelf) -> None:
    shelf.error = NotAModelServer()
    registry = Registry([shelf])
    await registry.refresh()
    since = r"up does not answer since \d{4}-\d\d-\d\d \d\d:\d\d UTC: "
    with pytest.raises(NotAModelServer, match=since + r"What answers at this .*else\.$"):
        registry.choose("up/whatever")
    shelf.error = NotAModelServer("A web page: is the address right?")
    await registry.refresh()
    with pytest.raises(NotAModelServer, match=since + r"A web page: is the address right\?$"):
        registry.get("up/whatever")
    shelf.error = ModelAuthFailed()
    await registry.refresh()
    with pytest.raises(ModelUnavailable, match="did not accept the key"):
        registry.get("up/whatever")


async def test_a_role_that_prefers_a_model_of_a_silent_server_says_so_until_it_answers(shelf: Shelf) -> None:
    mapping = RoleMapping(("up/seeing", "ol/x"))
    shelf.error, shelf.found = NotAModelServer(), []
    preferences = Preferences(roles={"planner": mapping})
    registry = Registry([shelf, Shelf("ol", [info("ol/x")])], Selector(lambda: preferences))
    await registry.refresh()
    first = registry.selection("planner").considered[0]
    assert (first.ref, first.named, first.rule) == (None, "up/seeing", "unavailable")
    await registry.refresh()
    assert registry.selection("planner").considered[0] == first, "it is silent since the first time"
    # It answers, and has nothing: the list of models is the same as before.
    shelf.error = None
    await registry.refresh()
    assert registry.selection("planner").considered[0].rule == "not_here"
    assert registry.silence("up") is None


async def test_what_is_not_there_is_said(shelf: Shelf) -> None:
    ollama = Shelf("ol", [info("ol/x", provider="ollama")])
    registry = Registry([shelf, ollama])
    with pytest.raises(ModelUnavailable, match="up does not answer"):
        registry.choose("up/small")
    with pytest.raises(ModelUnavailable, match="No model can answer"):
        registry.choose()
    await registry.refresh()
    for wanted, words in (
        ("nobody/x", "no model 'nobody/x' here"),
        ("unknown", "no model 'unknown'"),
        ("up/", "no model 'up/'"),
        ("assistant:a", "no assistant 'a'"),
        ("ol/y", "ol has no model 'y'"),
    ):
        with pytest.raises(ModelNotFound, match=words):
            registry.choose(wanted)


async def test_a_name_that_two_have_is_nobodys() -> None:
    registry = Registry([Shelf("a", [info("a/m")]), Shelf("b", [info("b/m")])])
    await registry.refresh()
    assert registry.find("m") is None
    assert registry.find("a/m") is not None
    with pytest.raises(ModelNotFound, match="2 models are called 'm'; say which: a/m, b/m"):
        registry.choose("m")
    with pytest.raises(ModelNotFound, match="did you mean 'b/m'"):
        registry.choose("c/m")


async def test_a_model_the_server_does_not_list_is_asked_anyway(shelf: Shelf) -> None:
    registry = Registry([shelf])
    await registry.refresh()
    choice = registry.choose("up/hidden")
    assert (choice.info.ref, choice.info.name, choice.info.tools) == ("up/hidden", "hidden", None)
    assert registry.find("up/hidden") is None


async def test_a_server_that_stops_answering_keeps_its_models_as_not_available(shelf: Shelf) -> None:
    registry = Registry([shelf])
    changes: list[int] = []
    registry.on_change(lambda: changes.append(1))
    await registry.refresh()
    await registry.refresh()
    assert len(changes) == 1
    shelf.error = ModelUnavailable()
    assert [model.available for model in await registry.refresh()] == [False, False]
    assert len(changes) == 2
    with pytest.raises(
        ModelUnavailable,
        match=r"up/.* is not available now: up does not answer since .* UTC: The model does not answer now\.$",
    ):
        registry.choose("up/small")
    shelf.error = None
    await registry.refresh()
    assert registry.choose("up/small").info.available


async def test_by_itself_nothing_beyond_this_machine_is_asked() -> None:
    near, far = Shelf("near", [info("near/m")]), Shelf("far", [info("far/m")], local=False)
    registry = Registry([near, far])
    await registry.refresh()
    assert (near.asked, far.asked) == (1, 0)
    await registry.complete(everywhere=False)
    assert (near.asked, far.asked) == (1, 0)
    await registry.complete()
    await registry.complete("far/m")
    assert (near.asked, far.asked) == (1, 1)
    await registry.refresh(everywhere=True)
    assert (near.asked, far.asked) == (2, 2)


async def test_nobody_waits_for_an_endpoint_they_do_not_need(shelf: Shelf) -> None:
    slow = Shelf("slow", [info("slow/m")], gate=asyncio.Event())
    registry = Registry([shelf, slow])
    changes: list[int] = []
    registry.on_change(lambda: changes.append(1))
    async with asyncio.timeout(0.5):
        await registry.complete("up/small")
        await registry.complete("small")
        await registry.complete()
        await registry.complete("role:chat")
        await registry.complete(everywhere=False)
    assert [model.ref for model in registry.models()] == ["up/large", "up/small"]
    waiting = asyncio.create_task(registry.complete("slow/m"))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    assert slow.gate is not None
    slow.gate.set()
    await waiting
    assert registry.find("slow/m") is not None
    assert (slow.asked, len(changes)) == (1, 2)
    await registry.close()


async def test_with_no_language_model_a_moment_is_waited() -> None:
    slow = Shelf("slow", [info("slow/m")], gate=asyncio.Event())
    registry = Registry([Shelf("builtin", [info("builtin/search", recalls=True, rank=-1)]), slow])
    async with asyncio.timeout(2):
        await registry.complete(patience=0.05)
    assert registry.choose().info.ref == "builtin/search"
    await registry.close()


async def test_a_limit_holds_for_the_whole_endpoint(shelf: Shelf) -> None:
    registry = Registry([shelf])
    await registry.refresh()
    assert isinstance(registry.choose("up/small").model, Silent)
    registry.limit("up", 2)
    small, large = registry.choose("up/small").model, registry.choose("up/large").model
    assert isinstance(small, LimitedModel)
    assert isinstance(large, LimitedModel)
    assert small.lane is large.lane


async def test_a_model_is_opened_once_until_it_changes(shelf: Shelf) -> None:
    registry = Registry([shelf])
    await registry.refresh()
    first = registry.choose("up/small").model
    await registry.refresh()
    assert registry.choose("up/small").model is first
    shelf.found[0] = replace(shelf.found[0], context_length=5)
    await registry.refresh()
    assert registry.choose("up/small").model is not first


async def test_what_is_removed_while_it_is_asked_does_not_come_back(shelf: Shelf) -> None:
    registry = Registry([shelf])
    shelf.gate = asyncio.Event()
    asking = asyncio.create_task(registry.refresh())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await registry.remove("up")
    shelf.gate.set()
    await asking
    assert registry.models() == []
    assert shelf.closed
    assert registry.provider("up") is None
    await registry.remove("up")


async def test_a_replaced_provider_is_asked_anew(shelf: Shelf) -> None:
    registry = Registry([shelf])
    await registry.refresh()
    other = Shelf("up", [info("up/other")])
    registry.add(other)
    await registry.refresh()
    assert [model.ref for model in registry.models()] == ["up/other"]
    await registry.close()
    assert other.closed


async def test_one_that_does_not_fit_is_not_chosen_and_that_is_said() -> None:
    large, small = info("a/large", size_bytes=9, fits=False), info("a/small", size_bytes=1, fits=True)
    registry = Registry([Shelf("a", [large, small])])
    await registry.refresh()
    assert [model.ref for model in registry.models()] == ["a/small", "a/large"]
    choice = registry.choose()
    assert choice.info.ref == "a/small"
    assert choice.reason.endswith("large does not fit into the memory that is free.")
    assert registry.choose("a/large").info.ref == "a/large", "a person may try"
    alone = Registry([Shelf("a", [large])])
    await alone.refresh()
    with pytest.raises(ModelUnavailable):
        alone.choose()
    lesser = Registry([Shelf("a", [info("a/large", size_bytes=9), info("a/mid", size_bytes=5, fits=False)])])
    await lesser.refresh()
    assert "does not fit" not in lesser.choose().reason


async def test_the_names_a_model_may_be_asked_under() -> None:
    tagged, other = info("one/mistral:latest"), info("two/qwen:7b")
    registry = Registry([Shelf("one", [tagged]), Shelf("two", [other])])
    await registry.refresh()
    for name in ("one/mistral:latest", "one/mistral", "mistral:latest", "mistral", "one:mistral:latest"):
        assert registry.find(name) == tagged, name
    assert registry.find("two:qwen:7b") == other
    assert registry.find("qwen") is None
    assert registry.choose("mistral").info == tagged


async def test_a_name_as_it_is_goes_before_one_without_its_tag() -> None:
    tagged, plain = info("one/mistral:latest"), info("two/mistral")
    registry = Registry([Shelf("one", [tagged]), Shelf("two", [plain])])
    await registry.refresh()
    assert registry.find("mistral") == plain
    assert registry.find("mistral:latest") == tagged


async def test_what_is_noticed_of_a_change_leaves_no_choice_of_before() -> None:
    told = [Preferences(roles={"chat": RoleMapping(("one/a",))})]
    registry = Registry([Shelf("one", [info("one/a"), info("one/b")])], Selector(lambda: told[0]))
    await registry.refresh()
    assert registry.choose().info.ref == "one/a"
    told[0] = Preferences(roles={"chat": RoleMapping(("one/b",))})
    registry.notice_gaps()
    assert registry.choose().info.ref == "one/b"
    assert registry.selection("chat").chosen == "one/b"
