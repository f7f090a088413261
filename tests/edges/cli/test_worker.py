"""Workers as processes of their own: on PostgreSQL beside a server, and not at all on an embedded store."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from factories.offices import until
from fakes.command_line import Call
from mecum.bootstrap.neighbours import neighbours_of
from mecum.domains.runs import api as runs
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.repository import JobView
from mecum.infra.storage import Database, Scope
from mecum.infra.storage.location import Location
from mecum.kernel.subject import Subject


def test_an_embedded_store_has_no_workers(mecum: Call, tmp_path: Path) -> None:
    ended = mecum("worker", "--data", str(tmp_path / "data"))
    assert (ended.code != 0, ended.err.startswith("error worker.embedded_store")) == (True, True)
    assert not (tmp_path / "data").exists()


@contextmanager
def worker(folder: Path, url: str) -> Generator[tuple[subprocess.Popen[bytes], Any]]:
    """Run a worker; yield it and what it said when it was ready."""
    environment = {
        **os.environ,
        "MECUM_STORAGE__URL": url,
        "MECUM_MODELS__OLLAMA_URL": "",
        "MECUM_STORAGE__KEY": "none",
    }
    environment["MECUM_JOBS__LEASE_SECONDS"] = "1"
    words = [sys.executable, "-m", "mecum", "worker", "--json", "--data", str(folder)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, env=environment)
    try:
        assert process.stdout is not None
        yield process, orjson.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_a_worker_does_what_is_asked_for_elsewhere(postgres_url: str, tmp_path: Path, ada: Subject) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    database, jobs = await Database.open(Location(url=postgres_url)), Jobs()

    async def ask(number: int) -> str:
        payload = {"backup_id": f"bak_{number:013}", "keep_days": 0, "verify": True}
        async with database.writing(ada) as scope:
            return await jobs.enqueue(scope, "backup.make", payload)

    async def done(job_id: str) -> JobView:
        async with asyncio.timeout(60):
            while (view := await _view(database, jobs, job_id, ada)).state != "done":  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.05)
        return view

    with worker(folder, postgres_url) as (first, said):
        assert "backup.make" in said["kinds"]
        # What rests on the memory of the server is the server's.
        assert not {"journal.fold", "models.refresh", "model.pull", "conversation.title"} & set(said["kinds"])
        await done(await ask(1))
        with worker(folder, postgres_url):
            # Whoever has it, one of the two is killed.
            second = await ask(2)
            first.kill()
            assert (await done(second)).attempts <= 2
    cards = [orjson.loads(card.read_bytes()) for card in (folder / "backups").glob("*.json")]
    assert sorted(card["id"] for card in cards) == [f"bak_{number:013}" for number in (1, 2)]
    await database.close()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_worker_ends_when_it_is_told(postgres_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    asyncio.run(_made(postgres_url))
    with worker(folder, postgres_url) as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


async def test_what_a_worker_tells_reaches_who_is_connected_to_the_server(postgres_url: str, ada: Subject) -> None:
    databases = [await Database.open(Location(url=postgres_url)) for _ in range(2)]
    channels = [runs.PersonChannel(runs.RunRepository(), one.writer, _nothing) for one in databases]
    both = [neighbours_of(d, c, serves=n == 0) for n, (d, c) in enumerate(zip(databases, channels, strict=True))]
    heard: list[Any] = []
    channels[0].listen(ada.person_id, lambda news: heard.append(orjson.loads(news.body)))
    for one in both:
        await one.start(lambda _: None, lambda: None)
    channels[1].say(ada, "conversation.updated", conversation_id="cnv_1")
    await until(lambda: bool(heard))
    assert (heard[0]["type"], heard[0]["conversation_id"]) == ("conversation.updated", "cnv_1")
    for one, database in zip(both, databases, strict=True):
        await one.stop()
        await database.close()
    assert len(heard) == 1


async def _nothing(scope: Scope, since: int, most: int) -> list[str]:
    return []


async def _made(url: str) -> None:
    await (await Database.open(Location(url=url))).close()


async def _view(database: Database, jobs: Jobs, job_id: str, subject: Subject) -> JobView:
    async with database.reading(subject) as scope:
        return await jobs.get(scope, job_id)
