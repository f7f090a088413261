"""Endpoints as a person manages them: stored sealed, allowed out, asked, forgotten."""

from pathlib import Path

import pytest
from sqlalchemy import select

from factories.stores import KEY
from fakes.upstream import Upstream
from mecum.domains.privacy.api import EgressPolicy
from mecum.inference.errors import EndpointExists, EndpointNotFound
from mecum.inference.manifests import Manifest
from mecum.inference.model import Endpoint
from mecum.inference.ports import Provider
from mecum.inference.registry import Registry
from mecum.inference.schemas import EndpointCreate
from mecum.inference.service import Configured, ModelService, free_name
from mecum.infra.net import Net
from mecum.infra.secrets.sealer import Sealer
from mecum.infra.storage import Database
from mecum.integrations.openai.provider import OpenAIProvider
from mecum.kernel.subject import Subject


class Desk:
    """The service and everything around it."""

    def __init__(self, database: Database, net: Net) -> None:
        self.net = net
        self.connected: list[Configured] = []
        self.registry = Registry()
        self.policy = EgressPolicy(database, "org_0000000000001")
        self.service = ModelService(self.registry, self._connect, Sealer(KEY), self.policy)

    def _connect(self, configured: Configured) -> Provider:
        self.connected.append(configured)
        return OpenAIProvider(self.net, configured.name, configured.base_url, configured.key)


@pytest.fixture
def desk(database: Database, net: Net) -> Desk:
    """Return the service over each kind of store."""
    return Desk(database, net)


def wanted(name: str = "studio", url: str = "http://127.0.0.1:1/v1", key: str | None = None) -> EndpointCreate:
    """Return what a person asks for."""
    return EndpointCreate(name=name, wire="openai", base_url=url, api_key=key, consent=True)


def owner(subject: Subject) -> Subject:
    """Return the subject as one who decides for the organisation."""
    return Subject(subject.organisation_id, subject.person_id, frozenset(("owner",)))


async def test_a_key_is_sealed_and_opened_again(desk: Desk, database: Database, ada: Subject, net: Net) -> None:
    async with database.writing(owner(ada)) as scope:
        view = await desk.service.add(scope, wanted(key="sk-secret", url="https://models.example.org/v1/"))
        assert desk.connected == [], "used once it is stored"
    assert (view.has_key, view.base_url) == (True, "https://models.example.org/v1")
    assert desk.policy.hosts == ["models.example.org"]
    async with database.reading(ada) as scope:
        row = (await scope.session.execute(select(Endpoint))).scalar_one()
        assert row.sealed_key is not None
        assert b"sk-secret" not in row.sealed_key
    later = Desk(database, net)
    async with database.reading(None) as scope:
        await later.policy.load(scope)
        await later.service.load(scope)
    assert later.connected == [Configured("studio", "openai", "https://models.example.org/v1", "sk-secret")]
    assert later.policy.hosts == ["models.example.org"]


async def test_a_name_is_given_once(desk: Desk, database: Database, ada: Subject) -> None:
    desk.service.add_fixed(Configured("fixed", "openai", "http://127.0.0.1:1/v1"))
    async with database.writing(ada) as scope:
        with pytest.raises(EndpointExists):
            await desk.service.add(scope, wanted("fixed"))
        await desk.service.add(scope, wanted("mine"))
    async with database.reading(ada) as scope:
        found = await desk.service.endpoints(scope)
    assert [(view.name, view.id is None, view.has_key) for view in found] == [
        ("fixed", True, False),
        ("mine", False, False),
    ]


async def test_a_stored_one_goes_before_a_key_that_appears_later(
    desk: Desk, database: Database, ada: Subject, net: Net
) -> None:
    async with database.writing(ada) as scope:
        await desk.service.add(scope, wanted("mistral", key="sk-mine"))
    later = Desk(database, net)
    later.service.add_fixed(Configured("mistral", "openai", "https://api.mistral.ai/v1", "sk-found"), consented=True)
    async with database.reading(None) as scope:
        await later.service.load(scope)
    async with database.reading(ada) as scope:
        found = await later.service.endpoints(scope)
    assert [(view.name, view.base_url, view.id is None) for view in found] == [
        ("mistral", "http://127.0.0.1:1/v1", False)
    ]
    assert later.policy.hosts == []


async def test_prices_are_looked_for_by_address_or_by_the_name_the_table_has(database: Database, net: Net) -> None:
    desk = Desk(database, net)
    desk.service.known = (
        Manifest("far", "Far", "https://far.example.org/v1", priced_as="far-away"),
        Manifest("near", "Near", "https://near.example.org/v1"),
    )
    for name, host in (("mine", "far"), ("near", "near"), ("far", "proxy")):
        desk.service.add_fixed(Configured(name, "openai", f"https://{host}.example.org/v1"))
    found = {name: desk.service.priced_as(name) for name in ("mine", "near", "far", "none")}
    assert found == {
        "mine": "far-away",
        "near": "https://near.example.org/v1",
        "far": "https://proxy.example.org/v1",
        "none": None,
    }


async def test_a_removed_endpoint_may_not_be_called_any_more(desk: Desk, database: Database, ada: Subject) -> None:
    async with database.writing(owner(ada)) as scope:
        view = await desk.service.add(scope, wanted(url="https://a.example.org"))
    assert view.id is not None
    assert desk.policy.hosts == ["a.example.org"]
    async with database.writing(ada) as scope:
        assert await desk.service.remove(scope, view.id) == "studio"
    assert desk.policy.hosts == []
    async with database.writing(ada) as scope:
        with pytest.raises(EndpointNotFound):
            await desk.service.remove(scope, view.id)


async def test_testing_says_what_was_found_or_why_not(
    desk: Desk, database: Database, ada: Subject, upstream: Upstream
) -> None:
    desk.service.add_fixed(Configured("up", "openai", f"{upstream.url}/v1"))
    async with database.writing(ada) as scope:
        view = await desk.service.add(scope, wanted())
    async with database.reading(ada) as scope:
        good = await desk.service.test(scope, "up")
        bad = await desk.service.test(scope, view.id or "")
        with pytest.raises(EndpointNotFound):
            await desk.service.test(scope, "nobody")
    assert (good.ok, good.detail) == (True, f"{good.models} models.")
    assert good.models == len(upstream.models)
    assert good.latency_ms is not None
    assert (bad.ok, bad.models, bad.latency_ms) == (False, 0, None)
    assert "does not answer" in bad.detail
    await desk.registry.refresh()
    assert len(desk.service.models()) == good.models


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("tiny.gguf", "tiny.gguf"),
        ("../../etc/passwd", "passwd.gguf"),
        ("a b/ü?.gguf", "ü-.gguf"),
        ("...", "model.gguf"),
        ("", "model.gguf"),
    ],
)
def test_an_uploaded_file_stays_in_its_folder(tmp_path: Path, name: str, file: str) -> None:
    assert free_name(tmp_path, name) == tmp_path / file


def test_no_file_is_written_over(tmp_path: Path) -> None:
    for expected in ("tiny.gguf", "tiny-2.gguf", "tiny-3.gguf"):
        path = free_name(tmp_path, "tiny.gguf")
        assert path.name == expected
        path.touch()
