"""The routes of privacy: what may leave this machine, and what left it."""

from datetime import UTC, date, datetime
from typing import Annotated, Final

from fastapi import Depends, Path, Query, Response
from pydantic import AwareDatetime

from mecum.domains.privacy.rules import Decision, Mode, Narrowed
from mecum.domains.privacy.schemas import (
    ConsentCreate,
    ConsentList,
    EgressList,
    EgressValues,
    PolicyChange,
    PolicyView,
)
from mecum.domains.privacy.service import PrivacyService
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes
from mecum.kernel.paging import MAX_LIMIT

Moment = AwareDatetime | date
_MOMENT: Final = "A moment with its time zone, or a day, which is its beginning in UTC."


def narrowed(
    host: Annotated[
        str | None, Query(max_length=255, description="Only to this host.", examples=["api.openai.com"])
    ] = None,
    endpoint: Annotated[
        str | None, Query(max_length=80, description="Only to this model server, by its name.", examples=["openai"])
    ] = None,
    purpose: Annotated[
        str | None, Query(max_length=80, description="Only for this purpose.", examples=["model.chat"])
    ] = None,
    data_class: Annotated[
        str | None, Query(max_length=80, description="Only with this class of data.", examples=["conversation"])
    ] = None,
    person: Annotated[
        str | None,
        Query(
            max_length=80,
            description="Only for this person, by their id; `me`; `none` is the instance itself.",
            examples=["me"],
        ),
    ] = None,
    mode: Annotated[Mode | None, Query(description="Only under this mode.", examples=["ask"])] = None,
    decision: Annotated[Decision | None, Query(description="Only what was let out so.", examples=["consent"])] = None,
    since: Annotated[Moment | None, Query(description=f"Only from then on. {_MOMENT}", examples=["2026-11-21"])] = None,
    until: Annotated[Moment | None, Query(description=f"Only before then. {_MOMENT}", examples=["2026-11-22"])] = None,
) -> Narrowed:
    """Return which calls are wanted."""
    return Narrowed(host, endpoint, purpose, data_class, person, mode, decision, _moment(since), _moment(until))


def _moment(given: date | None) -> datetime | None:
    """Return the beginning of a day, or the moment itself."""
    if given is None or isinstance(given, datetime):
        return given
    return datetime(given.year, given.month, given.day, tzinfo=UTC)


def router(database: Database, service: PrivacyService) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["privacy"])
    _policy_routes(routes, database, service)
    _consent_routes(routes, database, service)

    @routes.get(
        "/privacy/egress",
        response_model=EgressList,
        summary="List what left this machine",
        description="Every call beyond this machine, the newest first: for whom, to whom, why, which class of data, "
        "how many bytes, and what was answered; never its content. What was asked for and not let out is there too, "
        "with what stood against it.",
    )
    async def egress(
        asker: Asker,
        wanted: Annotated[Narrowed, Depends(narrowed)],
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.", examples=[50])] = 50,
        cursor: Annotated[str | None, Query(description="From the page before.", examples=["WzEyXQ"])] = None,
    ) -> Response:
        async with database.reading(asker) as scope:
            page = await service.egress(scope, limit, cursor, wanted)
        return answer({"items": [item.model_dump() for item in page.items], "next_cursor": page.next_cursor})

    @routes.get(
        "/privacy/egress/values",
        response_model=EgressValues,
        summary="What the log can be narrowed to",
        description="Hosts, model servers and persons of the last 5,000 calls beyond this machine.",
    )
    async def values(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            found = await service.egress_values(scope)
        return answer(found.model_dump())

    return routes


def _policy_routes(routes: Routes, database: Database, service: PrivacyService) -> None:
    @routes.get(
        "/privacy/policy",
        response_model=PolicyView,
        summary="What may leave this machine",
        description="The mode that every call beyond this machine is checked against.",
    )
    async def policy(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            view = await service.policy(scope)
        return answer(view.model_dump())

    @routes.put(
        "/privacy/policy",
        response_model=PolicyView,
        summary="Change what may leave",
        description="Applies from the next call on. Only the owner may; a program's key may not.",
    )
    async def change(body: PolicyChange, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            view = await service.set_policy(scope, body.mode)
        return answer(view.model_dump())


def _consent_routes(routes: Routes, database: Database, service: PrivacyService) -> None:
    @routes.get(
        "/privacy/consents",
        response_model=ConsentList,
        summary="List endpoints beyond this machine",
        description="Each with whether somebody agreed that conversations are sent there.",
    )
    async def consents(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            items = await service.consents(scope)
        return answer({"items": [item.model_dump() for item in items], "next_cursor": None})

    @routes.post(
        "/privacy/consents",
        response_model=ConsentList,
        summary="Agree to an endpoint",
        description="Conversations may be sent there from now on, until this is taken back or the endpoint is moved to "
        "another place. Only the owner may; a program's key may not.",
    )
    async def consent(body: ConsentCreate, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            await service.consent(scope, body.endpoint)
        async with database.reading(asker) as scope:
            items = await service.consents(scope)
        return answer({"items": [item.model_dump() for item in items], "next_cursor": None})

    @routes.delete(
        "/privacy/consents/{endpoint}",
        status_code=204,
        summary="Take a consent back",
        description="Nothing is sent there any more, from the next call on.",
    )
    async def withdraw(
        endpoint: Annotated[str, Path(description="Its name.", examples=["openai"])], asker: Asker
    ) -> Response:
        async with database.writing(asker) as scope:
            await service.withdraw(scope, endpoint)
        return Response(status_code=204)
