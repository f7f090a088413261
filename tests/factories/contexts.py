"""The context of conversations, composed on a fresh store, and its routes as a client reaches them."""

from dataclasses import dataclass

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from factories.active import Actives
from factories.stores import Store
from mecum.bootstrap.assistants import AssistantRoom
from mecum.bootstrap.projects import ProjectRoom
from mecum.domains.assistants.http import router as assistants_router
from mecum.domains.conversations import api as conversations
from mecum.domains.conversations.http import router
from mecum.domains.projects.http import router as projects_router
from mecum.domains.retrieval import api as retrieval
from mecum.domains.retrieval.ports import Words
from mecum.domains.runs import api as runs
from mecum.infra.archive.ledger import Ledger
from mecum.infra.blobs.service import Blobs
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Database
from mecum.infra.web.requests import SUBJECT, problems_of
from mecum.infra.web.routes import below
from mecum.integrations.filesystem.blobs import FileBlobs
from mecum.integrations.postgres.texts import PostgresWords
from mecum.integrations.sqlite.texts import SQLiteWords
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

MOST_FILE_BYTES = 3_000_000
MOST_MESSAGE_BYTES = 1_000_000
_STATUS = {
    "invalid": 400,
    "denied": 403,
    "not_found": 404,
    "conflict": 409,
    "limit": 413,
    "internal": 500,
    "unavailable": 503,
}


@dataclass
class Context:
    """Everything a test of conversations needs."""

    database: Database
    store: Store
    active: Actives
    words: Words
    blobs: Blobs
    channel: runs.PersonChannel
    services: conversations.Conversations
    room: AssistantRoom
    projects: ProjectRoom
    app: FastAPI

    def client(self, subject: Subject) -> httpx2.AsyncClient:
        """Return a client that acts for `subject`."""
        transport = httpx2.ASGITransport(app=_As(self.app, subject))
        return httpx2.AsyncClient(transport=transport, base_url="http://mecum/api/v1")


class _As:
    """Stands where the edge's authentication stands."""

    def __init__(self, app: ASGIApp, subject: Subject) -> None:
        self._app, self._subject = app, subject

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[SUBJECT] = self._subject
        await self._app(scope, receive, send)


async def compose(database: Database, store: Store) -> Context:
    """Return the context on an open store."""
    active = Actives(database)
    words: Words = SQLiteWords() if database.is_sqlite else PostgresWords()
    blobs = Blobs(database, FileBlobs(store.folder / "blobs", store.key))
    channel = runs.PersonChannel(runs.RunRepository(), database.writer, conversations.changed_since)
    jobs = Jobs()
    ledger = Ledger.of(store.folder, None)
    room = AssistantRoom(database, jobs, channel, ledger)
    projects = ProjectRoom(database, jobs, channel, room, ledger)

    async def empty_projects(subject: Subject) -> int:
        return await projects.empty_trash(services, subject)

    services = conversations.build(
        database,
        active,
        words,
        retrieval.Indexer(database, words),
        blobs,
        channel,
        room.id_of,
        projects.directory,
        {"assistant": room.ids_named},
        {"assistants": room.empty_trash, "projects": empty_projects},
        ledger,
        most_message_bytes=MOST_MESSAGE_BYTES,
        most_file_bytes=MOST_FILE_BYTES,
    )
    assistants = assistants_router(database, await room.get())
    places = projects_router(database, await projects.get(services))
    app = FastAPI(routes=below("/api/v1", router(database, services), assistants, places))
    app.add_exception_handler(MecumError, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    return Context(database, store, active, words, blobs, channel, services, room, projects, app)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return JSONResponse({"code": "request.invalid", "errors": problems_of(error.errors())}, 400)


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, MecumError)
    return JSONResponse({"code": error.code, "detail": error.message, **error.details}, _STATUS[error.kind])


@pytest_asyncio.fixture
async def context(database: Database, store: Store) -> Context:
    """Return the context on every kind of store."""
    return await compose(database, store)


@pytest_asyncio.fixture
async def plain_context(plain_database: Database, plain_store: Store) -> Context:
    """Return the context on SQLite without a key."""
    return await compose(plain_database, plain_store)


@pytest.fixture
def client(context: Context, ada: Subject) -> httpx2.AsyncClient:
    """Return Ada's client."""
    return context.client(ada)
