"""The API's own description is whole, and the reference pages are what the application says."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from architecture import api_pages

WRITE = "run: PYTHONPATH=src:tests .venv/bin/python -m architecture.api_pages"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def described() -> dict[str, Any]:
    """Return the document as a client gets it."""
    return await api_pages.document()


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every route: `GET /path` and what is said of it."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def fields(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every field of every shape: `Shape.field` and what is said of it."""
    for name, shape in described["components"]["schemas"].items():
        for field, value in shape.get("properties", {}).items():
            yield f"{name}.{field}", value


def has_example(value: dict[str, Any]) -> bool:
    """Whether there is an example: its own, that of its schema, or those of the fields it consists of."""
    if {"example", "examples", "const"} & value.keys() or "$ref" in value:
        return True
    inner = [value.get("schema"), value.get("items"), *value.get("anyOf", ()), *value.get("oneOf", ())]
    return any(has_example(one) for one in inner if one)


def test_every_route_says_what_it_does(described: dict[str, Any]) -> None:
    assert len(described["paths"]) > 30
    for name, operation in operations(described):
        assert operation.get("summary"), name
        assert operation.get("description"), name
        assert operation.get("tags"), name


def test_every_parameter_is_described_with_an_example(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), f"{name}: {parameter['name']}"
            assert has_example(parameter), f"{name}: {parameter['name']}"


def test_every_field_is_described_with_an_example(described: dict[str, Any]) -> None:
    for name, value in fields(described):
        assert value.get("description") or "$ref" in value, name
        assert has_example(value), name
    for name, shape in described["components"]["schemas"].items():
        assert shape.get("description"), name


def test_every_route_says_how_it_refuses(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        assert all(answer.get("description") for answer in operation["responses"].values()), name
        assert operation["responses"]["default"]["content"], name
        assert "422" not in operation["responses"], name


def test_every_shape_that_is_named_is_there(described: dict[str, Any]) -> None:
    known = set(described["components"]["schemas"])
    named = {part.split('"')[0] for part in orjson.dumps(described).decode().split("#/components/schemas/")[1:]}
    assert named <= known


@pytest.mark.asyncio(loop_scope="module")
async def test_the_document_is_up_to_date(described: dict[str, Any]) -> None:
    assert api_pages.DOCUMENT.read_bytes() == api_pages.document_page(described), WRITE


def test_the_list_of_errors_is_up_to_date(described: dict[str, Any]) -> None:
    assert described
    assert api_pages.ERRORS.read_text("utf-8") == api_pages.errors_page(), WRITE


def test_every_error_has_a_sentence() -> None:
    rows = api_pages.ERRORS.read_text("utf-8").splitlines()
    for row in [row for row in rows if row.startswith("| `")]:
        code, kind, status, meaning = (cell.strip() for cell in row.strip("|").split("|"))
        assert "." in code
        assert kind
        assert 400 <= int(status) <= 599
        assert meaning.endswith((".", "`", "?")), row
