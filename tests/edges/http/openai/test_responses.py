"""Responses with OpenAI's own client, over real HTTP."""

from typing import Any

import pytest
from openai import APIStatusError, BadRequestError, NotFoundError
from pydantic import BaseModel

from edges.http.openai.test_chat import PNG_URL
from factories.served import Served
from fakes.steps import Call, Drop, Fail, Finish, Hang, Say, Think, Wait, says

pytestmark = pytest.mark.slow

CLOCK: Any = {
    "type": "function",
    "name": "clock",
    "description": "Tells the time.",
    "parameters": {"type": "object", "properties": {}},
    "strict": True,
}


def events_of(stream: Any) -> list[Any]:
    """Return all events; their numbers must count them, and the bytes of deltas."""
    events, said = list(stream), -1
    for event in events:
        said += len(event.delta.encode()) if event.type.endswith(".delta") else 1
        assert event.sequence_number == said
    return events


def test_a_response_whole(served: Served) -> None:
    served.upstream.script("fake-a", [Think("Hm."), *says("Hello", " there"), Finish("stop", 11, 2)])
    found = served.openai.responses.create(
        model="up/fake-a", input="Hi", instructions="Be kind.", temperature=0.5, metadata={"project": "sky"}
    )
    assert (found.output_text, found.status, found.object, found.id[:5]) == (
        "Hello there",
        "completed",
        "response",
        "resp_",
    )
    assert [item.type for item in found.output] == ["reasoning", "message"]
    assert (found.instructions, found.temperature, found.metadata) == ("Be kind.", 0.5, {"project": "sky"})
    assert found.usage is not None
    assert (found.usage.input_tokens, found.usage.output_tokens, found.usage.total_tokens) == (11, 2, 13)
    assert served.asked()["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi"},
    ]
    assert served.openai.responses.retrieve(found.id).model_dump() == found.model_dump()


def test_a_response_in_events(served: Served) -> None:
    steps = [step for word in ("One ", 'two "x"\n', "東京") for step in (Say(word), Wait(0.06))]
    served.upstream.script("fake-a", [Think("Let me "), Think("think."), *steps, Finish("stop", 5, 3)])
    events = events_of(served.openai.responses.create(model="up/fake-a", input="Hi", stream=True))
    kinds = list(dict.fromkeys(event.type for event in events))
    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.reasoning_text.delta",
        "response.reasoning_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.output_text.delta",
        "response.output_text.done",
        "response.completed",
    ]
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert len(deltas) > 1
    assert "".join(deltas) == 'One two "x"\n東京'
    last = events[-1].response
    assert (last.output_text, last.status) == ('One two "x"\n東京', "completed")
    items = {event.output_index: event.item for event in events if event.type == "response.output_item.done"}
    assert [items[0], items[1]] == last.output
    assert {event.item_id for event in events if event.type == "response.output_text.delta"} == {last.output[1].id}
    assert (events[0].response.status, events[0].response.output) == ("in_progress", [])
    assert served.openai.responses.retrieve(last.id).model_dump() == last.model_dump()


def test_the_clients_own_accumulation(served: Served) -> None:
    class Place(BaseModel):
        name: str

    served.upstream.script("fake-a", [Say('{"name":'), Wait(0.06), Say('"Kyoto"}')])
    with served.openai.responses.stream(model="up/fake-a", input="Where?", text_format=Place) as stream:
        final = stream.get_final_response()
    assert final.output_parsed == Place(name="Kyoto")
    assert served.asked()["response_format"]["json_schema"]["schema"]["title"] == "Place"
    assert served.openai.responses.retrieve(final.id).text.format.type == "json_schema"


