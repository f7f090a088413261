"""What a person says for themselves, over HTTP: in force at once, for them alone, and after a restart."""

from typing import Any

import pytest

from factories.houses import opened
from factories.sites import Site
from factories.stores import Store
from fakes.upstream import Upstream
from mecum.inference.own.repository import OwnSettingsRepository
from mecum.inference.own.service import OwnService
from mecum.infra.storage import Database
from mecum.kernel.subject import Subject

API = "/api/v1/config"


async def put(site: Site, summaries: bool | None) -> Any:
    """Say it and return what holds then."""
    answered = await site.browser.ask("PUT", f"{API}/own", {"summaries": summaries})
    assert answered.status == 200, answered.body
    return answered.json


async def test_it_counts_over_what_is_configured_and_is_explained(site: Site) -> None:
    got = await site.browser.ask("GET", f"{API}/own")
    assert got.json == {"summaries": None, "in_force": {"summaries": True}}
    assert await put(site, False) == {"summaries": False, "in_force": {"summaries": False}}
    explained = (await site.browser.ask("GET", f"{API}/explain?key=summaries")).json
    counting = [(one["level"], one["source"], one["value"]) for one in explained["levels"] if one["in_force"]]
    assert (explained["value"], counting) == (False, [("person", "own settings", False)])
    text = '{"version": 1, "summaries": false}'
    assert (await site.browser.ask("PUT", f"{API}/files/user_models.json", {"text": text})).status == 200
    assert await put(site, True) == {"summaries": True, "in_force": {"summaries": True}}
    assert await put(site, None) == {"summaries": None, "in_force": {"summaries": False}}
    configuration = site.house.parts.broker.configuration
    assert configuration.preferences(site.house.parts.owner).summaries is False


async def test_it_is_for_one_person(site: Site) -> None:
    await put(site, False)
    parts = site.house.parts
    other = Subject(parts.owner.organisation_id, "per_06hq3k8w2m5v9")
    assert parts.broker.configuration.preferences(other).summaries is True
    assert parts.broker.configuration.preferences(parts.owner).summaries is False


@pytest.mark.parametrize("body", [{}, {"summaries": "no"}, {"summaries": 2}, {"summary": True}, []])
async def test_what_is_no_answer_is_refused(site: Site, body: Any) -> None:
    refused = await site.browser.ask("PUT", f"{API}/own", body)
    assert (refused.status, refused.json["code"]) == (400, "request.invalid")
    assert (await site.browser.ask("GET", f"{API}/own")).json["summaries"] is None


@pytest.mark.slow
async def test_it_outlives_the_process(plain_store: Store, upstream: Upstream) -> None:
    async with opened(plain_store, upstream) as house, house.parts.database.writing(house.parts.owner) as scope:
        await house.parts.broker.own.change(scope, summaries=False)
    async with opened(plain_store, upstream) as house:
        assert house.parts.broker.configuration.preferences(house.parts.owner).summaries is False
        async with house.parts.database.reading(house.parts.owner) as scope:
            said = await OwnService(house.parts.broker.configuration).get(scope)
        assert said == {"summaries": False, "in_force": {"summaries": False}}


async def test_a_stranger_sees_and_changes_nothing(plain_database: Database, ada: Subject, bob: Subject) -> None:
    rows = OwnSettingsRepository()
    async with plain_database.writing(ada) as scope:
        await rows.put(scope, summaries=False)
    async with plain_database.writing(bob) as scope:
        assert await rows.all(scope) == []
        await rows.put(scope, summaries=True)
    async with plain_database.reading(ada) as scope:
        assert [row.summaries for row in await rows.all(scope)] == [False]
    async with plain_database.reading(None) as scope:
        assert len(await rows.all(scope)) == 2
