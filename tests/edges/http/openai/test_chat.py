"""Chat completions with OpenAI's own client, over real HTTP."""

import base64
from typing import Any

import pytest
from openai import APIError, APIStatusError, BadRequestError, InternalServerError, NotFoundError, RateLimitError
from pydantic import BaseModel

from factories.served import Served
from fakes.steps import Call, Drop, Fail, Finish, Say, Think, Wait, says

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 8
PNG_URL = "data:image/png;base64," + base64.b64encode(PNG).decode()
ASKED: Any = [{"role": "user", "content": "Hi"}]
CLOCK: Any = {
    "type": "function",
    "function": {
        "name": "clock",
        "description": "Tells the time.",
        "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}},
        "strict": True,
    },
}


def test_an_answer_whole(served: Served) -> None:
    served.upstream.script("fake-a", [*says("Hello", " there"), Finish("stop", 11, 2)])
    found = served.openai.chat.completions.create(model="up/fake-a", messages=ASKED)
    (choice,) = found.choices
    assert (choice.message.content, choice.message.role, choice.finish_reason) == ("Hello there", "assistant", "stop")
    assert found.usage is not None
    assert (found.usage.prompt_tokens, found.usage.completion_tokens, found.usage.total_tokens) == (11, 2, 13)
    assert (found.model, found.object, found.id[:9]) == ("up/fake-a", "chat.completion", "chatcmpl-")


