"""Conversations that grow beyond a small window, with a model that summarises them."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest_asyncio
from sqlalchemy import select

from factories.houses import House, opened, settings_for
from factories.stores import Store
from fakes.ollama_wire import OllamaModel
from fakes.steps import says
from fakes.upstream import Upstream
from mecum.domains.conversations.model import Summary
from mecum.domains.runs.model import Run
from mecum.edges.worker.jobs import register
from mecum.engine.chat.shortening import KIND
from mecum.inference.service import Configured
from mecum.infra.jobs.model import Job
from mecum.infra.jobs.runner import JobRunner
from mecum.settings import Settings

SMALL: Final = "ollama/small"
WINDOW: Final = 2048
LONG: Final = "and so it went on for a while, as it does " * 12
SUMMARY: Final = "They talked of plumbago, at length."
BY_SUMS: Final[Mapping[str, Any]] = {"role_mappings": {"summariser": {"preferred": ["ollama/sums"]}}}


@asynccontextmanager
async def talking(
    store: Store,
    upstream: Upstream,
    settings: Settings | None = None,
    configured: Mapping[str, Any] = BY_SUMS,
) -> AsyncGenerator[House]:
    """Run the product with a model of a small window and one that summarises."""
    upstream.models = [OllamaModel("small", context_length=WINDOW), OllamaModel("sums", context_length=WINDOW)]
    used = settings or settings_for(store, upstream)
    async with opened(store, upstream, used, dict(configured)) as house:
        house.parts.broker.models.add_fixed(Configured("ollama", "ollama", upstream.url))
        await house.parts.broker.configuration.refresh()
        await house.parts.broker.registry.refresh()
        yield house


@asynccontextmanager
async def working(house: House) -> AsyncGenerator[JobRunner]:
    """Let jobs be done."""
    runner = JobRunner(house.parts.database, house.parts.jobs, house.parts.gate)
    register(runner, house.parts)
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()


@dataclass
class Talk:
    """A conversation that grows."""

    house: House
    conversation_id: str = ""
    ran: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def say(self, text: str | None = LONG, **more: Any) -> dict[str, Any]:
        """Say something and return the run."""
        more.setdefault("model", SMALL)
        if self.conversation_id and not {"edit", "regenerate"} & more.keys():
            more.setdefault("conversation_id", self.conversation_id)
        run = await self.house.settled(await self.house.start(text, **more))
        assert run["status"] == "completed", run["error"]
        self.conversation_id = run["conversation_id"]
        self.ran.append(run)
        return run

    async def until(self, entry: str, most: int = 30, **more: Any) -> dict[str, Any]:
        """Go on until a report has `dropped` or `summarised`; return that run."""
        for _ in range(most):
            run = await self.say(**more)
            if run["context_report"][entry]:
                return run
        raise AssertionError(f"nothing is {entry}")

    async def summarised(self) -> str:
        """Go on until a summary is there; return its id."""
        await self.until("dropped")
        await self.done()
        return (await self.summaries())[-1].id

    async def done(self) -> None:
        """Do the jobs that were asked for."""
        if await self.waiting():
            async with working(self.house):
                await self.over()

    async def over(self) -> None:
        """Wait until the jobs that were asked for are over; somebody does them."""
        for _ in range(2000):
            if not await self.waiting():
                return
            await self.house.pause(0.005)
        raise AssertionError("the jobs do not end")

    async def waiting(self) -> list[Job]:
        """Return the jobs that are not over."""
        return [job for job in await self.jobs() if job.finished_at is None]

    async def jobs(self) -> Sequence[Job]:
        """Return the jobs that were asked for, oldest first."""
        async with self.house.parts.database.reading(None) as scope:
            query = select(Job).where(Job.kind == KIND).order_by(Job.id)
            return (await scope.session.execute(query)).scalars().all()

    async def summaries(self) -> Sequence[Summary]:
        """Return every summary, oldest first."""
        async with self.house.parts.database.reading(None) as scope:
            return (await scope.session.execute(select(Summary).order_by(Summary.id))).scalars().all()

    async def job_runs(self) -> Sequence[Run]:
        """Return the runs that jobs made, oldest first."""
        async with self.house.parts.database.reading(None) as scope:
            query = select(Run).where(Run.kind == "job").order_by(Run.id)
            return (await scope.session.execute(query)).scalars().all()

    def sent(self, model: str = "small") -> list[list[str]]:
        """Return the texts that the model was sent, by request."""
        asked = [one.json for one in self.house.upstream.answers()]
        return [[message["content"] for message in one["messages"]] for one in asked if one["model"] == model]


@pytest_asyncio.fixture
async def talk(store: Store, upstream: Upstream) -> AsyncIterator[Talk]:
    """Return a conversation over each kind of store."""
    scripted(upstream)
    async with talking(store, upstream) as house:
        yield Talk(house)


@pytest_asyncio.fixture
async def plain_talk(plain_store: Store, upstream: Upstream) -> AsyncIterator[Talk]:
    """Return a conversation over a SQLite store without a key."""
    scripted(upstream)
    async with talking(plain_store, upstream) as house:
        yield Talk(house)


def scripted(upstream: Upstream, summary: str = SUMMARY) -> None:
    """Let one model answer and the other one summarise."""
    upstream.script("small", says("Yes. " * 8))
    upstream.script("sums", says(summary))
