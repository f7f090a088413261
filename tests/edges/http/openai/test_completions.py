"""Text completions and the list of models, with OpenAI's own client."""

from typing import Any

import pytest
from openai import BadRequestError, NotFoundError

from factories.served import Served
from fakes.steps import Finish, says


def test_a_text_goes_to_the_model_as_it_is(served: Served) -> None:
    served.upstream.script("fake-a", [*says(", there", " was"), Finish("length", 4, 2)])
    given: dict[str, Any] = {"max_tokens": 2, "temperature": 0, "stop": "END", "seed": 1, "logit_bias": {"5": 1}}
    found = served.openai.completions.create(model="up/fake-a", prompt="  Once upon\ta time", **given)
    assert (found.choices[0].text, found.choices[0].finish_reason) == (", there was", "length")
    assert found.usage is not None
    assert (found.usage.prompt_tokens, found.usage.completion_tokens) == (4, 2)
    assert (found.object, found.model, found.id[:5]) == ("text_completion", "up/fake-a", "cmpl-")
    sent = served.asked()
    assert served.upstream.answers()[-1].path == "/v1/completions"
    assert sent["prompt"] == "  Once upon\ta time"
    assert {name: sent[name] for name in given} == given
    run = served.run_of(found.id)
    assert (run["kind"], run["text"]) == ("api", ", there was")


def test_a_text_in_chunks(served: Served) -> None:
    served.upstream.script("fake-a", [*says('a"', "\n東"), Finish("stop", 4, 2)])
    chunks = list(
        served.openai.completions.create(
            model="up/fake-a", prompt=["Once"], stream=True, stream_options={"include_usage": True}
        )
    )
    assert "".join(chunk.choices[0].text for chunk in chunks[:-1]) == 'a"\n東'
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert (chunks[-1].choices, chunks[-1].usage.total_tokens) == ([], 6)


def test_only_text_has_a_place(served: Served) -> None:
    for model, text in (("up/fake-think", "The answer is 42."), ("up/fake-nul", "ab\ufffdcd")):
        chunks = served.openai.completions.create(model=model, prompt="x", stream=True)
        assert "".join(chunk.choices[0].text for chunk in chunks) == text


def test_a_repeated_text(served: Served) -> None:
    create = served.openai.completions.create
    headers = {"Idempotency-Key": "text"}
    first = create(model="up/fake-echo", prompt="Once", extra_headers=headers)
    chunks = list(create(model="up/fake-echo", prompt="Once", extra_headers=headers, stream=True))
    assert create(model="up/fake-echo", prompt="Once", extra_headers=headers) == first
    assert ("".join(chunk.choices[0].text for chunk in chunks), chunks[0].id) == ("Once", first.id)


def test_a_key_that_is_too_long(served: Served) -> None:
    with pytest.raises(BadRequestError) as caught:
        served.openai.completions.create(model="up/fake-echo", prompt="a", extra_headers={"Idempotency-Key": "x" * 201})
    assert caught.value.param == "Idempotency-Key"


def test_the_list_of_models(served: Served) -> None:
    found = served.openai.models.list().data
    assert {"up/fake-echo", "builtin/search"} <= {model.id for model in found}
    assert {model.object for model in found} == {"model"}


@pytest.mark.parametrize("named", ["up/fake-echo", "fake-echo"])
def test_one_model(served: Served, named: str) -> None:
    found = served.openai.models.retrieve(named)
    assert (found.id, found.owned_by, found.object) == ("up/fake-echo", "up", "model")


def test_no_model(served: Served) -> None:
    with pytest.raises(NotFoundError) as caught:
        served.openai.models.retrieve("up/nothing")
    assert caught.value.code == "model_not_found"
