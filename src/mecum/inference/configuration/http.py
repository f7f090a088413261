"""The routes of the configuration."""

import asyncio
from typing import Annotated, Any

from fastapi import Header, Path, Query, Response

from mecum.inference.configuration import files
from mecum.inference.configuration.checking import checked
from mecum.inference.configuration.document import json_schema
from mecum.inference.configuration.errors import ModelNotHere
from mecum.inference.configuration.schemas import (
    ConfigurationFile,
    ConfigurationFileText,
    ConfigurationView,
    ExplanationView,
    SchemaOf,
    TextValidate,
    TextWrite,
    Validation,
    explanation_view,
    file_view,
    validation,
)
from mecum.inference.configuration.service import Configuration
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes

_NAME = Annotated[str, Path(description="One of the files.", examples=["user_models.json"])]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The etag of the content that is replaced; without it there must be none yet.",
        examples=['"9f86d081884c7d65"'],
    ),
]


def router(configuration: Configuration) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["configuration"])

    @routes.get(
        "/config",
        response_model=ConfigurationView,
        summary="The configuration in force",
        description="What all levels together say for who asks, the files it comes from, and what is wrong with them.",
    )
    async def show(asker: Asker) -> Response:
        await configuration.refresh()
        problems = configuration.problems(asker)
        missed = [problem for problem in problems if problem.error is ModelNotHere]
        found = {
            "folder": str(configuration.folder),
            "files": [
                file_view(state, [one for one in missed if one.file == state.name]) for state in configuration.states()
            ],
            "problems": [problem.view() for problem in problems],
            "in_force": configuration.tree(asker),
        }
        return answer(found)

    @routes.get(
        "/config/explain",
        response_model=ExplanationView,
        summary="Explain a key",
        description="What every level says of it, with its file and line, and which one counts.",
    )
    async def explain(
        asker: Asker,
        key: Annotated[
            str, Query(max_length=1000, description="A dotted key.", examples=["role_mappings.planner.preferred"])
        ],
    ) -> Response:
        await configuration.refresh()
        return answer(explanation_view(configuration.explain(key, asker)))

    @routes.get(
        "/config/schema",
        response_model=dict[str, Any],
        summary="The JSON schema",
        description="The JSON schema of a configuration file or of a profile, for editors.",
        responses={200: {"content": {"application/json": {"example": {"title": "ConfigurationDocument"}}}}},
    )
    async def schema(
        _: Asker,
        of: Annotated[SchemaOf, Query(description="Of what.", examples=["profile"])] = "configuration",
    ) -> Response:
        return answer(json_schema(profile=of == "profile"))

    @routes.post(
        "/config/validate",
        response_model=Validation,
        summary="Look at a configuration's text",
        description="Says what is wrong with it, line by line. Nothing is stored.",
    )
    async def validate(_: Asker, body: TextValidate) -> Response:
        found = await asyncio.to_thread(checked, body.text.encode(), body.format)
        return answer(validation(found, configuration.missed(found)))

    @routes.get(
        "/config/files/{name}",
        response_model=ConfigurationFileText,
        summary="Read a configuration file",
        description="Its text as it is on disk, and what is wrong with it. The header `ETag` names its content.",
    )
    async def read(_: Asker, name: _NAME) -> Response:
        path = configuration.file(name)
        await configuration.refresh()
        state = next(state for state in configuration.states() if state.name == name)
        body = await asyncio.to_thread(files.read, path) if state.stamp is not None else b""
        text = {"text": body.decode("utf-8", "replace")}
        etag = files.etag_of(body) if state.stamp is not None else None
        return answer({**file_view(state), "etag": etag, **text}, headers=_tagged(etag))

    @routes.put(
        "/config/files/{name}",
        response_model=ConfigurationFile,
        summary="Write a configuration file",
        description="Replaces it whole, or not at all. `If-Match` must name the content it replaces: 409 with both "
        "etags when the file was changed meanwhile. A text that does not hold is refused, with its lines.",
    )
    async def write(_: Asker, name: _NAME, body: TextWrite, if_match: IfMatch = None) -> Response:
        etag = await configuration.write(name, body.text, expected(if_match))
        state = next(state for state in configuration.states() if state.name == name)
        return answer(file_view(state), headers=_tagged(etag))

    return routes


def expected(if_match: str | None) -> str | None:
    """Return the etag in a header."""
    return None if if_match is None else if_match.strip().removeprefix("W/").strip('"')


def _tagged(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"ETag": f'"{etag}"'}
