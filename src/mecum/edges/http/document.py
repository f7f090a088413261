"""The OpenAPI document, with the bodies that routes read by themselves."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

_REF = "#/components/schemas/{model}"


def describe(api: FastAPI, bodies: Sequence[type[BaseModel]]) -> None:
    """Let the application's document hold these shapes too: `body_of` refers to them by name."""
    framework = api.openapi

    def document() -> dict[str, Any]:
        if api.openapi_schema is None:
            found = framework()
            _, shapes = models_json_schema([(body, "validation") for body in bodies], ref_template=_REF)
            schemas = found.setdefault("components", {}).setdefault("schemas", {})
            # What the framework described itself stands; two shapes of one name would be told apart by it.
            found["components"]["schemas"] = {**shapes.get("$defs", {}), **schemas}
            api.openapi_schema = found
        return api.openapi_schema

    api.openapi = document
