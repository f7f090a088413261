"""The built-in responder as a model: its notice, its pieces, its tools, its limits."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fakes.sinks import Recorder
from mecum.inference.errors import ModelRefused
from mecum.inference.exchange import (
    Answer,
    CallContent,
    ModelMessage,
    ModelRequest,
    Passage,
    ResultContent,
    TextContent,
    ToolSpec,
    Usage,
)
from mecum.integrations.builtin.chat import NOTICE, BuiltinChat
from mecum.integrations.builtin.provider import BuiltinProvider

NOTE = ToolSpec("note_add", "", {"type": "object", "properties": {"body": {"type": "string"}}, "required": ["body"]})
NOTES = ToolSpec("note_list", "", {"type": "object", "properties": {}})


def fixed() -> datetime:
    return datetime(2026, 11, 21, 14, 5, tzinfo=UTC)


async def ask(text: str, *more: ModelMessage, **rest: Any) -> tuple[Answer, Recorder]:
    sink = Recorder()
    request = ModelRequest("search", (ModelMessage("user", (TextContent(text),)), *more), **rest)
    return await BuiltinChat(fixed, UTC).answer(request, sink), sink


@pytest.mark.parametrize("text", ["2+2", "hello", "Write a poem", "search for x", "", "note: x", "zxcv", "time"])
async def test_every_answer_says_that_no_model_is_loaded(text: str) -> None:
    answer, sink = await ask(text)
    assert sink.said[0] == NOTICE
    assert "no language model loaded" in sink.whole.lower()
    assert len(sink.said) > 1
    assert answer.stop_reason == "stop"


async def test_the_same_question_has_the_same_answer() -> None:
    passages = (Passage("a", "The Zephyr budget is 40.", 0, 24), Passage("b", "The Zephyr budget is 50.", 0, 24))
    first, second = [await ask("What is the Zephyr budget?", passages=passages) for _ in range(2)]
    assert first[1].events == second[1].events
    assert [passage.title for passage in first[1].citations] == ["a", "b"]
    kinds = [kind for kind, _ in first[1].events]
    assert kinds == ["text", "text", "text", "citation", "text", "citation"]


async def test_a_note_goes_through_the_tool() -> None:
    answer, sink = await ask("Note: buy *milk*\nand eggs", tools=(NOTE, NOTES))
    assert answer.stop_reason == "tool_calls"
    assert sink.said == []
    _, name, arguments = sink.calls[0]
    assert (name, json.loads(arguments)) == ("note_add", {"body": "buy *milk*\nand eggs"})


@pytest.mark.parametrize("text", ["remember that I like tea", "take a note: tea", "please write down tea"])
async def test_ways_to_note(text: str) -> None:
    _, sink = await ask(text, tools=(NOTE,))
    assert sink.calls[0][1] == "note_add"


async def test_notes_are_listed_through_the_tool() -> None:
    _, sink = await ask("show my notes", tools=(NOTES,))
    assert sink.calls[0][1:] == ["note_list", "{}"]


@pytest.mark.parametrize(
    ("text", "helps"),
    [
        ("note: oat milk, 2 litres", "*search for oat milk 2*"),
        ("remember that the door code is 4711", "*search for door code 4711*"),
        ("remember it", "*search for it*"),
        ("show my notes", "*search for* and a word of it"),
    ],
)
async def test_without_the_tool_it_says_so_and_what_helps(text: str, helps: str) -> None:
    _, sink = await ask(text)
    assert "no notes tool is offered" in sink.whole
    assert helps in sink.whole


PRICES = "Shopping\n\nThe blue jacket: price 17.50 at the corner.\nThe red one costs 22,90 euros.\n"
OFFER = TextContent(f"[attached file offer.txt]\n{PRICES}\n[end of offer.txt]\n")
PICTURE = TextContent("[attached file a.pdf (application/pdf, 9 bytes): its content is not text]")


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("price 17.50", "The blue jacket: price 17.50 at the corner."),
        ("what costs 22.90?", "The red one costs 22,90 euros."),
        ("search for jacket", "The blue jacket: price 17.50 at the corner."),
    ],
)
async def test_an_attachment_is_quoted_and_not_part_of_the_question(text: str, quote: str) -> None:
    request = ModelRequest("search", (ModelMessage("user", (TextContent(text), PICTURE, OFFER)),))
    sink = Recorder()
    await BuiltinChat(fixed, UTC).answer(request, sink)
    passage = sink.citations[0]
    assert (passage.title, passage.text) == ("offer.txt", quote)
    assert PRICES[passage.start : passage.end] == quote


async def test_an_attachment_that_was_recalled_is_cited_by_its_id() -> None:
    recalled = Passage("offer.txt", "Shopping", 0, 8, file_id="fil_1")
    request = ModelRequest(
        "search", (ModelMessage("user", (TextContent("blue jacket price"), OFFER)),), passages=(recalled,)
    )
    sink = Recorder()
    await BuiltinChat(fixed, UTC).answer(request, sink)
    assert [passage.file_id for passage in sink.citations] == ["fil_1"]


async def test_arithmetic_is_done_with_a_file_attached() -> None:
    request = ModelRequest("search", (ModelMessage("user", (TextContent("2+2"), OFFER)),))
    sink = Recorder()
    await BuiltinChat(fixed, UTC).answer(request, sink)
    assert "`2+2` = **4**" in sink.whole


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (ResultContent("c", "note_add", ""), "Noted."),
        (ResultContent("c", "note_list", "1. milk"), "1. milk"),
        (ResultContent("c", "note_list", ""), "Nothing."),
        (ResultContent("c", "note_add", "the disk is full", is_error=True), "That did not work: the disk is full"),
    ],
)
async def test_a_result_is_told(result: ResultContent, expected: str) -> None:
    call = ModelMessage("assistant", (CallContent("c", result.name, "{}"),))
    answer, sink = await ask("note: x", call, ModelMessage("tool", (result,)), tools=(NOTE, NOTES))
    assert sink.whole == NOTICE + expected
    assert answer.stop_reason == "stop"


async def test_the_time_is_the_persons() -> None:
    sink = Recorder()
    request = ModelRequest("search", (ModelMessage("user", (TextContent("time"),)),))
    await BuiltinChat(fixed, ZoneInfo("Asia/Kolkata")).answer(request, sink)
    assert "**19:35** (Saturday 21 November 2026, UTC+5:30)" in sink.whole


def test_time_zones_need_nothing_of_the_system() -> None:
    probe = "from mecum.integrations.builtin.clock_rules import zone_of; print(zone_of('Tokyo'), zone_of('gmt'))"
    bare = {**os.environ, "PYTHONTZPATH": ""}
    ended = subprocess.run(
        [sys.executable, "-c", probe], env=bare, capture_output=True, text=True, timeout=30, check=True
    )
    assert ended.stdout == "Asia/Tokyo UTC\n"


async def test_words_are_not_passed_off_as_tokens() -> None:
    answer, sink = await ask("What is 2 + 2")
    words = {"unit": "words", "input": 5, "output": len(sink.whole.split())}
    assert answer.usage == Usage(input_tokens=None, output_tokens=None, raw=words)


async def test_a_limit_is_kept() -> None:
    answer, sink = await ask("What can you do?", parameters={"max_tokens": 12})
    assert answer.stop_reason == "length"
    assert len(sink.whole.split()) == 12


@pytest.mark.parametrize(
    "parameters",
    [{"response_format": {"type": "json_object"}}, {"stop": "a"}, {"tool_choice": "required"}, {"logprobs": True}],
)
async def test_what_rules_cannot_keep_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ModelRefused):
        await ask("hello", parameters=parameters)


async def test_what_has_no_effect_is_taken() -> None:
    parameters = {"top_p": 0.5, "seed": 1, "tool_choice": "auto", "response_format": {"type": "text"}, "stop": None}
    answer, _ = await ask("hello", parameters=parameters, temperature=2.0)
    assert answer.stop_reason == "stop"


async def test_raw_mode_is_refused() -> None:
    with pytest.raises(ModelRefused, match="needs a language model"):
        await ask("Once upon a time", mode="raw")


async def test_text_that_cannot_be_stored_is_not_lost() -> None:
    _, sink = await ask("search for a\x00b\ud83d")
    assert "a\x00b\ud83d" in sink.whole


async def test_the_provider_has_one_model() -> None:
    provider = BuiltinProvider()
    [model] = await provider.models()
    assert (provider.endpoint, model.ref, model.local, model.recalls) == ("builtin", "builtin/search", True, True)
    sink = Recorder()
    await provider.open(model).answer(ModelRequest("search", (ModelMessage("user", (TextContent("1+1"),)),)), sink)
    assert "**2**" in sink.whole
    await provider.close()