def test_an_answer_in_chunks(served: Served) -> None:
    text = 'A "quoted"\n\tline, \\ and 東京 👩‍👩‍👧'
    steps = [step for letter in text for step in (Say(letter), Wait(0.003))]
    served.upstream.script("fake-a", [*steps, Finish("stop", 5, 7)])
    chunks = list(
        served.openai.chat.completions.create(
            model="up/fake-a", messages=ASKED, stream=True, stream_options={"include_usage": True}
        )
    )
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == text
    assert [chunk.choices[0].finish_reason for chunk in chunks[-3:-1]] == [None, "stop"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 12
    assert len({(chunk.id, chunk.created, chunk.model, chunk.object) for chunk in chunks}) == 1
    assert len(chunks) > 5
    assert "".join(part["text"] for part in served.settled(chunks[0].id)["parts"]) == text


def test_chunks_without_usage_say_nothing_of_it(served: Served) -> None:
    raw = served.post("/v1/chat/completions", {"model": "up/fake-n2", "messages": ASKED, "stream": True})
    assert raw.headers["content-type"].startswith("text/event-stream")
    assert b"usage" not in raw.content
    assert raw.content.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize(("reason", "told"), [("length", "length"), ("content_filter", "content_filter")])
@pytest.mark.parametrize("stream", [False, True])
def test_why_an_answer_ended(served: Served, reason: str, told: str, stream: bool) -> None:
    served.upstream.script("fake-a", [Say("cut"), Finish(reason)])
    found: Any = served.openai.chat.completions.create(model="up/fake-a", messages=ASKED, stream=stream)
    choices = [chunk.choices[0] for chunk in found] if stream else found.choices
    assert choices[-1].finish_reason == told


def test_tool_calls_and_their_results(served: Served) -> None:
    served.upstream.script("fake-a", says("It is noon."), times=None)
    served.upstream.script(
        "fake-a",
        [Say("Let me see."), Call("clock", '{"zone":"UTC"}', "call_a"), Call("clock", "{}", "call_b", 1)],
        times=1,
    )
    first = served.openai.chat.completions.create(
        model="up/fake-a", messages=ASKED, tools=[CLOCK], tool_choice="auto", parallel_tool_calls=True
    )
    sent = served.asked()
    assert sent["tools"] == [CLOCK]
    assert (sent["tool_choice"], sent["parallel_tool_calls"]) == ("auto", True)
    choice = first.choices[0]
    calls: list[Any] = choice.message.tool_calls or []
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content == "Let me see."
    assert [(c.id, c.function.name, c.function.arguments) for c in calls] == [
        ("call_a", "clock", '{"zone":"UTC"}'),
        ("call_b", "clock", "{}"),
    ]
    results: Any = [{"role": "tool", "tool_call_id": call.id, "content": "12:00"} for call in calls]
    second = served.openai.chat.completions.create(
        model="up/fake-a", messages=[*ASKED, choice.message, *results], tools=[CLOCK]
    )
    assert second.choices[0].message.content == "It is noon."
    assert served.asked()["messages"] == [
        {"role": "user", "content": "Hi"},
        {
            "role": "assistant",
            "content": "Let me see.",
            "tool_calls": [
                {"id": "call_a", "type": "function", "function": {"name": "clock", "arguments": '{"zone":"UTC"}'}},
                {"id": "call_b", "type": "function", "function": {"name": "clock", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "call_a", "content": "12:00"},
        {"role": "tool", "tool_call_id": "call_b", "content": "12:00"},
    ]


def test_tool_calls_in_chunks(served: Served) -> None:
    calls = [Call("clock", '{"zone": "UTC"}', "call_a", pieces=4), Call("look", '{"q": 1}', "call_b", 1, pieces=3)]
    served.upstream.script("fake-a", [Say("Well."), *calls])
    with served.openai.chat.completions.stream(model="up/fake-a", messages=ASKED) as stream:
        kinds = [event.type for event in stream]
        message = stream.get_final_completion().choices[0]
    assert kinds.count("tool_calls.function.arguments.delta") >= 7
    made: list[Any] = message.message.tool_calls or []
    assert [(c.id, c.function.name, c.function.arguments) for c in made] == [
        ("call_a", "clock", '{"zone": "UTC"}'),
        ("call_b", "look", '{"q": 1}'),
    ]
    assert (message.message.content, message.finish_reason) == ("Well.", "tool_calls")


def test_reasoning_is_told_apart_and_may_come_back(served: Served) -> None:
    served.upstream.script("fake-a", [Think("Hm "), Think("ok."), Say("42")])
    found = served.openai.chat.completions.create(model="up/fake-a", messages=ASKED)
    message = found.choices[0].message
    assert (message.content, (message.model_extra or {})["reasoning_content"]) == ("42", "Hm ok.")
    served.openai.chat.completions.create(model="up/fake-a", messages=[*ASKED, message, *ASKED])
    assert served.asked()["messages"][1] == {"role": "assistant", "content": "42"}
    chunks = served.openai.chat.completions.create(model="up/fake-a", messages=ASKED, stream=True)
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert "".join(getattr(delta, "reasoning_content", "") for delta in deltas) == "Hm ok."
    assert "".join(delta.content or "" for delta in deltas) == "42"


def test_every_kind_of_message_reaches_the_model(served: Served) -> None:
    messages: Any = [
        {"role": "developer", "content": [{"type": "text", "text": "Be "}, {"type": "text", "text": "brief."}]},
        {
            "role": "user",
            "content": [{"type": "text", "text": "See:"}, {"type": "image_url", "image_url": {"url": PNG_URL}}],
        },
        {"role": "assistant", "content": [{"type": "text", "text": "A picture."}]},
        {
            "role": "user",
            "content": "More.",
        },
    ]
    served.openai.chat.completions.create(model="up/fake-n1", messages=messages)
    assert served.asked()["messages"] == [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [{"type": "text", "text": "See:"}, {"type": "image_url", "image_url": {"url": PNG_URL}}],
        },
        {"role": "assistant", "content": "A picture."},
        {"role": "user", "content": "More."},
    ]


def test_supported_parameters_reach_the_model(served: Served) -> None:
    given: dict[str, Any] = {
        "temperature": 0.0,
        "max_completion_tokens": 9,
        "top_p": 0.5,
        "stop": ["\n", "END"],
        "seed": 7,
        "presence_penalty": 0.5,
        "frequency_penalty": -0.5,
        "logit_bias": {"50256": -100},
        "user": "ada",
        "reasoning_effort": "low",
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "a", "schema": {"type": "object"}, "strict": True},
        },
    }
    harmless: dict[str, Any] = {"n": 1, "logprobs": False, "modalities": ["text"], "service_tier": "auto"}
    served.openai.chat.completions.create(model="up/fake-n1", messages=ASKED, **given, **harmless)
    sent = served.asked()
    assert {name: sent[name] for name in given} == given
    assert not harmless.keys() & sent.keys()


def test_a_parsed_answer(served: Served) -> None:
    class Place(BaseModel):
        name: str

    served.upstream.script("fake-a", says('{"name": ', '"Kyoto"}'))
    found = served.openai.chat.completions.parse(model="up/fake-a", messages=ASKED, response_format=Place)
    assert found.choices[0].message.parsed == Place(name="Kyoto")
    assert served.asked()["response_format"]["json_schema"]["strict"] is True


def test_text_that_cannot_be_text_is_shown_as_it_can_be(served: Served) -> None:
    whole = served.openai.chat.completions.create(model="up/fake-nul", messages=ASKED)
    chunks = served.openai.chat.completions.create(model="up/fake-nul", messages=ASKED, stream=True)
    assert whole.choices[0].message.content == "ab\ufffdcd"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "ab\ufffdcd"


@pytest.mark.parametrize("model", ["fake-echo", "up/fake-echo", "role:chat"])
def test_models_by_reference_name_and_role(served: Served, model: str) -> None:
    found = served.openai.chat.completions.create(model=model, messages=ASKED)
    assert found.model.startswith("up/fake")


@pytest.mark.parametrize("model", ["nothing", "up2/x", "assistant:ada", "builtin/nothing"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_is_not_there(served: Served, model: str, stream: bool) -> None:
    with pytest.raises(NotFoundError) as caught:
        served.openai.chat.completions.create(model=model, messages=ASKED, stream=stream)
    assert (caught.value.code, caught.value.param, caught.value.type) == (
        "model_not_found",
        "model",
        "invalid_request_error",
    )


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, BadRequestError, "model.refused"),
        (429, RateLimitError, "rate_limit_exceeded"),
        (500, InternalServerError, "model.unavailable"),
    ],
)
def test_a_model_that_refuses(served: Served, status: int, kind: type[APIStatusError], code: str, stream: bool) -> None:
    served.upstream.script("fake-a", [Fail(status, "no, thank you")])
    with pytest.raises(kind) as caught:
        served.openai.chat.completions.create(model="up/fake-a", messages=ASKED, stream=stream)
    assert caught.value.code == code
    assert "no, thank you" in caught.value.message


