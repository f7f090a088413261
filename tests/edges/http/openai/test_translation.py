"""The bytes made of frames, without a network: whatever the frames' cut, client and record have the same."""

import asyncio
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from mecum.domains.runs import api as runs
from mecum.domains.runs.events import ToolArgumentsDelta
from mecum.edges.http.openai.chunks import ChatChunks
from mecum.edges.http.openai.errors import RunCancelled, error_object, path_of, rendered
from mecum.edges.http.openai.follower import CallEvents
from mecum.edges.http.openai.frames import Translation
from mecum.edges.http.openai.response_events import ResponseEvents
from mecum.engine.chat.called import CalledRun, Ending
from mecum.engine.chat.turn import Wants
from mecum.infra.storage.errors import StoreBusy
from mecum.kernel.errors import Internal, Limit, MecumError
from mecum.kernel.text import escape

Piece = tuple[str, str]
PIECES = st.lists(
    st.tuples(
        st.sampled_from(["text", "reasoning", "tool_call"]),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=6),
    ),
    max_size=12,
)
USED = Ending("completed", "up/a", "stop", None, None)


class Log:
    """Stands in for the ticker: the test says when something is committed."""

    def dirty(self, stream: runs.RunStream, *, urgent: bool) -> None:
        """See `Ticker`."""


def opened() -> runs.RunStream:
    """Return the log of a run."""
    return runs.RunStream(Log(), "run_" + "0" * 13, "cnv_" + "0" * 13, "msg_" + "0" * 13, "per_1")


def commit(stream: runs.RunStream) -> Sequence[runs.Frame]:
    """Commit what is not; return its frames."""
    fresh = stream.take()
    stream.committed(fresh)
    return fresh


def say(stream: runs.RunStream, kind: Any, text: str, number: int) -> None:
    """Let a model say a piece."""
    if kind != "tool_call":
        stream.text(kind, escape(text), len(text.encode()))
        return
    stream.close_part()
    part = stream.open_part("tool_call")
    for piece in ("", text):
        stream.emit(ToolArgumentsDelta(part, f"call_{number}", "f", piece))
    stream.close_part({"type": "tool_call", "call_id": f"call_{number}", "name": "f", "arguments": text})


def spoken(pieces: Sequence[Piece], cuts: Sequence[bool]) -> tuple[runs.RunStream, list[runs.Frame]]:
    """Return a whole run of these pieces; after each, its cut says whether it was committed at once."""
    stream = opened()
    frames: list[runs.Frame] = []
    for number, (kind, text) in enumerate(pieces):
        say(stream, kind, text, number)
        if cuts[number % len(cuts)] if cuts else True:
            frames += commit(stream)
    stream.close_part()
    stream.end(runs.RunEnded("completed"), [])
    return stream, [*frames, *commit(stream)]


def data_of(body: bytes) -> list[Any]:
    """Return the data of server-sent events."""
    lines = [line[6:] for line in body.split(b"\n") if line.startswith(b"data: ")]
    return [orjson.loads(line) for line in lines if line != b"[DONE]"]


def test_a_wire_that_says_nothing_of_something_cannot_be_made() -> None:
    class Half(Translation):
        def text(self, escaped: bytes) -> bytes:
            return escaped

    with pytest.raises(TypeError, match="reasoning"):
        Half()  # pyright: ignore[reportAbstractUsage]


@given(pieces=PIECES, cuts=st.lists(st.booleans(), max_size=5))
def test_chunks_say_what_the_record_says(pieces: list[Piece], cuts: list[bool]) -> None:
    stream, frames = spoken(pieces, cuts)
    for told in (frames, stream.caught_up(0)):
        chunks = ChatChunks("chatcmpl-1", 0, lambda: USED, with_usage=False)
        deltas = [event["choices"][0]["delta"] for event in data_of(b"".join(map(chunks.take, told)))]
        for name, kind in (("content", "text"), ("reasoning_content", "reasoning")):
            assert "".join(d.get(name) or "" for d in deltas) == "".join(t for k, t in pieces if k == kind)
        calls: dict[int, str] = {}
        for call in [call for delta in deltas for call in delta.get("tool_calls", [])]:
            calls[call["index"]] = calls.get(call["index"], "") + call["function"]["arguments"]
        assert list(calls.values()) == [text for kind, text in pieces if kind == "tool_call"]


def retold(stream: runs.RunStream) -> list[runs.Frame]:
    """Return the frames of the run as the store tells them."""
    whole = {"id": stream.id, "conversation_id": "", "message_id": "", "last_seq": 9, "status": "completed"}
    told = runs.stored_events({**whole, "error": None}, {"parts": stream.stored_parts()}, 0)
    return [runs.StoredFrame(seq, body, ends=n == len(told) - 1) for n, (seq, body) in enumerate(told)]


