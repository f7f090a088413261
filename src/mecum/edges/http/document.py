"""The OpenAPI document, with the bodies that routes read by themselves, ids in paths, and what an error looks like."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from mecum.infra.web.routes import described

_REF = "#/components/schemas/{model}"
_OURS, _OLLAMAS = "/api/v1/", "/api/"

_PATH_PARAMETERS = {
    "backup_id": ("The backup's id, or its file's name.", "bak_06hq3k8w2m5v9"),
    "endpoint_id": ("The model server's id, or its name.", "end_06hq3k8w2m5v9"),
    "key_id": ("The key's id.", "key_06hq3k8w2m5v9"),
    "model": ("The model's reference.", "ollama/llama3.2:3b"),
    "profile_id": ("The profile's id, or its name.", "coding"),
    "response_id": ("The response's id.", "resp_06hq3k8w2m5v9xtd1a"),
    "run_id": ("The run's id.", "run_06hq3k8w2m5v9"),
}
_OPENAI_ERROR = {"error": {"message": "There is no such model here.", "type": "invalid_request_error", "code": None}}


class WrongField(BaseModel):
    """One thing that is wrong with a request."""

    path: str = Field(description="Where it is.", examples=["temperature"])
    message: str = Field(description="What is wrong with it.", examples=["Input should be less than or equal to 2"])


class Problem(BaseModel):
    """Why a request was refused (RFC 9457); `GET /api/v1/errors/codes` lists every code."""

    type: str = Field(description="The code as an address.", examples=["urn:mecum:error:run.not_found"])
    title: str = Field(description="What the code means.", examples=["There is no such run."])
    status: int = Field(description="The HTTP status.", examples=[404])
    code: str = Field(description="The stable code.", examples=["run.not_found"])
    detail: str = Field(description="A sentence for people.", examples=["There is no such run."])
    request_id: str = Field(description="The request's id, as in the log.", examples=["req_1360c3102fa51"])
    errors: list[WrongField] | None = Field(None, description="Each thing that is wrong with the request.")
    details: dict[str, Any] | None = Field(None, description="Small values.", examples=[{"run_id": "run_1"}])


def describe(api: FastAPI, bodies: Sequence[type[BaseModel]]) -> None:
    """Let the application's document hold these shapes too: `body_of` refers to them by name."""

    def document() -> dict[str, Any]:
        if api.openapi_schema is None:
            found = get_openapi(title=api.title, version=api.version, routes=[*described(api.routes)])
            beside: Sequence[type[BaseModel]] = (*bodies, Problem)
            _, shapes = models_json_schema([(body, "validation") for body in beside], ref_template=_REF)
            schemas = found.setdefault("components", {}).setdefault("schemas", {})
            # What the framework described itself stands; two shapes of one name would be told apart by it.
            found["components"]["schemas"] = {**shapes.get("$defs", {}), **schemas}
            _complete(found)
            api.openapi_schema = found
        return api.openapi_schema

    api.openapi = document  # type: ignore[method-assign]  # the framework's own way to extend it


def _complete(found: dict[str, Any]) -> None:
    """Say what every route has in common: its path's ids, and its refusals in the place of the framework's own."""
    for path, operations in found["paths"].items():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"].setdefault("default", _refusal(path))
            for parameter in operation.get("parameters", ()):
                _describe(parameter)
    schemas = found["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _name_items(schemas)


def _name_items(schemas: dict[str, Any]) -> None:
    """Say what the items are that their own room knows only as objects: the runs of a thread, the parts of a run."""
    schemas["MessageList"]["properties"]["runs"]["items"] = {"$ref": _REF.format(model="RunView")}
    schemas["RunView"]["properties"]["parts"]["items"] = schemas["MessageView"]["properties"]["parts"]["items"]


def _describe(parameter: dict[str, Any]) -> None:
    known = _PATH_PARAMETERS.get(parameter["name"])
    if known is not None and not parameter.get("description"):
        parameter["description"], parameter["example"] = known


def _refusal(path: str) -> dict[str, Any]:
    if path.startswith(_OURS):
        content: dict[str, Any] = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
        return {"description": "Why it was refused.", "content": content}
    if path.startswith(_OLLAMAS):
        example = {"error": "There is no such model here."}
        return {
            "description": "Why it was refused, in Ollama's shape.",
            "content": {"application/json": {"example": example}},
        }
    return {
        "description": "Why it was refused, in OpenAI's shape.",
        "content": {"application/json": {"example": _OPENAI_ERROR}},
    }
