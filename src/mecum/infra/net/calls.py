"""What a call out is, who is asked before it, and who takes what comes back."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

from mecum.kernel.errors import Denied, Invalid, Unavailable
from mecum.kernel.subject import Subject


class NetUnavailable(Unavailable):
    """The server could not be reached, or ended the connection early."""

    code = "net.unavailable"


class EndedEarly(NetUnavailable):
    """The server ended the connection in the middle of its answer."""

    code = "net.ended_early"


class CertificateInvalid(NetUnavailable):
    """The server does not prove who it is: its certificate is not valid."""

    code = "net.certificate_invalid"


class PrivateAddressRefused(Denied):
    """The name leads to a private address, and that was not granted."""

    code = "net.private_address"


class BadAddress(Invalid):
    """This is not an http or https address."""

    code = "net.bad_address"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: `path` with its query, `name` as the Host header has it."""

    scheme: str
    host: str
    port: int
    path: str
    name: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What a connection can be kept for."""
        return self.scheme, self.host, self.port


class Pausable(Protocol):
    """A connection that can stop reading for a while."""

    def rest(self) -> None: ...
    def resume(self) -> None: ...


class Flow:
    """Lets whoever receives make the server wait: a disk may be slower than the network."""

    def __init__(self) -> None:
        self._connection: Pausable | None = None
        self.paused = False

    def bind(self, connection: Pausable) -> None:
        """Rule this connection from now on."""
        self._connection, self.paused = connection, False

    def pause(self) -> None:
        """Take nothing more in; what was read already still comes."""
        if self._connection is not None and not self.paused:
            self.paused = True
            self._connection.rest()

    def resume(self) -> None:
        """Go on."""
        if self._connection is not None and self.paused:
            self.paused = False
            self._connection.resume()


@dataclass(slots=True)
class Outgoing:
    """One HTTP request out.

    `purpose` says why ("model.chat"), `data_class` what kind of data is in it; both reach the egress policy and log.
    `timeout` is in seconds: to the head of the response and between two reads. `private` grants private addresses.
    """

    method: str
    url: str
    purpose: str
    headers: dict[str, str] = field(default_factory=lambda: {})
    body: bytes = b""
    data_class: str = "conversation"
    timeout: float = 600.0
    connect_timeout: float = 5.0
    private: bool = False
    paced: bool = False
    """Whether what arrives may be read at the beat, together with others: nothing is done with it in between."""
    subject: Subject | None = None
    """For whom; where a caller says nothing, the one it acts for is taken before anything leaves."""
    endpoint: str | None = None
    """The model server that is asked, by its name; the door that was opened for it says so."""
    relay: str | None = None
    """Where a server of this machine passes the call on to; it leaves for there then."""
    flow: Flow | None = None
    """What the receiver makes the server wait with, where it cannot take everything at once."""

    def target(self) -> Target:
        """Return the parsed address; raises BadAddress for anything but http and https with a host."""
        return target_of(self.url)


@lru_cache(maxsize=256)
def target_of(url: str) -> Target:
    """Return `url` in its parts; raises BadAddress for anything but http and https with a host."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadAddress(details_url=url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise BadAddress(details_url=url) from error
    return Target(parts.scheme, parts.hostname, port, path, parts.netloc.rpartition("@")[2])


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response; header names are lower case."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


class Receiver(Protocol):
    """Takes a response as it arrives; called on the event loop, must not block."""

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        """The status line and headers (names in lower case) are there."""
        ...

    def body(self, data: bytes) -> None:
        """Some bytes of the body, dechunked, split anywhere."""
        ...


class EgressGate(Protocol):
    """The policy that is asked before a name is resolved, and the log that is written after."""

    async def admit(self, call: Outgoing, host: str) -> None:
        """Return when the call may leave this machine; raise Denied otherwise."""
        ...

    async def record(self, call: Outgoing, host: str, status: int | None) -> None:
        """Write down that `call` left this machine: ids, class and counts, never its content."""
        ...
