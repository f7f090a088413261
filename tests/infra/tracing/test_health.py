"""Readiness, from checks that may fail in every way."""

import asyncio

import pytest

from mecum.infra.tracing import health as health_module
from mecum.infra.tracing.health import Health
from mecum.kernel.errors import Unavailable


async def fine() -> str:
    return "ok"


async def silent() -> str:
    await asyncio.sleep(60)
    return "ok"


async def unavailable() -> str:
    raise Unavailable


async def refused() -> str:
    raise ConnectionRefusedError


async def test_ready_when_every_check_is() -> None:
    health = Health()
    assert await health.ready() == "ok"
    health.add("database", fine)
    assert await health.ready() == "ok"


async def test_what_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_module, "_SECONDS", 0.05)
    health = Health()
    for name, check in (("a", fine), ("b", silent), ("c", unavailable), ("d", refused)):
        health.add(name, check)
    assert await health.ready() == "b: does not answer; c: service.unavailable; d: ConnectionRefusedError"
    assert (await health.each())["a"] == "ok"
