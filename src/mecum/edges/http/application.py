"""The product as one ASGI application that owns its data folder."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from types import SimpleNamespace

from starlette.types import ASGIApp, Receive, Scope, Send

from mecum.bootstrap import Parts, running
from mecum.bootstrap.broker import Broker
from mecum.edges.http.app import compose
from mecum.edges.worker.background import background
from mecum.infra.net.client import is_loopback
from mecum.infra.storage.folder import DataFolder
from mecum.kernel.errors import Denied
from mecum.settings import Settings


class Application:
    """The product as an ASGI application. `state.local_token` is the owner's own while it runs."""

    def __init__(self, settings: Settings, *, listening: bool) -> None:
        self._settings = settings
        self._url = _url(settings) if listening else ""
        self._asgi: ASGIApp | None = None
        self._running = AsyncExitStack()
        self.state = SimpleNamespace(local_token="")
        self.upgrading = asyncio.Event()
        """Set once the start turns out to take longer: the store has an older schema. From then on requests are
        answered with how far that is."""
        self._says = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif self._asgi is not None:
            await self._asgi(scope, receive, send)
        elif scope["type"] == "http":
            from mecum.edges.http.upgrading import response  # noqa: PLC0415 - seldom needed

            await response(scope["path"], self._says)(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self._running:
            self._asgi = await self._running.enter_async_context(self._start())
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self._asgi = None
        await send({"type": "lifespan.shutdown.complete"})

    def _told(self) -> Callable[[str], None]:
        loop = asyncio.get_running_loop()

        def hear(says: str) -> None:
            self._says = says
            self.upgrading.set()

        def told(says: str) -> None:
            loop.call_soon_threadsafe(hear, says)

        return told

    @asynccontextmanager
    async def _start(self) -> AsyncGenerator[ASGIApp]:
        settings = self._settings
        folder = DataFolder(settings.data_dir)
        folder.claim(self._url)
        try:
            async with running(settings, self._told()) as parts, AsyncExitStack() as stack:
                _refuse_open_doors(settings, parts)
                parts.authenticator.admit_local(folder.token, parts.owner)
                self.state.local_token = folder.token
                await stack.enter_async_context(background(parts))
                if self._url:
                    _know_prices(parts.broker)
                yield compose(parts)
        finally:
            folder.release()


def _know_prices(broker: Broker) -> None:
    """Have the table of prices read once a model server lies beyond this machine: nothing else has a price."""

    def look() -> None:
        if not all(provider.local for provider in broker.registry.providers()):
            broker.prices.begin()

    broker.registry.on_change(look)
    look()


class PasswordNeeded(Denied):
    """Beyond this machine the server listens only with an owner's password: `mecum password set`."""

    code = "server.password_needed"


def _refuse_open_doors(settings: Settings, parts: Parts) -> None:
    if not is_loopback(settings.server.host) and not parts.identity.password_set:
        raise PasswordNeeded


def build_app(settings: Settings, *, listening: bool = True) -> Application:
    """Return the application; nothing happens before its lifespan begins.

    `listening` says that the address of the settings will be answered; a command that only opens the folder has none.
    """
    return Application(settings, listening=listening)


def _url(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.server.host, settings.server.host)  # noqa: S104 - compared
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.server.port}"