def test_a_stream_that_breaks_is_an_error_and_not_an_end(served: Served) -> None:
    served.upstream.script("fake-a", [Say("half"), Wait(0.1), Drop()])
    chunks = iter(served.openai.chat.completions.create(model="up/fake-a", messages=ASKED, stream=True))
    assert [next(chunks).choices[0].delta.content for _ in range(2)] == ["", "half"]
    with pytest.raises(APIError) as caught:
        next(chunks)
    assert caught.value.code == "model.cut_short"


def test_the_wrong_key(served: Served) -> None:
    wrong = {"Authorization": "Bearer mk_wrong"}
    with pytest.raises(APIStatusError) as caught:
        served.openai.chat.completions.create(model="up/fake-n1", messages=ASKED, extra_headers=wrong)
    assert (caught.value.status_code, caught.value.code) == (401, "invalid_api_key")
    assert caught.value.type == "invalid_request_error"
    assert caught.value.response.headers["www-authenticate"] == "Bearer"


def test_a_repeated_call_makes_one_run(served: Served) -> None:
    headers = {"Idempotency-Key": "once"}
    served.upstream.script("fake-a", [*says("same", " again"), Finish("length", 3, 2)])
    create = served.openai.chat.completions.create
    first = create(model="up/fake-a", messages=ASKED, extra_headers=headers)
    again = create(model="up/fake-a", messages=ASKED, extra_headers=headers)
    chunks = list(create(model="up/fake-a", messages=ASKED, extra_headers=headers, stream=True))
    assert again.model_dump() == first.model_dump()
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "same again"
    assert (chunks[0].id, chunks[-1].choices[0].finish_reason) == (first.id, "length")
    assert len(served.upstream.answers()) == 1


def test_tool_calls_told_again(served: Served) -> None:
    headers = {"Idempotency-Key": "calls"}
    served.upstream.script("fake-a", [Think("hm"), Say("ok"), Call("clock", '{"a": 1}', "call_z")])
    create = served.openai.chat.completions.create
    first = create(model="up/fake-a", messages=ASKED, extra_headers=headers)
    chunks = list(create(model="up/fake-a", messages=ASKED, extra_headers=headers, stream=True))
    (piece,) = next(calls for chunk in chunks if (calls := chunk.choices[0].delta.tool_calls))
    assert (piece.index, piece.id, piece.function.name, piece.function.arguments) == (0, "call_z", "clock", '{"a": 1}')
    assert (first.choices[0].finish_reason, chunks[-1].choices[0].finish_reason) == ("tool_calls", "tool_calls")