def test_function_calls_and_their_results(served: Served) -> None:
    served.upstream.script("fake-a", says("Noon."))
    served.upstream.script(
        "fake-a",
        [Think("Hm."), Say("Wait."), Call("clock", '{"a": 1}', "call_a"), Call("clock", "{}", "call_b", 1)],
        times=1,
    )
    first = served.openai.responses.create(
        model="up/fake-a", input="What time?", tools=[CLOCK], tool_choice={"type": "function", "name": "clock"}
    )
    assert served.asked()["tools"][0]["function"] == {name: CLOCK[name] for name in CLOCK if name != "type"}
    assert served.asked()["tool_choice"] == {"type": "function", "function": {"name": "clock"}}
    calls = [item for item in first.output if item.type == "function_call"]
    assert [(c.call_id, c.name, c.arguments, c.status) for c in calls] == [
        ("call_a", "clock", '{"a": 1}', "completed"),
        ("call_b", "clock", "{}", "completed"),
    ]
    assert (first.status, first.tools[0].type, first.tool_choice.model_dump()) == (
        "completed",
        "function",
        {"type": "function", "name": "clock"},
    )
    results: Any = [{"type": "function_call_output", "call_id": c.call_id, "output": "12:00"} for c in calls]
    second = served.openai.responses.create(
        model="up/fake-a", input=results, previous_response_id=first.id, tools=[CLOCK]
    )
    after_id = served.asked()["messages"]
    stateless: Any = [{"role": "user", "content": "What time?"}, *first.output, *results]
    third = served.openai.responses.create(model="up/fake-a", input=stateless, tools=[CLOCK])
    assert served.asked()["messages"] == after_id
    assert [message["role"] for message in after_id] == ["user", "assistant", "tool", "tool"]
    assert after_id[1]["content"] == "Wait."
    assert [call["id"] for call in after_id[1]["tool_calls"]] == ["call_a", "call_b"]
    assert (second.output_text, third.output_text) == ("Noon.", "Noon.")
    assert second.previous_response_id == first.id


def test_function_calls_in_events(served: Served) -> None:
    served.upstream.script(
        "fake-a", [Say("Well."), Call("clock", '{"zone": "UTC"}', "call_a", pieces=3), Call("look", "{}", "call_b", 1)]
    )
    events = events_of(served.openai.responses.create(model="up/fake-a", input="Hi", stream=True))
    done = [event for event in events if event.type == "response.function_call_arguments.done"]
    assert [(event.output_index, event.arguments) for event in done] == [(1, '{"zone": "UTC"}'), (2, "{}")]
    deltas = [e.delta for e in events if e.type == "response.function_call_arguments.delta" and e.output_index == 1]
    assert "".join(deltas) == '{"zone": "UTC"}'
    items = [event.item for event in events if event.type == "response.output_item.done"]
    assert items == events[-1].response.output
    assert [item.type for item in items] == ["message", "function_call", "function_call"]


def test_every_kind_of_input_reaches_the_model(served: Served) -> None:
    given: Any = [
        {"role": "developer", "content": "Be brief."},
        {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_text", "text": "See:"},
                {"type": "input_image", "image_url": PNG_URL, "detail": "auto"},
            ],
        },
        {"role": "assistant", "content": [{"type": "output_text", "text": "A picture.", "annotations": []}]},
        {"role": "user", "content": "More."},
    ]
    served.openai.responses.create(model="up/fake-n1", input=given, instructions="Be kind.")
    assert served.asked()["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [{"type": "text", "text": "See:"}, {"type": "image_url", "image_url": {"url": PNG_URL}}],
        },
        {"role": "assistant", "content": "A picture."},
        {"role": "user", "content": "More."},
    ]


def test_supported_parameters_reach_the_model(served: Served) -> None:
    found = served.openai.responses.create(
        model="up/fake-n1",
        input="Hi",
        max_output_tokens=9,
        top_p=0.5,
        user="ada",
        reasoning={"effort": "low"},
        text={"format": {"type": "json_object"}},
        temperature=0,
    )
    sent = served.asked()
    assert (sent["max_completion_tokens"], sent["top_p"], sent["user"], sent["reasoning_effort"]) == (
        9,
        0.5,
        "ada",
        "low",
    )
    assert (sent["response_format"], sent["temperature"]) == ({"type": "json_object"}, 0)
    assert found.text is not None
    assert found.text.format is not None
    assert found.reasoning is not None
    assert (found.max_output_tokens, found.text.format.type, found.reasoning.effort) == (9, "json_object", "low")
    assert served.openai.responses.retrieve(found.id).temperature == 0


def test_a_response_goes_on_from_any_other(served: Served) -> None:
    create = served.openai.responses.create
    first = create(model="up/fake-echo", input="One", instructions="Be kind.")
    second = create(model="up/fake-echo", input="Two", previous_response_id=first.id)
    assert [m["content"] for m in served.asked()["messages"]] == ["One", "One", "Two"]
    beside = create(model="up/fake-echo", input="Drei", previous_response_id=first.id, instructions="Auf Deutsch.")
    assert [m["content"] for m in served.asked()["messages"]] == ["Auf Deutsch.", "One", "One", "Drei"]
    create(model="up/fake-echo", input="Three", previous_response_id=second.id)
    assert [m["content"] for m in served.asked()["messages"]] == ["One", "One", "Two", "Two", "Three"]
    runs = [served.run_of(one.id) for one in (first, second, beside)]
    assert len({run["conversation_id"] for run in runs}) == 1
    assert runs[0]["conversation_id"] not in served.listed()


