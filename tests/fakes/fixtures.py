"""Pytest fixtures for the fakes; a `conftest.py` imports those it wants."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fakes.upstream import Upstream
from mecum.infra.net import Net, Outgoing


class LoopbackOnly:
    """An egress gate that no call of a test may reach: loopback is not asked."""

    async def admit(self, call: Outgoing, host: str) -> None:
        raise AssertionError(f"a test wants to leave this machine for {host}: {call.purpose}")

    async def record(self, call: Outgoing, host: str, status: int | None) -> None:
        raise AssertionError(f"a test left this machine for {host}: {call.purpose} {status}")


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """Return a running fake model server; see `fakes.upstream`."""
    with Upstream() as server:
        yield server


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    """Return the one door out, with nobody beyond this machine behind it."""
    door = Net(LoopbackOnly())
    yield door
    await door.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of shared test data beside the checkout; a test that needs it is not run without."""
    folder = Path(__file__).parents[2].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no ../shared/data")
    return folder


@pytest.fixture(scope="session")
def stories(shared_data: Path) -> Path:
    """Return the path of a real language model of 1 MB (260K parameters, with a chat template)."""
    path = shared_data / "weights" / "stories260K" / "stories260K.gguf"
    if not path.is_file():
        pytest.skip("no stories260K.gguf in ../shared/data")
    return path
