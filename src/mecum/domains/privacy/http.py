"""The routes of privacy: what may leave this machine, and what left it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from mecum.domains.privacy.schemas import (
    ConsentCreate,
    ConsentList,
    EgressList,
    PolicyChange,
    PolicyView,
)
from mecum.domains.privacy.service import PrivacyService
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.kernel.paging import MAX_LIMIT


def router(database: Database, service: PrivacyService) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["privacy"])
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
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.", examples=[50])] = 50,
        cursor: Annotated[str | None, Query(description="From the page before.", examples=["WzEyXQ"])] = None,
        host: Annotated[
            str | None, Query(max_length=255, description="Only to this host.", examples=["api.openai.com"])
        ] = None,
        purpose: Annotated[
            str | None, Query(max_length=80, description="Only for this purpose.", examples=["model.chat"])
        ] = None,
        data_class: Annotated[
            str | None, Query(max_length=80, description="Only with this class of data.", examples=["conversation"])
        ] = None,
    ) -> Response:
        async with database.reading(asker) as scope:
            page = await service.egress(scope, limit, cursor, host, purpose, data_class)
        return answer({"items": [item.model_dump() for item in page.items], "next_cursor": page.next_cursor})

    return routes


def _policy_routes(routes: APIRouter, database: Database, service: PrivacyService) -> None:
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


def _consent_routes(routes: APIRouter, database: Database, service: PrivacyService) -> None:
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