def test_a_response_goes_on_from_one_that_is_being_made(served: Served) -> None:
    served.upstream.script("fake-a", [Say("slow"), Wait(0.3), Say(" answer")])
    stream: Any = served.openai.responses.create(model="up/fake-a", input="One", stream=True)
    first = next(iter(stream)).response
    second = served.openai.responses.create(model="up/fake-echo", input="Two", previous_response_id=first.id)
    assert second.output_text == "Two"
    assert [m["content"] for m in served.asked()["messages"]] == ["One", "slow answer", "Two"]
    stream.close()


def test_a_stored_response_is_in_the_list_from_then_on(served: Served) -> None:
    create = served.openai.responses.create
    first = create(model="up/fake-echo", input="The quokka smiles.")
    before = served.listed()
    second = create(model="up/fake-echo", input="Does it?", previous_response_id=first.id, store=True)
    conversation_id = served.run_of(second.id)["conversation_id"]
    assert conversation_id not in before
    assert served.listed()[0] == conversation_id
    assert served.get(f"/conversations/{conversation_id}")["title"] == "Does it?"
    assert len(served.messages(conversation_id)) == 4
    third = create(model="up/fake-echo", input="It does.", previous_response_id=second.id)
    assert served.openai.responses.retrieve(third.id).output_text == "It does."
    served.settled(third.id)
    assert len(served.messages(conversation_id)) == 6


def test_a_response_into_a_conversation(served: Served) -> None:
    run = served.post("/api/v1/runs", {"text": "I am Ada.", "model": "up/fake-echo", "wait": True}).json()
    named: Any = {"conversation_id": run["conversation_id"], "project": "sky"}
    found = served.openai.responses.create(model="up/fake-echo", input="Who am I?", metadata=named)
    assert [m["content"] for m in served.asked()["messages"]] == ["I am Ada.", "I am Ada.", "Who am I?"]
    assert served.run_of(found.id)["conversation_id"] == run["conversation_id"]
    assert found.metadata == {"project": "sky"}


def test_a_response_that_is_not_kept(served: Served) -> None:
    found = served.openai.responses.create(model="up/fake-echo", input="Hush", store=False)
    assert found.output_text == "Hush"
    with pytest.raises(NotFoundError):
        served.openai.responses.retrieve(found.id)
    with pytest.raises(BadRequestError) as caught:
        served.openai.responses.create(model="up/fake-echo", input="More", previous_response_id=found.id)
    assert (caught.value.code, caught.value.param) == ("previous_response_not_found", "previous_response_id")
    assert served.run_of(found.id)["status"] == "completed"


def test_a_response_that_is_cut_short(served: Served) -> None:
    served.upstream.script("fake-a", [Say("cut"), Finish("length", 3, 1)])
    whole = served.openai.responses.create(model="up/fake-a", input="Hi", max_output_tokens=1)
    events = events_of(served.openai.responses.create(model="up/fake-a", input="Hi", stream=True))
    for found in (whole, events[-1].response, served.openai.responses.retrieve(whole.id)):
        assert (found.status, found.output_text) == ("incomplete", "cut")
        assert found.incomplete_details.reason == "max_output_tokens"
        assert found.output[0].status == "incomplete"
    assert events[-1].type == "response.incomplete"


@pytest.mark.parametrize(("steps", "output"), [([Fail(500, "no")], []), ([Say("half"), Wait(0.1), Drop()], ["half"])])
def test_a_response_that_fails(served: Served, steps: Any, output: list[str]) -> None:
    served.upstream.script("fake-a", steps)
    with pytest.raises(APIStatusError) as caught:
        served.openai.responses.create(model="up/fake-a", input="Hi")
    assert (caught.value.status_code, caught.value.code) == (503, "model.cut_short" if output else "model.unavailable")
    events = events_of(served.openai.responses.create(model="up/fake-a", input="Hi", stream=True))
    assert events[-1].type == "response.failed"
    for found in (events[-1].response, served.openai.responses.retrieve(events[-1].response.id)):
        assert (found.status, found.error.code) == ("failed", "server_error")
        assert [item.content[0].text for item in found.output] == output


