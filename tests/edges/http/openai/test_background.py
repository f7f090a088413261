"""Responses made in the background, streamed again from any number on, and their input listed; with OpenAI's client."""

import time
from typing import Any

import pytest
from openai import BadRequestError, NotFoundError

from edges.http.openai.test_chat import PNG_URL
from edges.http.openai.test_responses import CLOCK, events_of
from factories.served import Served
from fakes.steps import Call, Fail, Finish, Hang, Say, Think, Wait, says

pytestmark = pytest.mark.slow


def made(served: Served, named: str, seconds: float = 10) -> Any:
    """Retrieve a response until it is over."""
    until = time.monotonic() + seconds
    while (found := served.openai.responses.retrieve(named)).status in ("queued", "in_progress"):
        assert time.monotonic() < until, found
        time.sleep(0.02)
    return found


def told(events: list[Any]) -> list[Any]:
    """Return events as what they say, deltas joined: how they were cut is no matter."""
    joined: list[Any] = []
    for event in events:
        if event.type.endswith(".delta") and joined and joined[-1][0] == (event.type, event.item_id):
            joined[-1] = (joined[-1][0], joined[-1][1] + event.delta)
        elif event.type.endswith(".delta"):
            joined.append(((event.type, event.item_id), event.delta))
        else:
            joined.append((event.type, event.sequence_number))
    return joined


def test_in_the_background(served: Served) -> None:
    served.upstream.script("fake-a", [Wait(0.3), *says("Hello", " there"), Finish("stop", 11, 2)])
    begun = served.openai.responses.create(model="up/fake-a", input="Hi", background=True)
    assert (begun.background, begun.output, begun.usage) == (True, [], None)
    assert begun.status in ("queued", "in_progress")
    found = made(served, begun.id)
    assert (found.status, found.output_text, found.background) == ("completed", "Hello there", True)
    assert found.usage.total_tokens == 13
    following = served.openai.responses.create(model="up/fake-echo", input="More", previous_response_id=begun.id)
    assert (following.background, following.output_text) == (False, "More")


def test_two_in_one_branch_are_queued(served: Served) -> None:
    served.upstream.script("fake-a", [Wait(0.3), Say("first")])
    first = served.openai.responses.create(model="up/fake-a", input="One", background=True)
    second = served.openai.responses.create(
        model="up/fake-echo", input="Two", background=True, previous_response_id=first.id
    )
    assert second.status == "queued"
    assert made(served, second.id).output_text == "Two"
    assert [m["content"] for m in served.asked()["messages"]] == ["One", "first", "Two"]


def test_one_in_the_background_is_cancelled(served: Served) -> None:
    served.upstream.script("fake-a", [Say("I begin"), Hang()])
    begun = served.openai.responses.create(model="up/fake-a", input="Hi", background=True)
    cancelled = served.openai.responses.cancel(begun.id)
    assert (cancelled.status, cancelled.background) == ("cancelled", True)
    assert served.openai.responses.retrieve(begun.id).model_dump() == cancelled.model_dump()


def test_one_that_fails_says_so_when_it_is_looked_at(served: Served) -> None:
    served.upstream.script("fake-a", [Fail(500, "no")])
    begun = served.openai.responses.create(model="up/fake-a", input="Hi", background=True)
    found = made(served, begun.id)
    assert (found.status, found.error.code) == ("failed", "server_error")


STEPS: list[Any] = [
    Think("Let me 思う."),
    *[step for word in ("One ", 'two "x"\n', "東京 ", "é") for step in (Say(word), Wait(0.06))],
    Call("clock", '{"zone": "東京"}', "call_a", pieces=3),
    Call("clock", "{}", "call_b", 1),
]


@pytest.mark.slow
def test_a_stream_is_resumed_from_every_number(served: Served) -> None:
    served.upstream.script("fake-a", STEPS)
    create: Any = served.openai.responses.create
    events = events_of(create(model="up/fake-a", input="Hi", tools=[CLOCK], stream=True, background=True))
    named = events[-1].response.id
    retrieve: Any = served.openai.responses.retrieve
    assert told(list(retrieve(named, stream=True))) == told(events)
    for place, event in enumerate(events):
        rest = list(retrieve(named, stream=True, starting_after=event.sequence_number))
        assert told(rest) == told(events[place + 1 :]), event
    assert list(retrieve(named, stream=True, starting_after=10**6)) == []


def test_a_number_within_a_character_gives_the_whole_character(served: Served) -> None:
    served.upstream.script("fake-a", says("東京"))
    made_ = served.openai.responses.create(model="up/fake-a", input="Hi")
    retrieve: Any = served.openai.responses.retrieve
    # Two events and two of the item come before the text.
    rest = [retrieve(made_.id, stream=True, starting_after=4 + known - 1) for known in (0, 1, 3, 5)]
    assert ["".join(e.delta for e in one if e.type.endswith(".delta")) for one in rest] == ["東京", "東京", "京", "京"]


def test_a_stream_is_joined_while_it_is_made(served: Served) -> None:
    served.upstream.script("fake-a", [Say("One "), Wait(0.2), Say("two "), Wait(0.3), Say("three")])
    create, retrieve = served.openai.responses.create, served.openai.responses.retrieve
    stream: Any = create(model="up/fake-a", input="Hi", stream=True, background=True)
    had: list[Any] = []
    for event in stream:
        had.append(event)
        if event.type == "response.output_text.delta" and "two" in event.delta:
            break
    stream.close()
    rest = list(retrieve(had[0].response.id, stream=True, starting_after=had[-1].sequence_number))
    assert (had + rest)[-1].type == "response.completed"
    assert "".join(e.delta for e in had + rest if e.type == "response.output_text.delta") == "One two three"
    assert rest[0].sequence_number > had[-1].sequence_number


