"""Pulls from the request to the model, over the API and as jobs: done, failed, resumed, cancelled, refused."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from factories.sites import Site
from fakes.beyond import BEYOND, beyond
from fakes.file_server import FileServer, serving
from fakes.gguf_files import llama, write_gguf
from mecum.edges.worker.jobs import register
from mecum.infra.jobs.runner import JobRunner

pytestmark = pytest.mark.slow

__all__ = ["beyond"]
PULLS = "/api/v1/models/pulls"


@pytest.fixture
def model(tmp_path: Path) -> bytes:
    """Return a whole model file."""
    return write_gguf(tmp_path / "whole.gguf", llama()).read_bytes() + bytes(400_000)


@pytest_asyncio.fixture
async def server(model: bytes) -> AsyncIterator[FileServer]:
    """Return a server of the model."""
    async with serving(model) as files:
        yield files


@pytest_asyncio.fixture
async def runner(site: Site) -> AsyncIterator[JobRunner]:
    """Return a running worker; the house has none by itself."""
    working = worker(site)
    await working.start()
    yield working
    await working.stop()


def worker(site: Site) -> JobRunner:
    """Return a worker."""
    made = JobRunner(site.house.parts.database, site.house.parts.jobs)
    register(made, site.house.parts)
    return made


async def ask(site: Site, **body: Any) -> Any:
    """Ask for a pull."""
    answered = await site.browser.ask("POST", PULLS, body)
    assert answered.status == 202, answered.body
    return answered.json


async def state(site: Site, pull: Any) -> Any:
    """Return a pull as it stands."""
    return (await site.browser.ask("GET", f"{PULLS}/{pull['id']}")).json


async def over(site: Site, pull: Any, *states: str) -> Any:
    """Wait until a pull is over, or in one of `states`."""
    async with asyncio.timeout(15):
        while True:
            now = await state(site, pull)
            if now["state"] in (states or ("done", "failed", "cancelled")):
                return now
            await asyncio.sleep(0.02)


async def begun(site: Site, pull: Any) -> None:
    """Wait until something of a pull is there."""
    async with asyncio.timeout(10):
        while (await state(site, pull))["done_bytes"] == 0:  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


def left(site: Site) -> list[str]:
    """Return what lies in the models folder."""
    folder = site.house.parts.settings.models_dir
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def test_a_model_is_fetched_and_offered(site: Site, runner: JobRunner, server: FileServer, model: bytes) -> None:
    heard: list[Any] = []
    parts = site.house.parts
    parts.channel.listen(parts.owner.person_id, lambda news: heard.append(news.body))
    pull = await ask(site, source=f"{server.url}?token=secret", sha256=hashlib.sha256(model).hexdigest().upper())
    assert pull["source"] == server.url, "without what may be a secret"
    done = await over(site, pull)
    assert (done["state"], done["model"], done["verified"]) == ("done", "llama_cpp/tiny", "person")
    assert (done["done_bytes"], done["total_bytes"], done["code"]) == (len(model), len(model), None)
    assert left(site) == ["tiny.gguf"]
    assert parts.broker.registry.find("llama_cpp/tiny") is not None
    told = [body for body in heard if b'"type":"model.pull"' in body]
    assert b'"state":"done"' in told[-1]
    assert b"secret" not in b"".join(told)
    assert [item["id"] for item in (await site.browser.ask("GET", PULLS)).json["items"]] == [pull["id"]]


@pytest.mark.parametrize(("headers", "verified"), [({}, "no"), ({"X-Linked-Etag": ""}, "server")])
async def test_it_says_how_far_the_file_is_known(
    site: Site, runner: JobRunner, server: FileServer, model: bytes, headers: dict[str, str], verified: str
) -> None:
    sha = hashlib.sha256(model).hexdigest()
    server.headers = dict.fromkeys(headers, sha)
    done = await over(site, await ask(site, source=server.url, name="mine"))
    assert (done["state"], done["verified"], done["sha256"]) == ("done", verified, sha)
    assert left(site) == ["mine.gguf"]


@pytest.mark.parametrize("by", ["person", "server"])
async def test_a_wrong_checksum_leaves_nothing(site: Site, runner: JobRunner, server: FileServer, by: str) -> None:
    if by == "server":
        server.headers = {"X-Linked-Etag": "0" * 64}
    failed = await over(site, await ask(site, source=server.url, sha256="0" * 64 if by == "person" else None))
    assert (failed["state"], failed["code"]) == ("failed", "pull.checksum_wrong")
    assert "0" * 64 in failed["detail"]
    assert left(site) == []


async def test_another_try_asks_for_the_same_and_checks_the_same(
    site: Site, runner: JobRunner, server: FileServer
) -> None:
    failed = await over(site, await ask(site, source=f"{server.url}?key=1", sha256="0" * 64))
    assert failed["code"] == "pull.checksum_wrong"
    answered = await site.browser.ask("POST", f"{PULLS}/{failed['id']}/again")
    assert (answered.status, answered.json["source"]) == (202, server.url)
    assert (await over(site, answered.json))["code"] == "pull.checksum_wrong"
    assert {path for path, _ in server.asked} == {"/files/tiny.gguf?key=1"}
    assert (await site.browser.ask("POST", f"{PULLS}/job_00000000000zz/again")).status == 404


async def test_what_is_no_model_leaves_nothing(
    site: Site, runner: JobRunner, server: FileServer, tmp_path: Path
) -> None:
    whole = write_gguf(tmp_path / "e.gguf", llama()).read_bytes()
    for data, code in (
        (b"<!doctype html>", "model.not_a_model_file"),
        (b"GGUF", "model.bad_file"),
        (whole[:-100], "model.bad_file"),
    ):
        server.data = data
        failed = await over(site, await ask(site, source=server.url))
        assert (failed["state"], failed["code"]) == ("failed", code), data[:20]
        assert left(site) == []


async def test_a_restart_goes_on_where_it_was(site: Site, server: FileServer, model: bytes) -> None:
    server.hold = asyncio.Event()
    first = worker(site)
    await first.start()
    pull = await ask(site, source=server.url)
    await begun(site, pull)
    await first.stop()
    (folder,) = left(site)
    there = (site.house.parts.settings.models_dir / folder / "part").stat().st_size
    assert 0 < there < len(model)
    assert (await state(site, pull))["state"] == "queued"
    server.hold = None
    second = worker(site)
    await second.start()
    done = await over(site, pull)
    await second.stop()
    assert (done["state"], left(site)) == ("done", ["tiny.gguf"])
    assert server.ranges_asked[-1] == f"bytes={there}-"


async def test_a_cancelled_one_leaves_nothing(site: Site, runner: JobRunner, server: FileServer) -> None:
    server.hold = asyncio.Event()
    pull, behind = await ask(site, source=server.url), await ask(site, source=server.url)
    await begun(site, pull)
    assert (await state(site, behind))["state"] == "queued", "one at a time"
    for one in (behind, pull):
        assert (await site.browser.ask("DELETE", f"{PULLS}/{one['id']}")).status == 204
    assert (await over(site, pull))["state"] == (await over(site, behind))["state"] == "cancelled"
    await site.house.until(lambda: left(site) == [])
    assert (await site.browser.ask("DELETE", f"{PULLS}/{pull['id']}")).json["code"] == "pull.not_found"
    assert len(server.asked) == 1


@pytest.mark.slow
async def test_a_server_that_is_away_is_tried_again(site: Site, runner: JobRunner, server: FileServer) -> None:
    server.status = 503
    waiting = await ask(site, source=server.url)
    async with asyncio.timeout(10):
        while (await state(site, waiting))["code"] is None:  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.02)
    assert (await state(site, waiting))["detail"].startswith("The server answers 503 now.")
    server.status = None
    assert (await over(site, waiting))["state"] == "done"


@pytest.mark.parametrize(
    "source", ["", "ftp://x/y", "ollama:", "tiny.gguf", "http://", "https://user:word@host/x", "http://[", "x" * 5000]
)
async def test_a_source_that_cannot_be(site: Site, source: str) -> None:
    answered = await site.browser.ask("POST", PULLS, {"source": source})
    assert (answered.status, answered.json["code"]) in ((400, "pull.source_invalid"), (400, "request.invalid"))


async def test_an_address_beyond_is_a_consent_for_it_alone(
    site: Site, runner: JobRunner, server: FileServer, beyond: list[str]
) -> None:
    url = server.url.replace("127.0.0.1", BEYOND)
    assert (await over(site, await ask(site, source=url)))["state"] == "done"
    (log,) = (await site.browser.ask("GET", "/api/v1/privacy/egress")).json["items"]
    assert (log["host"], log["purpose"], log["data_class"], log["bytes_out"]) == (BEYOND, "model.pull", "none", 0)
    assert site.house.parts.policy.hosts == []


async def test_local_only_fetches_nothing(site: Site, runner: JobRunner, server: FileServer, beyond: list[str]) -> None:
    await site.browser.ask("PUT", "/api/v1/privacy/policy", {"mode": "local_only"})
    for source in (server.url.replace("127.0.0.1", BEYOND), "ollama:tiny"):
        answered = await site.browser.ask("POST", PULLS, {"source": source})
        assert (answered.status, answered.json["code"]) == (403, "egress.denied")
    assert (await over(site, await ask(site, source=server.url)))["state"] == "done", "of this machine"
    assert beyond == []


async def test_it_is_the_owner_who_pulls(site: Site, server: FileServer) -> None:
    made = await site.browser.ask("POST", "/api/v1/keys", {"name": "program"})
    site.browser.headers["authorization"] = f"Bearer {made.json['secret']}"
    answered = await site.browser.ask("POST", PULLS, {"source": server.url})
    assert (answered.status, answered.json["code"]) == (403, "auth.owner_only")