def test_cancel(served: Served) -> None:
    served.upstream.script("fake-a", [Say("I begin"), Hang()])
    stream: Any = served.openai.responses.create(model="up/fake-a", input="Hi", stream=True)
    events = iter(stream)
    named = next(events).response.id
    while next(events).type != "response.output_text.delta":
        pass
    assert served.openai.responses.retrieve(named).status == "in_progress"
    cancelled = served.openai.responses.cancel(named)
    assert (cancelled.status, cancelled.output_text) == ("cancelled", "I begin")
    rest = list(events)
    assert (rest[-1].type, rest[-1].response.status) == ("response.incomplete", "cancelled")
    served.upstream.wait_for(aborts=1, within=5)
    for found in (served.openai.responses.cancel(named), served.openai.responses.retrieve(named)):
        assert found.model_dump() == cancelled.model_dump()


def test_cancel_before_the_first_word(served: Served) -> None:
    served.upstream.script("fake-a", [Hang()])
    stream: Any = served.openai.responses.create(model="up/fake-a", input="Hi", stream=True)
    named = next(iter(stream)).response.id
    assert served.openai.responses.cancel(named).status == "cancelled"
    stream.close()


def test_delete(served: Served) -> None:
    create, responses = served.openai.responses.create, served.openai.responses
    first = create(model="up/fake-echo", input="One", store=True)
    second = create(model="up/fake-echo", input="Two", previous_response_id=first.id)
    conversation_id = served.run_of(first.id)["conversation_id"]
    responses.delete(first.id)
    for call in (responses.retrieve, responses.cancel, responses.delete):
        with pytest.raises(NotFoundError) as caught:
            call(first.id)
        assert caught.value.code == "response.not_found"
    with pytest.raises(BadRequestError):
        create(model="up/fake-echo", input="Three", previous_response_id=first.id)
    assert responses.retrieve(second.id).output_text == "Two"
    assert conversation_id in served.listed()
    responses.delete(second.id)
    assert conversation_id not in served.listed()


def test_delete_stops(served: Served) -> None:
    served.upstream.script("fake-a", [Say("I begin"), Hang()])
    stream: Any = served.openai.responses.create(model="up/fake-a", input="Hi", stream=True)
    named = next(iter(stream)).response.id
    served.openai.responses.delete(named)
    with pytest.raises(NotFoundError):
        served.openai.responses.retrieve(named)
    stream.close()


def test_a_response_of_a_deleted_conversation_is_gone(served: Served) -> None:
    found = served.openai.responses.create(model="up/fake-echo", input="One", store=True)
    with served.http as http:
        http.delete(f"/api/v1/conversations/{served.run_of(found.id)['conversation_id']}")
    with pytest.raises(NotFoundError):
        served.openai.responses.retrieve(found.id)
    with pytest.raises(BadRequestError):
        served.openai.responses.create(model="up/fake-echo", input="Two", previous_response_id=found.id)


@pytest.mark.parametrize("named", ["resp_1", "resp_000000000000000000", "run_0000000000000", "resp_%00"])
def test_a_response_that_is_not_there(served: Served, named: str) -> None:
    with served.http as http:
        answer = http.get(f"/v1/responses/{named}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "response.not_found")


def test_another_surfaces_run_is_no_response(served: Served) -> None:
    found = served.openai.chat.completions.create(model="up/fake-echo", messages=[{"role": "user", "content": "x"}])
    with pytest.raises(NotFoundError):
        served.openai.responses.retrieve(found.id.replace("chatcmpl-", "resp_"))


def test_a_repeated_call_makes_one_run(served: Served) -> None:
    served.upstream.script("fake-a", [Think("hm"), Say("same"), Call("clock", '{"a": 1}', "call_z")])
    create: Any = served.openai.responses.create
    headers = {"Idempotency-Key": "again"}
    first = create(model="up/fake-a", input="Hi", extra_headers=headers)
    events = events_of(create(model="up/fake-a", input="Hi", extra_headers=headers, stream=True))
    again = create(model="up/fake-a", input="Hi", extra_headers=headers)
    assert first.model_dump() == again.model_dump() == events[-1].response.model_dump()
    assert [event.item for event in events if event.type == "response.output_item.done"] == first.output
    assert len(served.upstream.answers()) == 1
