"""Everything that can be posted or answered here is described, with an example."""

from typing import Any

import pytest
from pydantic import BaseModel

from mecum.edges.http.openai import models
from mecum.edges.http.openai.chat_schemas import ChatCompletionView
from mecum.edges.http.openai.common_schemas import ErrorView
from mecum.edges.http.openai.completion_schemas import CompletionView
from mecum.edges.http.openai.http import BODIES
from mecum.edges.http.openai.response_schemas import ResponseDeleted, ResponseView

ANSWERS = (ChatCompletionView, CompletionView, ResponseView, ResponseDeleted, models.ModelListView, ErrorView)


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
