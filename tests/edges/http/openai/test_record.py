"""What a call leaves in the record, and where."""

import time
from typing import Any

import pytest
from openai import APIStatusError, BadRequestError, NotFoundError

from edges.http.openai.test_chat import ASKED, CLOCK, PNG_URL
from factories.served import Served
from fakes.steps import Call, Say, Wait, says

pytestmark = pytest.mark.slow


def texts(messages: list[Any]) -> list[tuple[str, str]]:
    """Return (role, text) of messages."""
    return [(m["role"], "".join(part.get("text", "") for part in m["parts"])) for m in messages]


def test_a_call_is_a_run_outside_the_list(served: Served) -> None:
    before = served.listed()
    found = served.openai.chat.completions.create(model="up/fake-echo", messages=ASKED, metadata={"project": "sky"})
    run = served.run_of(found.id)
    assert (run["kind"], run["status"], run["text"], run["model"]) == ("api", "completed", "Hi", "up/fake-echo")
    assert run["usage"]["completion_tokens"] == 1
    assert served.listed() == before


def test_a_stored_call_is_a_conversation_with_everything_that_was_said(served: Served) -> None:
    messages: Any = [
        {"role": "system", "content": "Answer in French."},
        {"role": "user", "content": "Number one?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "12:00"},
        {"role": "assistant", "content": "Un."},
        {"role": "user", "content": "And the next number is?"},
    ]
    served.upstream.script("fake-a", says("Deux."))
    found = served.openai.chat.completions.create(
        model="up/fake-a", messages=messages, store=True, tools=[CLOCK], metadata={"project": "sky"}
    )
    assert found.metadata is not None
    conversation_id = found.metadata["conversation_id"]
    assert found.metadata["project"] == "sky"
    assert served.listed()[0] == conversation_id
    conversation = served.get(f"/conversations/{conversation_id}")
    assert conversation["title"] == "And the next number is?"
    assert conversation["config"]["system_prompt"] == "Answer in French."
    kept = served.messages(conversation_id)
    assert texts(kept) == [
        ("user", "Number one?"),
        ("assistant", ""),
        ("tool", ""),
        ("assistant", "Un."),
        ("user", "And the next number is?"),
        ("assistant", "Deux."),
    ]
    assert kept[1]["parts"] == [{"type": "tool_call", "call_id": "call_1", "name": "clock", "arguments": "{}"}]
    assert kept[2]["parts"][0]["content"] == "12:00"
    sent = served.asked()["messages"]
    assert [message["role"] for message in sent] == ["system", "user", "assistant", "tool", "assistant", "user"]
    assert sent[2]["tool_calls"][0]["id"] == "call_1"
    run = served.run_of(found.id)
    assert (run["user_message_id"], run["message_id"]) == (kept[4]["id"], kept[5]["id"])


def test_a_stored_conversation_can_be_found_and_goes_on(served: Served) -> None:
    said: Any = [{"role": "user", "content": "Remember the zebrafinch."}]
    served.upstream.script("fake-a", says("Noted."))
    found = served.openai.chat.completions.create(model="up/fake-a", messages=said, store=True)
    assert found.metadata is not None
    conversation_id = found.metadata["conversation_id"]
    run = served.post("/api/v1/runs", {"conversation_id": conversation_id, "text": "What bird?", "wait": True}).json()
    assert run["status"] == "completed"
    assert [message["content"] for message in served.asked()["messages"]] == [
        "Remember the zebrafinch.",
        "Noted.",
        "What bird?",
    ]
    until = time.monotonic() + 5
    while not (hits := served.get("/search?q=zebrafinch")["items"]):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert hits[0]["conversation_id"] == conversation_id


def test_a_call_into_a_conversation(served: Served) -> None:
    first = served.post("/api/v1/runs", {"text": "I am Ada.", "model": "up/fake-echo", "wait": True}).json()
    conversation_id = first["conversation_id"]
    served.upstream.script("fake-b", says("You are Ada."))
    found = served.openai.chat.completions.create(
        model="up/fake-b",
        messages=[
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "I am Ada."},
            {"role": "assistant", "content": "I am Ada."},
            {"role": "user", "content": "Who am I?"},
        ],
        metadata={"conversation_id": conversation_id},
    )
    assert found.choices[0].message.content == "You are Ada."
    assert texts(served.messages(conversation_id)) == [
        ("user", "I am Ada."),
        ("assistant", "I am Ada."),
        ("user", "Who am I?"),
        ("assistant", "You are Ada."),
    ]
    assert [message["content"] for message in served.asked()["messages"]] == [
        "Be kind.",
        "I am Ada.",
        "I am Ada.",
        "Who am I?",
    ]
    assert served.listed()[0] == conversation_id
    run = served.run_of(found.id)
    assert (run["kind"], run["conversation_id"]) == ("api", conversation_id)


