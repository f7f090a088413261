"""The table of what each wire does, in the guide to models: every cell is tried."""

from pathlib import Path
from typing import Any, Final

import pytest

from contracts.test_chat_model import Adapter, adapter
from fakes.sinks import Recorder
from fakes.steps import Call, Cite, Finish, Say, says
from fakes.upstream import Upstream
from mecum.inference.errors import ModelRefused
from mecum.inference.exchange import ImageContent, ModelMessage, ModelRequest, TextContent, ToolSpec

__all__ = ["adapter"]
WIRES: Final = ("openai", "ollama", "anthropic", "google", "llama_cpp")
GUIDE: Final = Path(__file__).parents[2] / "docs" / "guides" / "models.md"
SCHEMA: Final[Any] = {"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"]}
TOOLS: Final = (ToolSpec("look", "Looks.", {"type": "object", "properties": {}}),)
ASKED: Final[dict[str, list[dict[str, Any]]]] = {
    "`top_p`": [{"top_p": 0.5}],
    "`top_k`": [{"top_k": 5}],
    "`min_p`, `repeat_penalty`": [{"min_p": 0.1}, {"repeat_penalty": 1.1}],
    "`stop`": [{"stop": ["x"]}],
    "`seed`": [{"seed": 7}],
    "`presence_penalty`, `frequency_penalty`": [{"presence_penalty": 0.5}, {"frequency_penalty": 0.5}],
    "`logit_bias`": [{"logit_bias": {"5": 1}}],
    "`logprobs`": [{"logprobs": True}],
    "`reasoning_effort`": [{"reasoning_effort": "low"}],
    "`response_format`: any JSON": [{"response_format": {"type": "json_object"}}],
    "`response_format`: a schema": [
        {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}}}
    ],
    "`tool_choice`: one must be called": [{"tool_choice": "required"}],
    "`parallel_tool_calls`: off": [{"parallel_tool_calls": False}],
}


def table() -> dict[str, dict[str, str]]:
    """Return the cells of the guide's table, by row and wire."""
    lines = GUIDE.read_text("utf-8").splitlines()
    begin = lines.index("| | openai | ollama | anthropic | google | llama_cpp |") + 2
    rows: dict[str, dict[str, str]] = {}
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        rows[name] = dict(zip(WIRES, cells, strict=True))
    return rows


TABLE: Final = table()
every_wire = pytest.mark.parametrize("adapter", WIRES, indirect=True)


def wire_of(request: pytest.FixtureRequest) -> str:
    """Return the wire that the test is parametrised with."""
    return str(request.node.callspec.params["adapter"])


async def tried(adapter: Adapter, upstream: Upstream, parameters: dict[str, Any], tools: tuple[ToolSpec, ...]) -> str:
    """Return `yes`, or `refused` where it is, by its name and before anything was asked."""
    before, named = len(upstream.requests), None
    try:
        await adapter.ask("Hi", Recorder(), parameters={"max_tokens": 8, **parameters}, tools=tools)
    except ModelRefused as error:
        named = error.details["parameter"]
    if named is None:
        return "yes"
    return "refused" if named in parameters and len(upstream.requests) == before else f"refused as {named}"


@every_wire
@pytest.mark.parametrize("row", ASKED)
async def test_a_parameter(request: pytest.FixtureRequest, adapter: Adapter, upstream: Upstream, row: str) -> None:
    upstream.script("m", says("{}"))
    for parameters in ASKED[row]:
        tools = TOOLS if row.startswith(("`tool", "`parallel")) else ()
        found = await tried(adapter, upstream, parameters, tools)
        assert found == TABLE[row][wire_of(request)], parameters


@every_wire
async def test_what_comes_back(request: pytest.FixtureRequest, adapter: Adapter, upstream: Upstream) -> None:
    wire = wire_of(request)
    steps = [Say("Well."), Call("look", '{"a": 1}', "call_a"), Call("look", "{}", "call_b", 1)]
    upstream.script("m", [*steps, Finish("tool_calls", 9, 4, cached_tokens=3)])
    sink = Recorder()
    answer = await adapter.ask("Hi", sink, parameters={"max_tokens": 8}, tools=TOOLS)
    assert (len(sink.calls) == 2) is (TABLE["several calls in an answer"][wire] == "yes")
    assert (answer.usage.cached_tokens is not None) is (TABLE["tokens from a cache are counted"][wire] == "yes")
    if len(sink.calls) == 2:
        assert answer.stop_reason == "tool_calls"


@every_wire
async def test_sources(request: pytest.FixtureRequest, adapter: Adapter, upstream: Upstream) -> None:
    cites = TABLE["sources are kept as citations"][wire_of(request)] == "yes"
    upstream.script("m", [Say("To Rome."), *([Cite("To Rome.", "Trip")] if cites else [])])
    sink = Recorder()
    await adapter.ask("Where?", sink, parameters={"max_tokens": 8})
    assert [one.title for one in sink.citations] == (["Trip"] if cites else [])
    # OpenAI's wire names the page and quotes nothing of it.
    assert {one.text for one in sink.citations} <= ({""} if wire_of(request) == "openai" else {"To Rome."})


@every_wire
async def test_images(request: pytest.FixtureRequest, adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", says("A cat."))
    sees = TABLE["images"][wire_of(request)] == "yes"
    content = (TextContent("See:"), ImageContent("image/png", b"\x89PNG\r\n"))
    asked = ModelRequest(adapter.name, (ModelMessage("user", content),), parameters={"max_tokens": 8})
    await adapter.model.answer(asked, Recorder())
    assert any(b"iVBORw0K" in one.body for one in upstream.answers()) is sees


def test_every_row_is_tried() -> None:
    others = {
        "several calls in an answer",
        "images",
        "tokens from a cache are counted",
        "sources are kept as citations",
    }
    assert TABLE.keys() == ASKED.keys() | others
