"""Servers on the OpenAI wire that want something otherwise: learnt from their refusal, and not asked twice."""

from typing import Any

import pytest

from fakes.sinks import Recorder
from fakes.steps import Finish, Say
from fakes.upstream import Upstream
from mecum.inference.errors import ModelRefused
from mecum.inference.exchange import (
    CallContent,
    ModelMessage,
    ModelRequest,
    ReasoningContent,
    ResultContent,
    TextContent,
)
from mecum.inference.wires.openai import OpenAIChat
from mecum.infra.net import Net

HI = ModelMessage("user", (TextContent("Hi"),))
CALLED = (
    HI,
    ModelMessage("assistant", (ReasoningContent("Hm."), CallContent("c", "look", "{}"))),
    ModelMessage("tool", (ResultContent("c", "look", "blue"),)),
)


@pytest.fixture
def model(net: Net, upstream: Upstream) -> OpenAIChat:
    """Return a server on this wire."""
    upstream.script("m", [Say("Yes."), Finish("stop", 5, 2)])
    return OpenAIChat(net, f"{upstream.url}/v1")


async def asked(model: OpenAIChat, upstream: Upstream, *messages: ModelMessage, **parameters: Any) -> list[Any]:
    """Return the bodies that one answer took."""
    before, sink = len(upstream.requests), Recorder()
    await model.answer(ModelRequest("m", messages or (HI,), parameters=parameters), sink)
    assert sink.whole == "Yes."
    return [one.json for one in upstream.requests[before:]]


def strict(body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
    """Refuse what Mistral's API does."""
    extra = next(([name] for name in ("stream_options", "max_completion_tokens") if name in body), None)
    detail = [{"type": "extra_forbidden", "loc": ["body", *(extra or [])], "msg": "Extra inputs are not permitted"}]
    return (422, {"object": "error", "message": {"detail": detail}}) if extra else None


async def test_one_that_does_not_take_stream_options(model: OpenAIChat, upstream: Upstream) -> None:
    upstream.refuses = strict
    assert ["stream_options" in body for body in await asked(model, upstream)] == [True, False]
    assert ["stream_options" in body for body in await asked(model, upstream)] == [False]


async def test_two_differences_are_learnt_one_after_the_other(model: OpenAIChat, upstream: Upstream) -> None:
    upstream.refuses = strict
    assert len(await asked(model, upstream, max_completion_tokens=7)) == 3
    (body,) = await asked(model, upstream, max_completion_tokens=8)
    assert (body["max_tokens"], "max_completion_tokens" in body) == (8, False)


async def test_one_with_a_newer_name_for_the_longest_answer(model: OpenAIChat, upstream: Upstream) -> None:
    said = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    upstream.refuses = lambda body: (400, {"error": {"message": said}}) if "max_tokens" in body else None
    _, body = await asked(model, upstream, max_tokens=7)
    assert (body["max_completion_tokens"], "max_tokens" in body) == (7, False)
    assert len(await asked(model, upstream, max_tokens=7)) == 1


async def test_one_that_wants_thoughts_back_with_calls(model: OpenAIChat, upstream: Upstream) -> None:
    def refuses(body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        told = [one for one in body["messages"] if one.get("tool_calls")]
        said = "The `reasoning_content` in the thinking mode must be passed back to the API."
        missing = any("reasoning_content" not in one for one in told)
        return (400, {"error": {"message": said, "type": "invalid_request_error"}}) if missing else None

    upstream.refuses = refuses
    before, after = await asked(model, upstream, *CALLED)
    assert "reasoning_content" not in before["messages"][1]
    assert after["messages"][1]["reasoning_content"] == "Hm."
    assert "reasoning_content" not in after["messages"][0] | after["messages"][2]
    foreign = ModelMessage("assistant", (ReasoningContent("Hm.", "proof", "anthropic/m"), *CALLED[1].content[1:]))
    (body,) = await asked(model, upstream, HI, foreign, CALLED[2])
    assert body["messages"][1]["reasoning_content"] == "", "no model is shown the thoughts of another"


@pytest.mark.parametrize(
    "said",
    [
        "stream_options: not of this server",
        "max_completion_tokens is too large: 999999",
        "the reasoning_content is not to my liking",
        "no reason at all",
    ],
)
async def test_whoever_refuses_again_has_refused(model: OpenAIChat, upstream: Upstream, said: str) -> None:
    upstream.refuses = lambda _: (400, {"error": {"message": said}})
    with pytest.raises(ModelRefused, match=said):
        await asked(model, upstream, max_completion_tokens=999_999)
    assert len(upstream.requests) <= 2


async def test_what_one_model_wants_is_no_matter_of_another(model: OpenAIChat, upstream: Upstream) -> None:
    upstream.refuses = strict
    await asked(model, upstream)
    upstream.refuses = None
    upstream.script("n", [Say("Yes.")])
    await model.answer(ModelRequest("n", (HI,)), Recorder())
    assert "stream_options" in upstream.requests[-1].json