def test_results_of_tools_go_into_a_conversation(served: Served) -> None:
    served.upstream.script("fake-a", says("Noon."))
    served.upstream.script("fake-a", [Call("clock", "{}", "call_9")], times=1)
    create = served.openai.chat.completions.create
    first = create(model="up/fake-a", messages=ASKED, tools=[CLOCK], store=True)
    assert first.metadata is not None
    result: Any = {"role": "tool", "tool_call_id": "call_9", "content": "12:00"}
    create(
        model="up/fake-a",
        messages=[*ASKED, first.choices[0].message, result],
        tools=[CLOCK],
        metadata={"conversation_id": first.metadata["conversation_id"]},
    )
    kept = served.messages(first.metadata["conversation_id"])
    assert [message["role"] for message in kept] == ["user", "assistant", "tool", "assistant"]
    assert [message["role"] for message in served.asked()["messages"]] == ["user", "assistant", "tool"]


@pytest.mark.parametrize("named", ["cnv_0000000000000", "x", "cnv_\x00", "../secret"])
def test_a_conversation_that_is_not_there(served: Served, named: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        served.openai.chat.completions.create(model="up/fake-n1", messages=ASKED, metadata={"conversation_id": named})
    assert (caught.value.code, caught.value.param) == ("conversation.not_found", "metadata.conversation_id")


def test_a_conversation_in_the_trash(served: Served) -> None:
    create = served.openai.chat.completions.create
    made = create(model="up/fake-n1", messages=ASKED, store=True).metadata["conversation_id"]
    with served.http as http:
        assert http.delete(f"/api/v1/conversations/{made}").status_code == 204
    with pytest.raises(NotFoundError) as caught:
        create(model="up/fake-n1", messages=ASKED, metadata={"conversation_id": made})
    assert (caught.value.code, caught.value.param) == ("conversation.in_trash", "metadata.conversation_id")


def test_images_of_a_stored_call_are_kept(served: Served) -> None:
    messages: Any = [
        {
            "role": "user",
            "content": [{"type": "text", "text": "See:"}, {"type": "image_url", "image_url": {"url": PNG_URL}}],
        }
    ]
    found = served.openai.chat.completions.create(model="up/fake-n1", messages=messages, store=True)
    assert found.metadata is not None
    asked = served.messages(found.metadata["conversation_id"])[0]
    assert [part["type"] for part in asked["parts"]] == ["text", "image"]
    assert asked["parts"][1]["media_type"] == "image/png"
    assert served.asked()["messages"][0]["content"][1]["image_url"]["url"] == PNG_URL


@pytest.mark.parametrize("place", [{"store": True}, {}])
def test_what_cannot_be_kept_exactly_is_refused(served: Served, place: dict[str, Any]) -> None:
    said: Any = [{"role": "user", "content": "a\x00b"}]
    with pytest.raises(BadRequestError) as caught:
        served.openai.chat.completions.create(model="up/fake-n1", messages=said, **place)
    assert caught.value.code == "message.unstorable"


@pytest.mark.parametrize("content", ["", [], [{"type": "text", "text": ""}]])
def test_nothing_is_no_message_to_keep(served: Served, content: Any) -> None:
    said: Any = [{"role": "user", "content": content}]
    with pytest.raises(BadRequestError) as caught:
        served.openai.chat.completions.create(model="up/fake-n1", messages=said, store=True)
    assert caught.value.code == "message.empty"


def test_a_message_that_is_too_large_to_keep(served: Served) -> None:
    said: Any = [{"role": "user", "content": "x" * (5 << 20)}]
    with pytest.raises(APIStatusError) as caught:
        served.openai.chat.completions.create(model="up/fake-n1", messages=said, store=True)
    assert (caught.value.status_code, caught.value.code) == (413, "message.too_large")


def test_what_a_model_said_is_kept_whatever_it_is(served: Served) -> None:
    said: Any = [
        {"role": "assistant", "content": "a\x00b"},
        {"role": "user", "content": "Go on."},
    ]
    found = served.openai.chat.completions.create(model="up/fake-n1", messages=said, store=True)
    assert found.metadata is not None
    assert served.messages(found.metadata["conversation_id"])[0]["parts"] == [
        {"type": "data", "media_type": "text/plain", "base64": "YQBi", "shown": "a\ufffdb"}
    ]


@pytest.mark.parametrize("surface", ["chat", "responses"])
def test_a_client_that_hangs_up_stops_nothing(served: Served, surface: str) -> None:
    served.upstream.script("fake-a", [step for n in range(10) for step in (Say(f"{n} "), Wait(0.03))])
    if surface == "chat":
        stream: Any = served.openai.chat.completions.create(model="up/fake-a", messages=ASKED, stream=True)
        call_id = next(iter(stream)).id
    else:
        stream = served.openai.responses.create(model="up/fake-a", input="Hi", stream=True)
        call_id = next(iter(stream)).response.id
    stream.close()
    run = served.settled(call_id)
    assert (run["status"], run["text"]) == ("completed", "0 1 2 3 4 5 6 7 8 9 ")
    assert not served.upstream.aborts


def test_a_run_that_somebody_cancels_is_no_answer(served: Served) -> None:
    served.upstream.script("fake-a", [Say("begun"), Wait(10)])
    stream = served.openai.chat.completions.create(model="up/fake-a", messages=ASKED, stream=True)
    chunks = iter(stream)
    call_id = next(chunks).id
    served.post("/api/v1/runs/run_" + call_id.removeprefix("chatcmpl-") + "/cancel", None)
    with pytest.raises(Exception, match="cancelled"):
        list(chunks)
