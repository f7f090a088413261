"""How likely tokens were: asked of the model, streamed, whole, stored; with OpenAI's own client."""

from typing import Any

import pytest
from openai import BadRequestError

from factories.served import Served
from fakes.steps import says

ASKED: Any = [{"role": "user", "content": "Hi"}]
WORDS = ("One ", 'two "x"', " 東京")
INCLUDE: Any = ["message.output_text.logprobs"]


@pytest.fixture(autouse=True)
def words(served: Served) -> None:
    """Let the model say words."""
    served.upstream.script("fake-a", says(*WORDS))


def test_a_chat_whole_and_streamed(served: Served) -> None:
    create: Any = served.openai.chat.completions.create
    whole = create(model="up/fake-a", messages=ASKED, logprobs=True, top_logprobs=2, seed=7, stop=["x"])
    tokens = whole.choices[0].logprobs.content
    assert [(token.token, token.logprob) for token in tokens] == [(word, -0.5) for word in WORDS]
    assert [[top.token for top in token.top_logprobs] for token in tokens] == [[word, "other"] for word in WORDS]
    assert tokens[2].bytes == list(" 東京".encode())
    sent = served.asked()
    assert (sent["logprobs"], sent["top_logprobs"], sent["seed"], sent["stop"]) == (True, 2, 7, ["x"])
    chunks = [chunk.choices[0] for chunk in create(model="up/fake-a", messages=ASKED, logprobs=True, stream=True)]
    said = [chunk for chunk in chunks if chunk.delta.content]
    assert "".join(chunk.delta.content for chunk in said) == "".join(WORDS)
    assert [token.token for chunk in said for token in chunk.logprobs.content] == [*WORDS]
    assert all("".join(token.token for token in chunk.logprobs.content) == chunk.delta.content for chunk in said)


def test_a_call_told_again_still_has_them(served: Served) -> None:
    create: Any = served.openai.chat.completions.create
    headers = {"Idempotency-Key": "likely"}
    asked: Any = {"model": "up/fake-a", "messages": ASKED, "logprobs": True, "extra_headers": headers}
    first, again = create(**asked), create(**asked)
    assert again.choices == first.choices
    streamed = [chunk.choices[0] for chunk in create(**asked, stream=True)]
    tokens = [token for chunk in streamed if chunk.logprobs for token in chunk.logprobs.content]
    assert tokens == first.choices[0].logprobs.content
    assert len(served.upstream.answers()) == 1


def test_a_text_that_is_continued(served: Served) -> None:
    create: Any = served.openai.completions.create
    whole = create(model="up/fake-a", prompt="Once", logprobs=2).choices[0]
    assert whole.logprobs.tokens == [*WORDS]
    assert whole.logprobs.token_logprobs == [-0.5] * 3
    assert whole.logprobs.top_logprobs[0] == {"One ": -0.5, "other": -1.5}
    assert whole.logprobs.text_offset == [0, 4, 11]
    assert served.asked()["logprobs"] == 2
    chunks = [chunk.choices[0] for chunk in create(model="up/fake-a", prompt="Once", logprobs=2, stream=True)]
    told = [chunk.logprobs for chunk in chunks if chunk.logprobs]
    assert [token for one in told for token in one.tokens] == [*WORDS]
    assert [offset for one in told for offset in one.text_offset] == [0, 4, 11]


def test_a_response_and_its_events(served: Served) -> None:
    create, retrieve = served.openai.responses.create, served.openai.responses.retrieve
    whole = create(model="up/fake-a", input="Hi", include=INCLUDE, top_logprobs=1)
    tokens = whole.output[0].content[0].logprobs
    assert [token.token for token in tokens] == [*WORDS]
    assert [token.top_logprobs[0].token for token in tokens] == [*WORDS]
    assert whole.top_logprobs == 1
    assert retrieve(whole.id, include=INCLUDE).model_dump() == whole.model_dump()
    events: list[Any] = list(create(model="up/fake-a", input="Hi", include=INCLUDE, stream=True))
    deltas = [event for event in events if event.type == "response.output_text.delta"]
    assert [token.token for event in deltas for token in event.logprobs] == [*WORDS]
    done = next(event for event in events if event.type == "response.output_text.done")
    assert [token.token for token in done.logprobs] == [*WORDS]
    items = [event.item for event in events if event.type == "response.output_item.done"]
    assert items == events[-1].response.output
    again: list[Any] = list(retrieve(events[-1].response.id, stream=True))
    assert [event.item for event in again if event.type == "response.output_item.done"] == items


def test_they_are_in_the_record_only_where_asked_for(served: Served) -> None:
    create: Any = served.openai.chat.completions.create
    asked = create(model="up/fake-a", messages=ASKED, logprobs=True)
    plain = create(model="up/fake-a", messages=ASKED, logprobs=False, top_logprobs=0)
    assert [part.keys() for part in served.run_of(asked.id)["parts"]] == [{"type", "text", "logprobs"}]
    assert [part.keys() for part in served.run_of(plain.id)["parts"]] == [{"type", "text"}]
    assert plain.choices[0].logprobs is None
    assert "logprobs" not in served.asked()


def test_a_model_that_cannot_is_refused_by_name(served: Served) -> None:
    with pytest.raises(BadRequestError) as caught:
        served.openai.chat.completions.create(model="builtin/search", messages=ASKED, logprobs=True)
    assert caught.value.param == "logprobs"
