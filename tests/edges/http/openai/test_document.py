"""Everything that can be posted or answered here is described, with an example."""

import json
import re
from typing import Any

import pytest
from pydantic import BaseModel

from factories.served import Served
from mecum.edges.http.openai import models
from mecum.edges.http.openai.chat_schemas import ChatCompletionView
from mecum.edges.http.openai.common_schemas import CallError
from mecum.edges.http.openai.completion_schemas import CompletionView
from mecum.edges.http.openai.http import BODIES
from mecum.edges.http.openai.response_schemas import InputItems, ResponseDeleted, ResponseView

pytestmark = pytest.mark.slow

ANSWERS = (
    ChatCompletionView,
    CompletionView,
    ResponseView,
    ResponseDeleted,
    InputItems,
    models.ModelEntries,
    CallError,
)


@pytest.mark.parametrize("shape", [*BODIES, *ANSWERS])
def test_every_field_is_described(shape: type[BaseModel]) -> None:
    schema: dict[str, Any] = shape.model_json_schema()
    for name, one in {shape.__name__: schema, **schema.get("$defs", {})}.items():
        assert one.get("description"), name
        for field, described in one.get("properties", {}).items():
            assert described.get("description"), f"{name}.{field}"
            assert "examples" in described, f"{name}.{field}"


@pytest.mark.parametrize("shape", BODIES)
def test_nothing_unknown_is_taken(shape: type[BaseModel]) -> None:
    schema = shape.model_json_schema()
    for name, one in {shape.__name__: schema, **schema.get("$defs", {})}.items():
        assert one.get("additionalProperties") is False, name


def test_the_document_is_complete(served: Served) -> None:
    with served.http as http:
        document = http.get("/api/v1/openapi.json").json()
    wanted = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert wanted <= document["components"]["schemas"].keys()
    assert {shape.__name__ for shape in BODIES} <= wanted
    for path in (
        "/v1/models",
        "/v1/chat/completions",
        "/v1/completions",
        "/v1/responses",
        "/v1/responses/{response_id}",
    ):
        for route in document["paths"][path].values():
            assert route["summary"]
            assert route["description"]


def test_no_shape_takes_the_name_of_another(served: Served) -> None:
    with served.http as http:
        names = http.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert [name for name in names if "__" in name] == []
