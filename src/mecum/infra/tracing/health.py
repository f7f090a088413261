"""Is it ready: a few named checks, each with a time limit."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from mecum.kernel.errors import MecumError

Check = Callable[[], Awaitable[str]]
"""Returns `ok`, or a sentence about what is wrong."""
_SECONDS: Final = 2.0
_LEAST_FREE: Final = 16_000_000
"""Bytes. With less a commit may fail: the database's log grows by some megabytes before it is moved into the file."""


class Health:
    """The checks of this process."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}

    def add(self, name: str, check: Check) -> None:
        """Add a check."""
        self._checks[name] = check

    async def each(self) -> dict[str, str]:
        """Return what every check says."""
        said = await asyncio.gather(*(_asked(check) for check in self._checks.values()))
        return dict(zip(self._checks, said, strict=True))

    async def ready(self) -> str:
        """Return `ok`, or everything that is wrong."""
        wrong = [f"{name}: {said}" for name, said in (await self.each()).items() if said != "ok"]
        return "; ".join(wrong) or "ok"


async def has_room(folder: Path, least: int = _LEAST_FREE) -> str:
    """Say whether the disk under `folder` has `least` bytes for us; raises OSError."""
    free = shutil.disk_usage(folder).free
    return "ok" if free >= least else f"{free / 1e6:.0f} MB free: no answer can be kept"


async def _asked(check: Check) -> str:
    try:
        async with asyncio.timeout(_SECONDS):
            return await check()
    except TimeoutError:
        return "does not answer"
    except MecumError as error:
        return error.code
    except OSError as error:
        return type(error).__name__
