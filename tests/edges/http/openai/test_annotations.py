"""What vendors say they took from which page, told to OpenAI's own client as annotations."""

from collections.abc import Sequence
from typing import Any

import pytest

from edges.http.openai.test_responses import events_of
from factories.served import Served
from fakes.steps import Cite, Finish, Say, Step, Think, Wait

pytestmark = pytest.mark.slow

ASKED: Any = [{"role": "user", "content": "Where?"}]
WEATHER = "https://weather.example/"
MAP = "https://map.example/"
#: The first statement is longer in bytes than in characters.
ONE, TWO = "Über Rom 東京. ", "It rains."
STEPS = [
    Think("Hm."),
    Say(ONE),
    Cite("on the map", "Map", url=MAP, statement=ONE),
    Wait(0.06),
    Say(TWO),
    Cite("rain", "Weather", 1, url=WEATHER, statement=TWO),
    Finish("stop", 5, 4),
]
SPANS = [(0, len(ONE), "Map", MAP), (len(ONE), len(ONE + TWO), "Weather", WEATHER)]
every_wire = pytest.mark.parametrize("wire", ["anthropic", "google", "openai"])


def connect(served: Served, wire: str, steps: Sequence[Step] = STEPS) -> str:
    """Have an endpoint on this wire; return the model that does the steps."""
    base = served.upstream.url + ("/v1" if wire == "openai" else "")
    served.post("/api/v1/endpoints", {"name": f"on-{wire}", "wire": wire, "base_url": base, "api_key": "k"})
    served.upstream.script("fake-cites", list(steps))
    return f"on-{wire}/fake-cites"


def spans(annotations: Any) -> list[tuple[int, int, str, str]]:
    """Return the spans of annotations, of chats (nested) or of responses."""
    told = [getattr(one, "url_citation", None) or one for one in annotations]
    assert all(one.type == "url_citation" for one in annotations)
    return [(one.start_index, one.end_index, one.title, one.url) for one in told]


@every_wire
def test_a_chat_names_the_pages(served: Served, wire: str) -> None:
    model = connect(served, wire)
    whole = served.openai.chat.completions.create(model=model, messages=ASKED)
    said = whole.choices[0].message
    assert said.content == ONE + TWO
    assert spans(said.annotations) == SPANS
    headers = {"Idempotency-Key": f"again-{wire}"}
    for _ in range(2):
        # The second time it is over, and told again.
        asked: Any = {"model": model, "messages": ASKED, "stream": True, "extra_headers": headers}
        deltas = [chunk.choices[0].delta for chunk in served.openai.chat.completions.create(**asked)]
        told = [note for delta in deltas for note in getattr(delta, "annotations", None) or ()]
        assert "".join(delta.content or "" for delta in deltas) == ONE + TWO
        assert [{"type": "url_citation", "url_citation": inside(span)} for span in SPANS] == told


def inside(span: tuple[int, int, str, str]) -> dict[str, Any]:
    """Return a span as the wire has it."""
    return dict(zip(("start_index", "end_index", "title", "url"), span, strict=True))


@every_wire
def test_a_response_names_the_pages(served: Served, wire: str) -> None:
    model = connect(served, wire)
    whole = served.openai.responses.create(model=model, input="Where?")
    assert spans(whole.output[-1].content[0].annotations) == SPANS
    assert served.openai.responses.retrieve(whole.id).model_dump() == whole.model_dump()
    events = events_of(served.openai.responses.create(model=model, input="Where?", stream=True))
    added = [event for event in events if event.type == "response.output_text.annotation.added"]
    assert spans([one.annotation for one in added]) == SPANS
    assert [one.annotation_index for one in added] == [0, 1]
    done = next(
        event for event in events if event.type == "response.content_part.done" and event.part.type != "reasoning_text"
    )
    assert spans(done.part.annotations) == SPANS
    last = events[-1].response
    assert spans(last.output[-1].content[0].annotations) == SPANS
    again = events_of(served.openai.responses.retrieve(last.id, stream=True))
    told = [event for event in again if event.type == "response.output_text.annotation.added"]
    assert [one.model_dump() for one in told] == [one.model_dump() for one in added]


@every_wire
def test_what_was_annotated_can_be_gone_on_with(served: Served, wire: str) -> None:
    model = connect(served, wire)
    said = served.openai.chat.completions.create(model=model, messages=ASKED).choices[0].message
    history = [*ASKED, said.model_dump(exclude_none=True), *ASKED]
    assert served.openai.chat.completions.create(model=model, messages=history).choices[0].message.content
    first = served.openai.responses.create(model=model, input="Where?")
    items = [{"role": "user", "content": "Where?"}, first.output[-1].model_dump(exclude_none=True)]
    more = [*items, {"role": "user", "content": "And?"}]
    assert served.openai.responses.create(model=model, input=more).output_text == ONE + TWO


def test_a_source_that_is_no_page_is_none(served: Served) -> None:
    model = connect(served, "anthropic", [Say("To Rome."), Cite("We go to Rome.", "Trip"), Finish("stop", 1, 1)])
    whole = served.openai.chat.completions.create(model=model, messages=ASKED)
    assert whole.choices[0].message.annotations is None
    response = served.openai.responses.create(model=model, input="Where?")
    assert response.output[-1].content[0].annotations == []
    kinds = [part["type"] for part in served.run_of(response.id)["parts"]]
    assert kinds == ["text", "citation"], "it is in the record all the same"
