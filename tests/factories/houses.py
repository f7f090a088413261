"""The whole product below its surfaces: real store, real engine, a fake model server on the true wire."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest_asyncio

from factories.stores import Store
from fakes.upstream import Upstream
from mecum.bootstrap import Parts, running
from mecum.domains.runs import api as runs
from mecum.engine.chat.turn import TurnRequest
from mecum.inference.service import Configured
from mecum.settings import Settings, load_settings


def settings_for(store: Store, upstream: Upstream) -> Settings:
    """Return settings for this store, with the fake server as the endpoint `up` and nothing else."""
    storage: dict[str, Any] = {"url": store.location.url, "key": "none" if store.key is None else "file"}
    return load_settings(
        {
            "data_dir": str(store.folder),
            "storage": storage,
            "models": {
                "ollama_url": None,
                "local_servers": [],
                "folder": str(store.folder / "no-models"),
                "endpoints": [{"name": "up", "base_url": f"{upstream.url}/v1"}],
            },
        }
    )


@dataclass
class Listener:
    """A follower that keeps what it is shown."""

    frames: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def push(self, stream: runs.RunStream, frames: Sequence[runs.Frame]) -> None:
        self.frames.extend(orjson.loads(frame.body) for frame in frames)

    @property
    def types(self) -> list[str]:
        """The types, in order."""
        return [frame["type"] for frame in self.frames]

    @property
    def text(self) -> str:
        """The text of all deltas of text parts, joined; every delta must begin where the last one ended."""
        parts: dict[int, bytes] = {}
        for frame in self.frames:
            if frame["type"] == "part.delta":
                so_far = parts.setdefault(frame["part"], b"")
                assert frame["offset"] == len(so_far), frame
                parts[frame["part"]] = so_far + frame["text"].encode()
        return b"".join(parts[index] for index in sorted(parts)).decode()


@dataclass
class House:
    """A running product."""

    parts: Parts
    upstream: Upstream

    @property
    def endpoint(self) -> Configured:
        """The endpoint `up`."""
        return Configured("up", "openai", f"{self.upstream.url}/v1")

    async def start(self, text: str | None = "hello", **wanted: Any) -> str:
        """Ask for an answer; return the run's id."""
        wanted.setdefault("model", "up/test")
        return await self.parts.chat.start(TurnRequest(self.parts.owner, text=text, **wanted))

    def follow(self, run_id: str, after: int = 0) -> Listener:
        """Follow an active run from `after` on."""
        listener = Listener()
        turn = self.parts.chat.find(run_id)
        assert turn is not None
        listener.push(turn.stream, turn.stream.caught_up(after))
        turn.stream.followers.append(listener)
        return listener

    async def settled(self, run_id: str, seconds: float = 10) -> dict[str, Any]:
        """Wait for a run's end; return it as the wire shows it."""
        turn = self.parts.chat.find(run_id)
        if turn is not None:
            async with asyncio.timeout(seconds):
                await turn.stream.wait()
        return await self.parts.reader.get(self.parts.owner, run_id)

    async def pause(self, seconds: float) -> None:
        """Let others work."""
        await asyncio.sleep(seconds)

    async def until(self, condition: Any, seconds: float = 10) -> None:
        """Wait until `condition()` holds."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0.005)


def configure(data: Path, configured: dict[str, Any]) -> None:
    """Write `models.json`."""
    folder = data / "config"
    folder.mkdir(exist_ok=True)
    (folder / "models.json").write_bytes(orjson.dumps({"version": 1, **configured}))


@asynccontextmanager
async def opened(
    store: Store,
    upstream: Upstream,
    settings: Settings | None = None,
    configured: dict[str, Any] | None = None,
) -> AsyncGenerator[House]:
    """Run the product over a store, as a restart would; `configured` is what `models.json` says."""
    used = settings or settings_for(store, upstream)
    if configured is not None:
        configure(used.data_dir, configured)
    async with running(used) as parts:
        await parts.broker.registry.refresh()
        yield House(parts, upstream)


@pytest_asyncio.fixture
async def house(store: Store, upstream: Upstream) -> AsyncIterator[House]:
    """Return a running product over each kind of store."""
    async with opened(store, upstream) as one:
        yield one


@pytest_asyncio.fixture
async def plain_house(plain_store: Store, upstream: Upstream) -> AsyncIterator[House]:
    """Return a running product over a SQLite store without a key."""
    async with opened(plain_store, upstream) as one:
        yield one
