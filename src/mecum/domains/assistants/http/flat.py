"""The one compatibility view: assistants by the names of the flat table, read and written; and its roll-out."""

from typing import Annotated, Any, Final, Literal

from fastapi import Path, Query, Request, Response
from pydantic import TypeAdapter

from mecum.domains.assistants.api import Assistants
from mecum.domains.assistants.http.shared import MOST_BYTES, Reference
from mecum.domains.assistants.rules.flat.names import place_of
from mecum.domains.assistants.schemas.flat import (
    FlatChange,
    FlatView,
    ReferenceList,
    RollOutChange,
    RollOutCheck,
    RollOutView,
)
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer, body_of, limited_body, parsed
from mecum.infra.web.routes import Routes

BODIES: Final = (FlatChange,)
SENTENCE: Final = "The flat names are deprecated: use the facets, each of which loads and is changed by itself."
_SINCE: Final = "@1795824000"
"""The moment from which on the names are deprecated, 2026-11-28, as RFC 9745 writes it."""
_Flat = Annotated[
    str, Path(max_length=255, description="Its id, slug, or the id it had in the flat table.", examples=["muse"])
]
_Fields = Annotated[
    str | None, Query(max_length=4000, description="Only these names, with commas between.", examples=["name,tone"])
]
_Reader = Annotated[
    Literal["old", "new"] | None,
    Query(description="Ask one of the readers, whatever the roll-out says.", examples=["new"]),
]


def router(database: Database, context: Assistants) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["assistants"])
    _roll_out(routes, database, context)
    _view(routes, database, context)

    @routes.get(
        "/assistants/{assistant}/references",
        response_model=ReferenceList,
        summary="What it named that was not here",
        description="What a brought-in assistant named that was not here when it came, and what it is here by now.",
    )
    async def references(asker: Asker, assistant: Reference) -> Response:
        async with database.reading(asker) as scope:
            return answer({"items": await context.flat_reading.references(scope, assistant), "next_cursor": None})

    return routes


def _view(routes: Routes, database: Database, context: Assistants) -> None:
    shape = TypeAdapter(FlatChange)

    @routes.get(
        "/assistants/{assistant}/flat",
        response_model=FlatView,
        deprecated=True,
        summary="Read an assistant by its flat names",
        description="Every name the flat table had, in any of its versions. Which readers answer, the old ones out of "
        "the row as it came or the new ones out of the facets, says the roll-out.",
    )
    async def get(asker: Asker, assistant: _Flat, fields: _Fields = None, reader: _Reader = None) -> Response:
        async with database.reading(asker) as scope:
            found, by = await context.flat_reading.read(scope, assistant, reader)
        if fields is not None:
            wanted = {name.strip() for name in fields.split(",")}
            found = {name: value for name, value in found.items() if name in wanted}
        return _answered(assistant, found, by, found)

    @routes.patch(
        "/assistants/{assistant}/flat",
        response_model=FlatView,
        deprecated=True,
        summary="Change an assistant by its flat names",
        description="What is absent stays. A value that fits no field is kept as it is, reported there, and the field "
        "behaves as by default. Both readers know what was written. Answers with the whole.",
        openapi_extra={"requestBody": body_of(FlatChange)},
    )
    async def write(asker: Asker, assistant: _Flat, request: Request) -> Response:
        body = parsed(shape, await limited_body(request, MOST_BYTES)).model_dump(exclude_unset=True)
        async with database.writing(asker) as scope:
            assistant_id = await context.flat_writing.write(scope, assistant, body)
            found, by = await context.flat_reading.read(scope, assistant_id)
        return _answered(assistant_id, found, by, body)


def _roll_out(routes: Routes, database: Database, context: Assistants) -> None:
    reading = context.flat_reading

    @routes.get(
        "/assistants/rollout",
        response_model=RollOutView,
        summary="The roll-out of the readers",
        description="Which share of the brought-in assistants the new readers answer for by flat name, and queries, "
        "time and errors of both.",
    )
    async def get(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            return answer(await reading.roll_out(scope))

    @routes.put(
        "/assistants/rollout",
        response_model=RollOutView,
        summary="Set the roll-out",
        description="100 reads everything anew, 0 goes back to the rows as they came; in between, always the same "
        "assistants come first.",
    )
    async def put(asker: Asker, body: RollOutChange) -> Response:
        async with database.writing(asker) as scope:
            await reading.set_roll_out(scope, body.share, body.compare)
            return answer(await reading.roll_out(scope))

    @routes.post(
        "/assistants/rollout/check",
        response_model=RollOutView,
        summary="Compare the readers",
        description="Reads some assistants by both, and says what differs.",
    )
    async def check(asker: Asker, body: RollOutCheck) -> Response:
        async with database.reading(asker) as scope:
            await reading.check(scope, body.many)
            return answer(await reading.roll_out(scope))


def _answered(assistant: str, found: dict[str, Any], reader: str, named: dict[str, Any]) -> Response:
    """Return the values with the warning, in the body and beside it."""
    use = f"/api/v1/assistants/{assistant}"
    names = {name: place_of(name) for name in named}
    body = {**found, "deprecated": {"sentence": SENTENCE, "reader": reader, "use": use, "names": names}}
    headers = {
        "Deprecation": _SINCE,
        "Warning": f'299 - "{SENTENCE}"',
        "X-Mecum-Reader": reader,
        "Cache-Control": "no-store",
    }
    if assistant.isascii() and assistant.isprintable() and not set(assistant) & {"<", ">", '"'}:
        headers["Link"] = f'<{use}>; rel="successor-version"'
    return answer(body, headers=headers)
