"""Runs the application behind a listening socket until it is told to stop."""

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Generator
from typing import Any, Final

import uvicorn

from mecum.edges.cli.inprocess import Lifespan
from mecum.edges.lines import HttpProtocol, SocketProtocol
from mecum.kernel.errors import Conflict, Invalid
from mecum.settings import Settings

_BACKLOG: Final = 2048
_GRACE_SECONDS: Final = 3


class PortTaken(Conflict):
    """Another program listens there."""

    code = "cli.port_taken"


class BadHost(Invalid):
    """This machine has no such address."""

    code = "cli.bad_host"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port` (0 for any); raises PortTaken or BadHost."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with contextlib.ExitStack() as undo:
            listener = undo.enter_context(socket.socket(family, kind, protocol))
            # Not on Windows, where it would let two servers share a port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
            listener.bind(where)
            listener.listen(_BACKLOG)
            undo.pop_all()
            return listener
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortTaken(f"Port {port} on {host} is taken or not allowed; choose another with --port.") from error
        raise BadHost(f"Cannot listen on {host}: {error.strerror or error}.") from error


def url_of(host: str, port: int) -> str:
    """Return the address to open on this machine for a server on `host`."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - compared, not bound
    return f"http://{name}:{port}"


def serve(settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve on `listener` until a signal says stop; calls `ready` once requests are answered."""
    # What a start makes stays: the collector would look at all of it again and again, and find nothing.
    gc.disable()
    from mecum.infra.tracing.logs import configure  # noqa: PLC0415 - see below

    configure(settings.log)
    _allow_many_connections()
    from mecum.edges.http.application import build_app  # noqa: PLC0415 - help and a taken port need no application

    app = build_app(settings)
    config = uvicorn.Config(
        app,
        lifespan="off",  # run by us, so that what the start raises stays what it is
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        http=HttpProtocol,
        ws=SocketProtocol,
        # A frame is a few words: compressing it costs more than sending it, and 300 kB of memory a connection.
        ws_per_message_deflate=False,
        ws_max_size=1 << 20,
    )
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(config, app, listener, ready))


def _allow_many_connections() -> None:
    """Every connection is an open file; take as many as the system allows us."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _serve(config: uvicorn.Config, app: Any, listener: socket.socket, ready: Callable[[], None]) -> None:
    lifespan = Lifespan(app)
    starting = asyncio.ensure_future(lifespan.start())
    upgrading = asyncio.ensure_future(app.upgrading.wait())
    try:
        await asyncio.wait({starting, upgrading}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
        # Where the store is being upgraded, whoever asks is told how far that is.
        server = _Server(config, starting, ready)
        await server.serve(sockets=[listener])
        await starting
    finally:
        upgrading.cancel()
        if not starting.done():
            # A signal in the middle of an upgrade: its transaction is let go to its end or taken back.
            await asyncio.wait({starting})
        await lifespan.stop()


def _collect_from_here() -> None:
    """Leave everything made so far alone, and look at the rest seldom: a request leaves few cycles behind."""
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    gc.enable()


class _Server(uvicorn.Server):
    """Stops on a signal and leaves the signal at that: the application still has to close its store."""

    def __init__(self, config: uvicorn.Config, starting: "asyncio.Future[None]", ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._starting, self._ready = starting, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so once the application has started."""
        await super().startup(sockets)
        self._starting.add_done_callback(self._started)

    def _started(self, starting: "asyncio.Future[None]") -> None:
        if starting.cancelled() or starting.exception() is not None:
            self.should_exit = True
        else:
            _collect_from_here()
            self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Take the signals that mean stop, while serving."""
        meant = [signal.SIGINT, signal.SIGTERM]
        kept = {number: signal.signal(number, self.handle_exit) for number in meant}
        try:
            yield
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)
