"""What the processes on one PostgreSQL database tell each other: LISTEN and NOTIFY, heard without polling."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import text

from mecum.infra.storage import Database, Op, Prepared
from mecum.infra.storage.errors import StoreUnavailable
from mecum.infra.storage.location import APPLICATION
from mecum.kernel.errors import MecumError

_log = logging.getLogger("mecum.bus")
_AGAIN_SECONDS: Final = 2.0
_PATIENCE_SECONDS: Final = 10
_SAY: Final = Prepared(text("SELECT pg_notify(:channel, :said)"), system=True)
Listener = Callable[[str], None]


class PostgresBus:
    """One connection of its own that only listens. What is said while it is down is missed, and that is told."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: defaultdict[str, list[Listener]] = defaultdict(list)
        self._missed: list[Callable[[], None]] = []
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None
        self._descriptor: int | None = None
        self._broken = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    def listen(self, channel: str, listener: Listener, missed: Callable[[], None] | None = None) -> None:
        """Before `start`: call `listener` with what is said on a channel, and `missed` when some may have been."""
        self._listeners[channel].append(listener)
        if missed is not None:
            self._missed.append(missed)

    def say(self, channel: str, said: str) -> None:
        """Say up to 8,000 bytes to every process, in the order of the calls; this one hears it too."""
        self._database.writer.submit([Op(_SAY, {"channel": channel, "said": said})], _unsaid)

    async def start(self) -> None:
        """Begin to listen; raises StoreUnavailable. Once begun it connects again by itself."""
        if self._keeper is None:
            await self._connect()
            self._keeper = asyncio.create_task(self._keep(), name="bus")

    async def stop(self) -> None:
        """End."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        await self._hang_up()

    async def _connect(self) -> None:
        url = self._database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            connection = await psycopg.AsyncConnection.connect(
                url, autocommit=True, application_name=APPLICATION, connect_timeout=_PATIENCE_SECONDS
            )
            for channel in self._listeners:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        except psycopg.Error as error:
            raise StoreUnavailable(reason=str(error)) from error
        self._connection = connection
        self._broken.clear()
        # The driver's own wait looks at the clock ten times a second; the loop wakes us when there is something.
        self._descriptor = connection.fileno()
        asyncio.get_running_loop().add_reader(self._descriptor, self._read)
        self._read()

    def _read(self) -> None:
        connection = self._connection
        if connection is None:
            return
        try:
            connection.pgconn.consume_input()
            while (found := connection.pgconn.notifies()) is not None:
                said = found.extra.decode()
                for listener in self._listeners[found.relname.decode()]:
                    listener(said)
        except psycopg.Error:
            self._deafen()
            self._broken.set()

    async def _keep(self) -> None:
        """Connect again whenever the connection is gone."""
        while True:
            await self._broken.wait()
            await self._hang_up()
            try:
                await self._connect()
            except StoreUnavailable as error:
                _log.warning("the bus waits for the database", extra={"code": error.code})
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            for missed in self._missed:
                missed()

    async def _hang_up(self) -> None:
        self._deafen()
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    def _deafen(self) -> None:
        if self._descriptor is not None:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            self._descriptor = None


def _unsaid(_: MecumError | None) -> None:
    """Nobody hears it, as if they had been away; they read the store when they look."""
