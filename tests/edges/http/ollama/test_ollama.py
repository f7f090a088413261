"""What Ollama clients do, with Ollama's own client, over real HTTP."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx2
import orjson
import pytest
from ollama import Client, ResponseError

from edges.http.openai.test_chat import PNG_URL
from factories.served import Served
from fakes.ollama_wire import OllamaModel
from fakes.steps import Call, Drop, Fail, Finish, Say, Think, Wait, says
from fakes.vectors import vector

pytestmark = pytest.mark.slow

ASKED: Any = [{"role": "user", "content": "Hi"}]
CLOCK: Any = {
    "type": "function",
    "function": {"name": "clock", "description": "Tells the time.", "parameters": {"type": "object", "properties": {}}},
}
PNG = PNG_URL.partition(",")[2]


@pytest.fixture
def client(served: Served) -> Iterator[Any]:
    """Return Ollama's client, pointed here; not typed, as tests post what its types do not allow."""
    made: Any = Client(host=served.url, headers={"Authorization": f"Bearer {served.token}"})
    with made:
        yield made


def test_a_chat_in_lines(served: Served, client: Any) -> None:
    steps = [step for word in ("One ", 'two "x"\n', "東京") for step in (Say(word), Wait(0.06))]
    served.upstream.script("fake-a", [Think("Let me "), Think("think."), *steps, Finish("stop", 11, 4)])
    pieces = list(client.chat(model="up/fake-a", messages=ASKED, stream=True))
    assert "".join(piece.message.content or "" for piece in pieces) == 'One two "x"\n東京'
    assert "".join(piece.message.thinking or "" for piece in pieces) == "Let me think."
    assert [piece.done for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert len([piece for piece in pieces if piece.message.content]) > 1
    last = pieces[-1]
    assert (last.done_reason, last.prompt_eval_count, last.eval_count, last.model) == ("stop", 11, 4, "up/fake-a")
    assert last.total_duration >= last.eval_duration > 0


def test_a_stream_is_what_ollama_does_by_default(served: Served) -> None:
    served.upstream.script("fake-a", says("a", "b"))
    answer = served.post("/api/chat", {"model": "up/fake-a", "messages": ASKED})
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [orjson.loads(line) for line in answer.text.splitlines()]
    assert [line["done"] for line in lines][-1]
    assert set(lines[0]) == {"model", "created_at", "message", "done"}


def test_a_chat_whole_and_its_run(served: Served, client: Any) -> None:
    served.upstream.script("fake-a", [Think("Hm."), *says("Hello", " there"), Finish("length", 11, 2)])
    before = served.listed()
    found = client.chat(
        model="up/fake-a",
        messages=[{"role": "system", "content": "Be kind."}, *ASKED],
        options={
            "temperature": 0,
            "num_predict": 9,
            "num_ctx": 4096,
            "top_k": 5,
            "stop": ["\n"],
            "repeat_penalty": 1.0,
        },
        keep_alive="5m",
    )
    assert (found.message.content, found.message.thinking, found.done_reason) == ("Hello there", "Hm.", "length")
    sent = served.asked()
    assert sent["messages"] == [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}]
    assert (sent["temperature"], sent["max_tokens"], sent["top_k"], sent["stop"]) == (0, 9, 5, ["\n"])
    assert not {"num_ctx", "repeat_penalty"} & sent.keys()
    assert served.listed() == before


