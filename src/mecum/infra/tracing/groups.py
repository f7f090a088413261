"""Errors, counted by code and by where they happened, written together every other second."""

import asyncio
import hashlib
import logging
import traceback
from collections.abc import Iterator
from typing import Final

from mecum.infra.storage import Database
from mecum.infra.tracing.context import run_id as current_run
from mecum.infra.tracing.repository import Occurrences, count
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

_log = logging.getLogger("mecum.errors")
_FLUSH_SECONDS: Final = 2.0
_MOST_PENDING: Final = 500
_FRAMES: Final = 8


class ErrorGroups:
    """Counts faults. What is stored of one is its code, its class and its place, never its words."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: dict[tuple[str, str], Occurrences] = {}
        self._timer: asyncio.TimerHandle | None = None

    def note(self, error: MecumError, raised: BaseException | None = None, run_id: str | None = None) -> None:
        """Count one occurrence; `raised` is what stands behind `error`, when it is another one."""
        cause = raised or error
        print_ = fingerprint(error.code, cause)
        group = self._pending.get((error.code, print_))
        at = clock.milliseconds()
        if group is None:
            if len(self._pending) >= _MOST_PENDING:
                return
            group = Occurrences(error.code, print_, _described(error, cause), at, at)
            self._pending[error.code, print_] = group
        group.count += 1
        group.last_at = at
        group.run_id = run_id or current_run.get() or group.run_id
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self._flush)

    async def settle(self) -> None:
        """Write what is counted so far."""
        self._unset_timer()
        if ops := [count(group) for group in self._taken()]:
            await self._database.commit(ops)

    def _flush(self) -> None:
        self._timer = None
        self._database.writer.submit([count(group) for group in self._taken()], _written)

    def _taken(self) -> list[Occurrences]:
        taken, self._pending = list(self._pending.values()), {}
        return taken

    def _unset_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def fingerprint(code: str, error: BaseException) -> str:
    """Return 16 digits that are the same for the same error at the same places, whichever line that is today."""
    places = "|".join(_places(error))
    return hashlib.sha256(f"{code}|{type(error).__qualname__}|{places}".encode()).hexdigest()[:16]


def _places(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]:
        yield f"{frame.filename.rsplit('/', 1)[-1]}:{frame.name}"


def _described(error: MecumError, cause: BaseException) -> str:
    title = (type(error).__doc__ or error.code).strip().splitlines()[0]
    if cause is error:
        return title
    innermost = list(_places(cause))[-1:]
    return " ".join([title, f"({type(cause).__qualname__}{' in ' if innermost else ''}{''.join(innermost)})"])


def _written(error: MecumError | None) -> None:
    if error is not None:
        _log.warning("error counts were not stored", extra={"code": error.code})