def test_input_items(served: Served) -> None:
    served.upstream.script("fake-a", [Say("Wait."), Call("clock", "{}", "call_a")], times=1)
    asked: Any = [
        {"role": "developer", "content": "Be brief."},
        {
            "role": "user",
            "content": [{"type": "input_text", "text": "See:"}, {"type": "input_image", "image_url": PNG_URL}],
        },
        {"role": "assistant", "content": "A picture."},
        {"role": "user", "content": "What time?"},
    ]
    first = served.openai.responses.create(model="up/fake-a", input=asked, tools=[CLOCK], instructions="Be kind.")
    result: Any = [{"type": "function_call_output", "call_id": "call_a", "output": "12:00"}]
    second = served.openai.responses.create(model="up/fake-n1", input=result, previous_response_id=first.id)
    items = list(served.openai.responses.input_items.list(first.id, order="asc"))
    assert [(item.type, item.role) for item in items] == [
        ("message", "system"),
        ("message", "user"),
        ("message", "assistant"),
        ("message", "user"),
    ]
    assert [part.type for part in items[1].content] == ["input_text", "input_image"]
    assert (items[1].content[1].image_url, items[2].content[0].text) == (None, "A picture.")
    (only,) = served.openai.responses.input_items.list(second.id)
    assert (only.type, only.call_id, only.output, only.status) == (
        "function_call_output",
        "call_a",
        "12:00",
        "completed",
    )
    include: Any = ["message.input_image.image_url"]
    whole = served.openai.responses.input_items.list(first.id, order="asc", include=include).data
    assert whole[1].content[1].image_url == PNG_URL


def test_input_items_by_the_page(served: Served) -> None:
    asked: Any = [{"role": "user", "content": str(n)} for n in range(5)]
    found = served.openai.responses.create(model="up/fake-n1", input=asked)
    pages = served.openai.responses.input_items
    first = pages.list(found.id, limit=2)
    assert ([item.content[0].text for item in first.data], first.has_more) == (["4", "3"], True)
    # The client itself asks for the pages after it.
    assert [item.content[0].text for item in first] == ["4", "3", "2", "1", "0"]
    rest = pages.list(found.id, order="asc", after=first.data[1].id)
    assert ([item.content[0].text for item in rest.data], rest.has_more) == (["4"], False)
    assert pages.list(found.id, after=pages.list(found.id).data[-1].id).data == []


def test_input_items_of_a_named_conversation(served: Served) -> None:
    run = served.post("/api/v1/runs", {"text": "I am Ada.", "model": "up/fake-echo", "wait": True}).json()
    named: Any = {"conversation_id": run["conversation_id"]}
    found = served.openai.responses.create(model="up/fake-echo", input="Who am I?", metadata=named)
    (only,) = served.openai.responses.input_items.list(found.id)
    assert only.content[0].text == "Who am I?"


@pytest.mark.parametrize(
    ("query", "param", "code"),
    [
        ("?stream=maybe", "stream", "invalid_value"),
        ("?starting_after=2", "starting_after", "invalid_value"),
        ("?stream=true&starting_after=-1", "starting_after", "invalid_value"),
        ("?stream=true&starting_after=x", "starting_after", "invalid_value"),
        ("?include[]=reasoning.encrypted_content", "include", "unsupported_value"),
        ("?include_obfuscation=true", "include_obfuscation", "unsupported_parameter"),
        ("?foo=1", "foo", "unsupported_parameter"),
        ("/input_items?limit=0", "limit", "invalid_value"),
        ("/input_items?limit=101", "limit", "invalid_value"),
        ("/input_items?limit=" + "9" * 5000, "limit", "invalid_value"),
        ("/input_items?order=up", "order", "unsupported_value"),
        ("/input_items?after=msg_1", "after", "invalid_value"),
        ("/input_items?before=msg_1", "before", "unsupported_parameter"),
        ("/input_items?include=file_search_call.results", "include", "unsupported_value"),
    ],
)
def test_a_query_that_cannot_be_answered(served: Served, query: str, param: str, code: str) -> None:
    found = served.openai.responses.create(model="up/fake-n1", input="Hi")
    with served.http as http:
        answer = http.get(f"/v1/responses/{found.id}{query}")
    assert answer.status_code == 400
    assert (answer.json()["error"]["param"], answer.json()["error"]["code"]) == (param, code)


def test_nothing_is_listed_or_told_of_what_is_deleted(served: Served) -> None:
    found = served.openai.responses.create(model="up/fake-n1", input="Hi")
    served.openai.responses.delete(found.id)
    retrieve: Any = served.openai.responses.retrieve
    with pytest.raises(NotFoundError):
        served.openai.responses.input_items.list(found.id)
    with pytest.raises(NotFoundError):
        retrieve(found.id, stream=True)


def test_what_is_refused_of_the_background(served: Served) -> None:
    with pytest.raises(BadRequestError) as caught:
        served.openai.responses.create(model="up/fake-n1", input="Hi", background=True, store=False)
    assert (caught.value.param, caught.value.code) == ("background", "invalid_value")