def test_tools_and_their_results(served: Served, client: Any) -> None:
    served.upstream.script("fake-a", says("Noon."))
    served.upstream.script(
        "fake-a", [Say("Wait."), Call("clock", '{"a": 1}', "call_a"), Call("clock", "{}", "call_b", 1)], times=2
    )
    whole = client.chat(model="up/fake-a", messages=ASKED, tools=[CLOCK])
    assert [(c.function.name, c.function.arguments) for c in whole.message.tool_calls] == [
        ("clock", {"a": 1}),
        ("clock", {}),
    ]
    streamed = client.chat(model="up/fake-a", messages=ASKED, tools=[CLOCK], stream=True)
    calls = [call for piece in streamed for call in piece.message.tool_calls or ()]
    assert calls == list(whole.message.tool_calls)
    assert served.asked()["tools"] == [CLOCK]
    results = [{"role": "tool", "content": hour, "tool_name": "clock"} for hour in ("11:00", "12:00")]
    found = client.chat(model="up/fake-a", messages=[*ASKED, whole.message, *results], tools=[CLOCK])
    assert found.message.content == "Noon."
    told = served.asked()["messages"]
    assert [message["role"] for message in told] == ["user", "assistant", "tool", "tool"]
    assert [call["id"] for call in told[1]["tool_calls"]] == [message["tool_call_id"] for message in told[2:]]
    assert [message["content"] for message in told[2:]] == ["11:00", "12:00"]


