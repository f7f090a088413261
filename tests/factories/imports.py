"""Imports as a client asks for them: the routes, the services and the job runner over one store."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import text

from factories.contexts import Context
from factories.foreign import chatgpt
from mecum.domains.transfer import api as transfer
from mecum.domains.transfer.http import imports_router, router
from mecum.domains.transfer.http.assistants import router as assistants_router
from mecum.domains.transfer.http.everything import router as everything_router
from mecum.inference.configuration.service import Configuration
from mecum.inference.moving import PersonalModels
from mecum.inference.own.service import OwnService
from mecum.inference.profiles.service import ProfileService
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.runner import JobRunner
from mecum.infra.secrets.sealer import Sealer
from mecum.infra.web.routes import below
from mecum.kernel.subject import Subject

DATA = Path(__file__).parents[3] / "shared" / "data"
"""Real exports and databases, where they exist; they are no part of the project."""
_OPEN = ("queued", "running", "undoing")
TABLES = "conversations messages import_origins legacy_documents import_skips files blobs".split()
"""What an import writes to."""


def data(name: str) -> Path:
    """Return a file of the data beside the checkout; the test is skipped where it is not there."""
    if not (DATA / name).is_file():
        pytest.skip(f"no {name} in ../shared/data")
    return DATA / name


@dataclass
class ImportDesk:
    """Somebody who imports."""

    context: Context
    subject: Subject
    jobs: Jobs
    service: transfer.ImportService
    client: httpx2.AsyncClient
    _runners: list[JobRunner] = field(default_factory=list[JobRunner])

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[JobRunner]:
        """Do jobs, as a process of its own would."""
        runner = JobRunner(self.context.database, self.jobs)
        for kind in self.service.kinds:
            runner.register(kind)
        await runner.start()
        try:
            yield runner
        finally:
            await runner.stop()
            # As the next start does with what this process left half done.
            await self.context.blobs.sweep()

    async def upload(self, name: str, body: bytes) -> str:
        """Return the id of an uploaded file."""
        answer = await self.client.post("/imports/files", params={"name": name}, content=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def begin(self, files: dict[str, bytes], **wanted: Any) -> str:
        """Ask for an import; return its id."""
        uploads = [await self.upload(name, body) for name, body in files.items()]
        answer = await self.client.post("/imports", json={"files": uploads, **wanted})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    async def over(self, import_id: str, seconds: float = 60) -> dict[str, Any]:
        """Return an import once it is over."""
        async with asyncio.timeout(seconds):
            while (view := await self.get(f"/imports/{import_id}"))["state"] in _OPEN:  # noqa: ASYNC110 - as a client waits
                await asyncio.sleep(0.01)
        return view

    async def bring(self, files: dict[str, bytes], **wanted: Any) -> dict[str, Any]:
        """Import files; return the reckoning, `skipped` as a list of (ref, reason)."""
        import_id = await self.begin(files, **wanted)
        async with self.working():
            view = await self.over(import_id)
        assert view["found"] == view["imported"] + view["already"] + view["skipped"], view
        view["reasons"] = await self.reasons(import_id)
        if view["state"] == "done":
            assert len(view["reasons"]) == view["skipped"]
        return view

    async def bring_file(self, path: Path, **wanted: Any) -> dict[str, Any]:
        """Import one file."""
        return await self.bring({path.name: await asyncio.to_thread(path.read_bytes)}, **wanted)

    async def undo(self, import_id: str) -> dict[str, Any]:
        """Undo an import; return it."""
        answer = await self.client.post(f"/imports/{import_id}/undo")
        assert answer.status_code == 202, answer.text
        async with self.working():
            return await self.over(import_id)

    async def reasons(self, import_id: str) -> list[dict[str, Any]]:
        """Return everything that was not imported."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            given = {"limit": 200} | ({} if cursor is None else {"cursor": cursor})
            page = await self.get(f"/imports/{import_id}/skipped", **given)
            found.extend(page["items"])
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    async def get(self, path: str, **query: Any) -> Any:
        """Return what is at a path."""
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def conversations(self) -> list[dict[str, Any]]:
        """Return everything in the list, the latest activity first."""
        found: list[dict[str, Any]] = (await self.get("/conversations", limit=200))["items"]
        return found

    async def record(self) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Return each conversation with all its messages, from its own export, oldest messages first."""
        found: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
        for listed in await self.conversations():
            whole = await self.get(f"/conversations/{listed['id']}/export", format="json")
            found.append((listed, whole["messages"]))
        return found

    async def hits(self, query: str) -> list[dict[str, Any]]:
        """Return the messages that hold these words."""
        found: list[dict[str, Any]] = (await self.get("/search", q=query))["items"]
        return found


def rooms_of(context: Context) -> transfer.Rooms:
    """Return the rooms over a context; what persons say about models is configured nowhere."""
    configuration = Configuration(context.store.folder / "configuration")
    personal = PersonalModels(ProfileService(configuration), OwnService(configuration))
    return transfer.Rooms(context.room.get, lambda: context.projects.get(context.services), personal)


def desk_of(context: Context, subject: Subject, *, jobs: Jobs | None = None) -> ImportDesk:
    """Return a desk over a context; its routes are added to the context's."""
    queue = jobs or Jobs()
    sealer = Sealer(bytes(32))
    rooms = rooms_of(context)
    service = transfer.build_imports(context.database, context.services, context.words, queue, sealer, rooms)
    copies = transfer.build(context.database, context.services)
    assistants = assistants_router(context.database, context.room.get, context.services.projects)
    imports = imports_router(context.database, context.services.files, service)
    everything = everything_router(context.database, copies, context.services, rooms)
    context.app.router.routes.extend(
        below("/api/v1", router(copies, most_bytes=50_000_000), imports, assistants, everything)
    )
    return ImportDesk(context, subject, queue, service, context.client(subject))


@pytest_asyncio.fixture
async def desk(context: Context, ada: Subject) -> ImportDesk:
    """Return Ada's desk on every kind of store."""
    return desk_of(context, ada)


@pytest_asyncio.fixture
async def plain_desk(plain_context: Context, ada: Subject) -> ImportDesk:
    """Return Ada's desk on SQLite without a key."""
    return desk_of(plain_context, ada)


async def rows(desk: ImportDesk) -> dict[str, int]:
    """Return how many rows each table has that an import writes to."""
    async with desk.context.database.engine.connect() as connection:
        counts: dict[str, int] = {}
        for table in TABLES:
            counts[table] = (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
        return counts


def talks(many: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return so many of ChatGPT's conversations, of 1 to 60 messages each."""
    chance = random.Random(seed)
    made: list[dict[str, Any]] = []
    for number in range(many):
        said = [
            ("assistant" if place % 2 else "user", f"word{number} said{place}")
            for place in range(chance.randint(1, 60))
        ]
        made.append(chatgpt(f"c{number}", *said, title=f"Talk {number}", at=1_500_000_000.0 + 1000 * number))
    return made
