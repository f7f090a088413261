"""A lean HTTP/1.1 client: keep-alive connections per origin, responses pushed to a receiver, cancel hangs up."""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections import defaultdict
from functools import lru_cache

from mecum.infra.net.beat import Beat
from mecum.infra.net.calls import (
    CertificateInvalid,
    EgressGate,
    NetUnavailable,
    Outgoing,
    PrivateAddressRefused,
    Receiver,
    Response,
    target_of,
)
from mecum.infra.net.connection import Connection
from mecum.kernel import clock
from mecum.kernel.subject import ACTING

_Origin = tuple[str, str, int]
_IDLE_SECONDS = 30.0
_SWEEP_SECONDS = 1.0


class Net:
    """Opens outbound connections, and is the only thing that does."""

    def __init__(self, gate: EgressGate, connections: "Connections | None" = None, endpoint: str | None = None) -> None:
        self._gate, self._endpoint = gate, endpoint
        self._connections = connections or Connections()

    @property
    def beat(self) -> Beat:
        """What reads many streaming responses together."""
        return self._connections.beat

    def towards(self, endpoint: str) -> "Net":
        """Return the same door as it stands open for one model server: what is agreed to for another counts nothing."""
        return Net(self._gate, self._connections, endpoint)

    async def stream(self, call: Outgoing, receiver: Receiver) -> None:
        """Send `call`, push its response to `receiver`, return at its end.

        Raises NetUnavailable when the server cannot be reached, ends early or stays silent for `call.timeout` seconds,
        and whatever the egress policy raises. Cancelling closes the connection at once.
        """
        target = call.target()
        host, origin = target.host, target.origin
        local = is_loopback(host) and call.relay is None
        if not local:
            call.endpoint = self._endpoint
            call.subject = call.subject or ACTING.get()
            host = host if call.relay is None else target_of(call.relay).host
            await self._gate.admit(call, host)
        status: int | None = None
        try:
            status = await self._connections.exchange(call, receiver, origin)
        finally:
            if not local:
                await self._gate.record(call, host, status)

    async def fetch(self, call: Outgoing) -> Response:
        """Send `call` and return its whole response; raises as `stream` does."""
        whole = _Whole()
        await self.stream(call, whole)
        return Response(whole.status, whole.headers, b"".join(whole.chunks))

    async def close(self) -> None:
        """Close every connection; what is under way fails, and nothing is asked again."""
        await self._connections.close()


class Connections:
    """The connections that are open, busy or kept for the next call to the same place."""

    def __init__(self) -> None:
        self._idle: defaultdict[_Origin, list[Connection]] = defaultdict(list)
        self._busy: set[Connection] = set()
        self._tls: ssl.SSLContext | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False
        self.beat = Beat()

    async def close(self) -> None:
        """Close every one; what is under way fails, and nothing is asked again."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        for connection in [*self._busy, *(kept for pool in self._idle.values() for kept in pool)]:
            connection.close()
        self._idle.clear()
        self.beat.close()
        await asyncio.sleep(0)

    async def exchange(self, call: Outgoing, receiver: Receiver, origin: _Origin) -> int:
        """Send `call` to `origin`, push the response, return its status; raises as `Net.stream`."""
        connection, reused = await self._connection(call, origin)
        try:
            return await self._send(connection, call, receiver, origin)
        except NetUnavailable:
            # A kept connection may have been closed by the server just before we wrote: nothing was answered,
            # so the same request goes once over a fresh one.
            if self._closed or not (reused and connection.untouched):
                raise
        return await self._send(await self._connect(call, origin), call, receiver, origin)

    async def _send(self, connection: Connection, call: Outgoing, receiver: Receiver, origin: _Origin) -> int:
        self._busy.add(connection)
        self._watch()
        try:
            status = await connection.exchange(call, receiver)
        except BaseException:
            connection.close()
            raise
        finally:
            self._busy.discard(connection)
        if connection.reusable:
            connection.idle_since = clock.monotonic()
            self._idle[origin].append(connection)
        else:
            connection.close()
        return status

    async def _connection(self, call: Outgoing, origin: _Origin) -> tuple[Connection, bool]:
        pool = self._idle[origin]
        while pool:
            connection = pool.pop()
            if connection.reusable:
                return connection, True
        return await self._connect(call, origin), False

    async def _connect(self, call: Outgoing, origin: _Origin) -> Connection:
        scheme, host, port = origin
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(call.connect_timeout):
                address = await self._address(call, host, port)
                _, connection = await loop.create_connection(
                    lambda: Connection(self.beat),
                    address,
                    port,
                    ssl=self._context() if scheme == "https" else None,
                    server_hostname=host if scheme == "https" else None,
                )
        except ssl.SSLCertVerificationError as error:
            reason = error.verify_message or "its certificate is not valid"
            raise CertificateInvalid(f"{host} does not prove who it is: {reason}. Nothing was sent.") from error
        except ssl.SSLError as error:
            raise NetUnavailable(
                f"{host}:{port} does not speak TLS as this machine does; is it http:// in place of https://?",
                reason=str(error),
            ) from error
        except (OSError, TimeoutError) as error:
            raise NetUnavailable(
                f"{host}:{port} does not answer.", reason=str(error) or type(error).__name__
            ) from error
        return connection

    async def _address(self, call: Outgoing, host: str, port: int) -> str:
        """Resolve `host` once and hand the checked address on, so that a second look-up cannot differ."""
        if is_loopback(host):
            return "127.0.0.1" if host == "localhost" else host.strip("[]")
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        address = str(found[0][4][0])
        if not call.private and not ipaddress.ip_address(address.split("%", maxsplit=1)[0]).is_global:
            raise PrivateAddressRefused(f"{host} leads to the private address {address}.")
        return address

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    def _watch(self) -> None:
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """End silent exchanges and connections nobody used for a while; runs only while there are any."""
        self._sweeper = None
        now = clock.monotonic()
        for connection in list(self._busy):
            connection.check_silence(now)
        for pool in self._idle.values():
            for connection in [kept for kept in pool if now - kept.idle_since > _IDLE_SECONDS or not kept.reusable]:
                pool.remove(connection)
                connection.close()
        if self._busy or any(self._idle.values()):
            self._watch()


class _Whole:
    """Collects a response."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.chunks: list[bytes] = []

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        self.status, self.headers = status, headers

    def body(self, data: bytes) -> None:
        self.chunks.append(data)


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Whether `host` names this machine itself, without asking any name server."""
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return False
