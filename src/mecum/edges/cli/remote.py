"""The way to a running server: HTTP over the one door out."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from mecum.edges.cli.wire import Call, Receiver
from mecum.infra.net import Net, Outgoing
from mecum.infra.net.client import is_loopback
from mecum.kernel.errors import Invalid


class OwnServer:
    """Admits every call: the person named this server on the command line, or it is their own."""

    async def admit(self, call: Outgoing, host: str) -> None:
        """Admit."""

    async def record(self, call: Outgoing, host: str, status: int | None) -> None:
        """Keep no log: the server has its own."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, and the bearer token it knows us by."""

    url: str
    token: str | None


class RemoteWire:
    """Speaks to the server at the address `find` gives, asked before each call: a restart changes it."""

    def __init__(self, find: Callable[[], Address]) -> None:
        self._find = find
        self._net = Net(OwnServer())

    @property
    def place(self) -> str:
        """The address."""
        return self._find().url

    @property
    def local(self) -> bool:
        """Whether the address is a loopback one."""
        return is_loopback(urlsplit(self.place).hostname or "")

    async def open(self) -> None:
        """Nothing to prepare: connections open with the first call."""

    async def exchange(self, call: Call, receiver: Receiver) -> None:
        """Send `call` and push its response; raises NetUnavailable."""
        address = self._find()
        headers = dict(call.headers)
        if address.token is not None:
            headers["Authorization"] = f"Bearer {address.token}"
        outgoing = Outgoing(
            call.method,
            address.url + call.path,
            purpose="cli",
            headers=headers,
            body=call.body,
            timeout=call.timeout,
            private=True,
        )
        await self._net.stream(outgoing, receiver)

    async def close(self) -> None:
        """Hang up."""
        await self._net.close()


def address(url: str, token: str | None) -> Address:
    """Return the address for a URL a person typed (`host:port` will do); raises Invalid for anything else."""
    parts = split(url if "//" in url else f"http://{url}")
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid(f"{url} is not the address of a server (such as http://127.0.0.1:8321).")
    return Address(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", token)


def split(url: str) -> SplitResult | None:
    """Return the pieces of a URL; None for half an IPv6 address and a port that cannot be."""
    try:
        parts = urlsplit(url)
        return None if parts.port == 0 else parts
    except ValueError:
        return None
