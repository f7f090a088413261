"""A server over an older record upgrades it by itself, and says meanwhile how far that is."""

import asyncio
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2 as httpx
import orjson
import pytest
from sqlalchemy import text

from factories.schemas import migrate
from mecum.edges.http.upgrading import response
from mecum.infra.storage import Database, sqlite
from mecum.infra.storage.location import Location, opened
from mecum.infra.storage.migrate import current, revisions

pytestmark = pytest.mark.timeout(180)


def older(folder: Path, rows: int) -> None:
    """Make a data folder whose record is one schema behind and large enough that changing it takes a while."""
    folder.mkdir(mode=0o700)
    location = Location(folder / "mecum.db")

    async def make() -> None:
        await (await Database.open(location)).close()
        engine = sqlite.engine(folder / "mecum.db", None)
        await migrate(engine, to=revisions()[-2])
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < :rows) "
                    "INSERT INTO pins (hash, body) SELECT CAST(n AS BLOB), hex(randomblob(500)) FROM count"
                ),
                {"rows": rows},
            )
        await engine.dispose()

    asyncio.run(make())


def revision(folder: Path) -> str | None:
    """Return the schema of the record."""
    with opened(Location(folder / "mecum.db")) as connection:
        return current(connection)


@pytest.mark.slow
def test_what_is_asked_meanwhile_is_answered(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    older(folder, 200_000)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free_port = int(taken.getsockname()[1])
    words = [sys.executable, "-m", "mecum", "serve", "--json", "--data", str(folder), "--port", str(free_port)]
    server = subprocess.Popen(words, stdout=subprocess.PIPE)
    assert server.stdout is not None
    seen: set[str] = set()
    statuses: set[int] = set()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{free_port}", timeout=30) as client:
            ready = 503
            while ready != 200:
                time.sleep(0.02)
                try:
                    answer = client.get("/api/v1/health/ready")
                except httpx.TransportError:
                    continue
                ready = answer.status_code
                if ready == 503:
                    seen.add(answer.json()["status"])
                    statuses.add(client.get("/").status_code)
        assert orjson.loads(server.stdout.readline())["pid"] == server.pid
        assert any(said.startswith("upgrading: ") for said in seen)
        assert 503 in statuses
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
    assert revision(folder) == revisions()[-1]


@pytest.mark.slow
def test_a_server_killed_in_an_upgrade_starts_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    older(folder, 60_000)
    for seconds in (1.0, 1.5, 2.0, 2.5):
        work = tmp_path / str(seconds)
        shutil.copytree(folder, work)
        words = [sys.executable, "-m", "mecum", "serve", "--json", "--data", str(work), "--port", "0"]
        server = subprocess.Popen(words, stdout=subprocess.PIPE)
        time.sleep(seconds)
        server.kill()
        server.communicate()
        asyncio.run(_opened(work))
        assert revision(work) == revisions()[-1]
        with opened(Location(work / "mecum.db")) as connection:
            assert connection.execute(text("SELECT count(*) FROM pins")).scalar() == 60_000


async def _opened(folder: Path) -> None:
    await (await Database.open(Location(folder / "mecum.db"))).close()


def test_every_path_gets_its_kind_of_answer() -> None:
    assert response("/api/v1/health", "copying").status_code == 200
    for path, kind in (("/", "text/html"), ("/api/v1/runs", "application/json"), ("/v1/models", "application/json")):
        answer = response(path, "copying")
        assert (answer.status_code, answer.headers["content-type"].startswith(kind)) == (503, True)
        assert b"copy of the record" in bytes(answer.body)
        assert answer.headers["retry-after"] == "2"