def test_images_and_formats(served: Served, client: Any) -> None:
    seen = [{"role": "user", "content": "See:", "images": [base64.b64decode(PNG)]}]
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    client.chat(model="up/fake-n1", messages=seen, format=schema, think="low")
    sent = served.asked()
    assert sent["messages"][0]["content"][1]["image_url"]["url"] == PNG_URL
    assert sent["response_format"] == {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    assert sent["reasoning_effort"] == "low"
    client.chat(model="up/fake-n1", messages=ASKED, format="json")
    assert served.asked()["response_format"] == {"type": "json_object"}


def test_a_prompt(served: Served, client: Any) -> None:
    served.upstream.script("fake-a", [Think("Hm."), *says("Be", "cause"), Finish("stop", 3, 2)])
    whole = client.generate(model="up/fake-a", prompt="Why?", system="Be brief.")
    assert (whole.response, whole.thinking, whole.eval_count) == ("Because", "Hm.", 2)
    assert [m["content"] for m in served.asked()["messages"]] == ["Be brief.", "Why?"]
    pieces = list(client.generate(model="up/fake-a", prompt="Why?", stream=True))
    assert "".join(piece.response for piece in pieces) == "Because"
    client.generate(model="up/fake-n1", prompt="Once", raw=True)
    assert served.asked()["prompt"] == "Once"


def test_asking_for_nothing_says_that_the_model_is_there(served: Served, client: Any) -> None:
    assert client.generate(model="up/fake-n1", prompt="").done_reason == "load"
    assert client.chat(model="up/fake-n1", messages=[]).done_reason == "load"
    assert not served.upstream.answers()


def test_models(served: Served, client: Any) -> None:
    served.upstream.add(OllamaModel("fake-embed"), OllamaModel("mine:latest"))
    served.post("/api/v1/models/refresh", {})
    names = [model.model for model in client.list().models]
    assert {"up/fake-echo", "up/fake-embed", "builtin/search"} <= set(names)
    shown = client.show("builtin/search")
    assert "completion" in shown.capabilities
    assert client.show("up/fake-embed").capabilities == ["embedding"]
    assert client.chat(model="mine", messages=ASKED).model == "mine"
    assert served.asked()["model"] == "mine:latest"
    made = client.embed(model="fake-embed", input=["sky", "green grass"])
    assert [list(one) for one in made.embeddings] == [vector("sky"), vector("green grass")]
    assert made.prompt_eval_count == 3
    with served.http as http:
        assert http.get("/api/version").json()["version"]


def test_a_failure_in_the_middle_is_a_line(served: Served, client: Any) -> None:
    served.upstream.script("fake-a", [Say("half"), Wait(0.1), Drop()])
    with pytest.raises(ResponseError, match=r"connection|ended"):
        list(client.chat(model="up/fake-a", messages=ASKED, stream=True))
    served.upstream.script("fake-a", [Fail(429, "slow down")])
    for stream in (True, False):
        with pytest.raises(ResponseError) as caught:
            list(client.chat(model="up/fake-a", messages=ASKED, stream=stream))
        assert caught.value.status_code == 429


CASES: list[tuple[str, dict[str, Any], int, str]] = [
    ("/api/chat", {"model": "nobody"}, 404, "nobody"),
    ("/api/chat", {"model": None}, 400, "model"),
    ("/api/chat", {"foo": 1}, 400, "foo"),
    ("/api/chat", {"options": {"mirostat": 2}}, 400, "options.mirostat"),
    ("/api/chat", {"options": {"nonsense": 2}}, 400, "options.nonsense"),
    ("/api/chat", {"options": {"top_k": "x"}}, 400, "options.top_k"),
    ("/api/chat", {"options": {"seed": True}}, 400, "options.seed"),
    ("/api/chat", {"options": {"temperature": []}}, 400, "options.temperature"),
    ("/api/chat", {"options": {"stop": 5}}, 400, "options.stop"),
    ("/api/chat", {"options": {"tfs_z": {}}}, 400, "options.tfs_z"),
    ("/api/chat", {"format": 5}, 400, "format"),
    ("/api/chat", {"think": "huge"}, 400, "think"),
    ("/api/chat", {"messages": [{"role": "king", "content": "x"}]}, 400, "messages[0].role"),
    ("/api/chat", {"messages": [{"role": "tool", "content": "x", "tool_name": "f"}]}, 400, "No call of 'f'"),
    ("/api/chat", {"messages": [{"role": "user", "images": ["%%"]}]}, 400, "messages[0].images[0]"),
    ("/api/chat", {"messages": [{"role": "user", "images": ["QUJD"]}]}, 400, "only PNG"),
    ("/api/chat", {"messages": [{"role": "system", "content": "x", "images": [PNG]}]}, 400, "messages[0].images"),
    ("/api/chat", {"messages": [{"role": "user", "content": "a\x00"}]}, 400, "NUL"),
    ("/api/generate", {"prompt": "x", "suffix": "y"}, 400, "suffix"),
    ("/api/generate", {"prompt": "x", "context": [1]}, 400, "context"),
    ("/api/generate", {"prompt": "x", "raw": True, "system": "y"}, 400, "raw"),
    ("/api/embed", {"input": ["a", ""]}, 400, "input"),
    ("/api/embed", {"input": "a", "truncate": True}, 400, "truncate"),
    ("/api/embed", {"input": "a", "model": "builtin/search"}, 400, "model"),
    ("/api/show", {"model": "nobody"}, 404, "nobody"),
    ("/api/show", {"model": None}, 400, "model"),
    ("/api/pull", {}, 404, "address"),
]


@pytest.mark.parametrize(("path", "body", "status", "words"), CASES)
def test_what_is_refused(served: Served, path: str, body: dict[str, Any], status: int, words: str) -> None:
    base: dict[str, Any] = {"model": "up/fake-n1"} | ({"messages": ASKED} if path == "/api/chat" else {})
    answer = served.post(path, {**base, **body})
    assert answer.status_code == status, answer.text
    assert answer.json().keys() == {"error"}
    assert words in answer.json()["error"]
    assert not served.upstream.answers()


def test_bodies_that_are_no_json(served: Served) -> None:
    with served.http as http:
        for body in (b"", b"{", b"[]", b"\xff"):
            answer = http.post("/api/chat", content=body)
            assert (answer.status_code, list(answer.json())) == (400, ["error"])
        assert http.get("/api/chat").status_code == 405
        assert http.get("/api/v1/nothing").json()["code"] == "request.not_found"


def test_a_key_is_needed(served: Served) -> None:
    for method, path in (("GET", "/api/tags"), ("POST", "/api/chat"), ("POST", "/api/show"), ("GET", "/api/version")):
        answer = httpx2.request(method, served.url + path, headers={"Authorization": "Bearer wrong"})
        assert (answer.status_code, list(answer.json())) == (401, ["error"])
