"""Pytest fixtures for the fakes."""

from collections.abc import Iterator

import pytest

from fakes.upstream import Upstream


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """Return a running fake model server; see `fakes.upstream`."""
    with Upstream() as server:
        yield server