@given(pieces=PIECES, cuts=st.lists(st.booleans(), max_size=5), after=st.integers(0, 60))
def test_events_say_what_the_response_says(pieces: list[Piece], cuts: list[bool], after: int) -> None:
    stream, frames = spoken(pieces, cuts)
    run = CalledRun(
        run_id=stream.id,
        kind="api",
        conversation_id=stream.conversation_id,
        message_id=stream.message_id,
        parent_id=None,
        wants=Wants(),
        parts=stream.stored_parts(),
        ending=USED,
        created_ms=0,
        finished_ms=1,
    )
    for told in (frames, stream.caught_up(0), retold(stream)):
        events = ResponseEvents(lambda: run)
        said = data_of(events.begin() + b"".join(map(events.take, told)))
        numbers = accumulate(len(e["delta"].encode()) if e["type"].endswith(".delta") else 1 for e in said)
        assert [event["sequence_number"] for event in said] == [number - 1 for number in numbers]
        items = [event["item"] for event in said if event["type"] == "response.output_item.done"]
        assert items == said[-1]["response"]["output"]
        assert text_in(said) == "".join(text for kind, text in pieces if kind == "text")
        had = [event for event in said if event["sequence_number"] <= after]
        known = had[-1]["sequence_number"]
        again = ResponseEvents(lambda: run, known)
        rest = data_of(again.begin() + b"".join(map(again.take, told)))
        assert had + rest == said


def text_in(said: Sequence[Any]) -> str:
    """Return the text that events say."""
    return "".join(event["delta"] for event in said if event["type"] == "response.output_text.delta")


class Client:
    """A client's end of an ASGI connection that takes one message whenever `take` is called."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        """See ASGI."""
        self.messages.append(message)

    async def receive(self) -> Message:
        """The client never says anything, and leaves when it has everything."""
        return {"type": "http.disconnect"}

    @property
    def body(self) -> bytes:
        """What arrived."""
        return b"".join(message.get("body", b"") for message in self.messages)


async def test_a_run_that_fails_before_its_first_word_has_a_status_of_its_own() -> None:
    stream, client = opened(), Client()
    stream.end(runs.RunEnded("failed"), [])
    commit(stream)
    error = Limit("Slow down.", retry_after=7)
    ending = Ending("failed", None, None, None, error)
    chunks = ChatChunks("chatcmpl-1", 0, lambda: ending, with_usage=True)
    await CallEvents(stream, chunks, lambda: error)({"type": "http"}, client.receive, client.send)
    assert client.messages[0]["status"] == 429
    assert (b"retry-after", b"7") in client.messages[0]["headers"]
    assert orjson.loads(client.body)["error"]["type"] == "rate_limit_error"


class SlowClient(Client):
    """Takes a message only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.free = asyncio.Event()
        self.whole = asyncio.Event()

    async def send(self, message: Message) -> None:
        """See ASGI."""
        self.messages.append(message)
        if message["type"] == "http.response.body" and not message["more_body"]:
            self.whole.set()
        await self.free.wait()

    async def receive(self) -> Message:
        """See ASGI: it leaves when it has everything."""
        await self.whole.wait()
        return {"type": "http.disconnect"}


@pytest.mark.parametrize("ends_meanwhile", [False, True])
async def test_a_slow_client_gets_everything_joined(ends_meanwhile: bool) -> None:
    stream, client = opened(), SlowClient()
    chunks = ChatChunks("chatcmpl-1", 0, lambda: USED, with_usage=False)
    response = CallEvents(stream, chunks, lambda: None)
    sending = asyncio.ensure_future(response({"type": "http"}, client.receive, client.send))
    await asyncio.sleep(0)

    def commit_and_push() -> None:
        frames = commit(stream)
        for follower in list(stream.followers):
            follower.push(stream, frames)

    for number in range(20):
        say(stream, "text", f"{number} ", number)
        commit_and_push()
    assert len(client.messages) == 1
    if not ends_meanwhile:
        client.free.set()
        await asyncio.sleep(0.01)
    stream.close_part()
    stream.end(runs.RunEnded("completed"), [])
    commit_and_push()
    client.free.set()
    async with asyncio.timeout(5):
        await sending
    deltas = [event["choices"][0]["delta"].get("content", "") for event in data_of(client.body)]
    assert "".join(deltas) == "".join(f"{number} " for number in range(20))
    assert client.body.endswith(b"data: [DONE]\n\n")
    assert len(client.messages) < 8


async def test_a_waiting_client_is_told_so() -> None:
    stream, client = opened(), Client()
    stream.emit(runs.RunStatus("queued", 1))
    commit(stream)
    chunks = ChatChunks("chatcmpl-1", 0, lambda: USED, with_usage=False)
    await CallEvents(stream, chunks, lambda: None)({"type": "http"}, client.receive, client.send)
    assert client.messages[0]["status"] == 200
    assert client.body.startswith(b": ")


@pytest.mark.parametrize(
    ("error", "status", "kind", "code"),
    [
        (Internal(), 500, "server_error", "internal.error"),
        (StoreBusy(), 503, "server_error", StoreBusy.code),
        (RunCancelled(), 409, "invalid_request_error", "run.cancelled"),
    ],
)
def test_errors_have_one_shape(error: MecumError, status: int, kind: str, code: str) -> None:
    found = error_object(error, status)
    assert (found["type"], found["code"], found["param"]) == (kind, code, None)
    assert orjson.loads(rendered(error, status, "").body) == {"error": found}


@pytest.mark.parametrize(
    ("steps", "missing", "path"),
    [
        (("a", 0, "text", "text"), False, "a[0].text"),
        (("a", 0, "text", "more"), True, "a[0].more"),
        (("b", "str"), False, "b"),
        (("b", "list[X]", 0), False, "b[0]"),
        (("c", "function", "name"), True, "c.function.name"),
    ],
)
def test_paths(steps: tuple[int | str, ...], missing: bool, path: str) -> None:
    value: Any = {"a": [{"type": "text", "text": 5}], "b": 1, "c": {"type": "function", "function": {}}}
    assert path_of(steps, value, missing=missing) == path
