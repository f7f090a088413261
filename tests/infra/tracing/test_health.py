"""Readiness, from checks that may fail in every way."""

import asyncio
import re
from pathlib import Path

import pytest

from mecum.infra.tracing import health as health_module
from mecum.infra.tracing.health import Health, has_room
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


async def test_a_full_disk_is_said(tmp_path: Path) -> None:
    assert await has_room(tmp_path) == "ok"
    assert re.fullmatch(r"\d+ MB free: no answer can be kept", await has_room(tmp_path, least=2**63))
