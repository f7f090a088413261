"""Vectors with OpenAI's own client, over real HTTP."""

from typing import Any

import httpx2
import pytest
from openai import APIStatusError, BadRequestError, NotFoundError

from edges.http.openai.test_refusals import refusal
from factories.served import Served
from fakes.ollama_wire import OllamaModel
from fakes.vectors import vector

PATH = "/v1/embeddings"
NAME = "up/fake-embed"


@pytest.fixture(scope="module", autouse=True)
def embedder(product: Served) -> None:
    """Let the model server have an embedding model."""
    product.upstream.add(OllamaModel("fake-embed", capabilities=("embedding",)))
    with product.http as http:
        assert http.post("/api/v1/models/refresh").status_code == 200


def test_vectors_in_the_order_of_the_texts(served: Served) -> None:
    # The client asks for base64 by itself, and unpacks it.
    made = served.openai.embeddings.create(model=NAME, input=["sky", "green grass"])
    assert [one.index for one in made.data] == [0, 1]
    assert [one.embedding for one in made.data] == [vector("sky"), vector("green grass")]
    assert (made.model, made.usage.prompt_tokens, made.usage.total_tokens) == (NAME, 3, 3)
    plain = served.openai.embeddings.create(model="fake-embed", input="sky", encoding_format="float", user="ada")
    assert plain.data[0].embedding == vector("sky")
    packed = served.openai.embeddings.create(model="role:embedder", input="sky", encoding_format="base64")
    assert isinstance(packed.data[0].embedding, str)


def test_dimensions(served: Served) -> None:
    made = served.openai.embeddings.create(model=NAME, input="sky", dimensions=4)
    assert made.data[0].embedding == vector("sky", 4)
    with pytest.raises(BadRequestError) as caught:
        served.openai.embeddings.create(model=NAME, input="sky", dimensions=5)
    assert caught.value.param == "dimensions"


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({"input": ""}, "input", "invalid_value"),
        ({"input": []}, "input", "invalid_value"),
        ({"input": ["a", ""]}, "input[1]", "invalid_value"),
        ({"input": [1, 2]}, "input", "unsupported_value"),
        ({"input": [[1, 2], [3]]}, "input", "unsupported_value"),
        ({"input": 5}, "input", "invalid_type"),
        ({}, "input", "missing_required_parameter"),
        ({"input": ["a"] * 2049}, "input", "invalid_value"),
        ({"input": "a", "dimensions": 0}, "dimensions", "invalid_value"),
        ({"input": "a", "encoding_format": "hex"}, "encoding_format", "unsupported_value"),
        ({"input": "a", "foo": 1}, "foo", "unknown_parameter"),
        ({"input": "a", "model": ""}, "model", "invalid_value"),
        ({"input": "a", "model": "builtin/search"}, "model", "model.refused"),
        ({"input": "word " * 1000}, None, "context_length_exceeded"),
    ],
)
def test_what_is_refused(served: Served, body: dict[str, Any], param: str | None, code: str) -> None:
    found = refusal(served, PATH, {"model": NAME, **body})
    assert (found["param"], found["code"]) == (param, code)


def test_a_model_that_is_not_there(served: Served) -> None:
    with pytest.raises(NotFoundError) as caught:
        served.openai.embeddings.create(model="up2/nothing", input="sky")
    assert caught.value.code == "model_not_found"


def test_an_embedding_model_is_listed_and_answers_nothing(served: Served) -> None:
    assert NAME in [model.id for model in served.openai.models.list()]
    listed = {one["ref"]: one for one in served.get("/models")["items"]}
    assert listed[NAME]["kind"] == "embedder"
    assert served.get("/models")["default"]["ref"] != NAME
    asked: Any = {"messages": [{"role": "user", "content": "Hi"}]}
    with pytest.raises(BadRequestError) as caught:
        served.openai.chat.completions.create(model=NAME, **asked)
    assert (caught.value.param, caught.value.code) == ("model", "model.refused")
    assert served.post("/api/v1/runs", {"text": "Hi", "model": NAME}).json()["code"] == "model.refused"
    assert not served.upstream.answers()


def test_without_an_embedding_model_the_way_out_is_said(served: Served) -> None:
    served.upstream.models[:] = [model for model in served.upstream.models if model.name != "fake-embed"]
    served.post("/api/v1/models/refresh", {})
    with pytest.raises(APIStatusError) as caught:
        served.openai.embeddings.create(model="role:embedder", input="sky")
    assert (caught.value.status_code, caught.value.code) == (503, "model.no_embedder")
    assert "endpoint/name" in caught.value.message


def test_a_key_is_needed(served: Served) -> None:
    answer = httpx2.post(served.url + PATH, json={"model": NAME, "input": "sky"})
    assert answer.status_code == 401
