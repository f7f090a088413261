"""What the client needs of a transport, whichever side of a socket the application is on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

TIMEOUT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `path` from the root with its query, a whole body, seconds of silence allowed."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    timeout: float = TIMEOUT_SECONDS


class Receiver(Protocol):
    """Takes a response as it arrives; called on the event loop, must not block."""

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        """The status and headers (names in lower case)."""
        ...

    def body(self, data: bytes) -> None:
        """Some bytes of the body, split anywhere."""
        ...


class Wire(Protocol):
    """A way to the application: over a socket, or in this process."""

    @property
    def place(self) -> str:
        """Where it leads, for messages to people."""
        ...

    @property
    def local(self) -> bool:
        """Whether it ends on this machine."""
        ...

    async def open(self) -> None:
        """Make the way ready; raises MecumError."""
        ...

    async def exchange(self, call: Call, receiver: Receiver) -> None:
        """Send `call`, push its response to `receiver`, return at its end; raises Unavailable."""
        ...

    async def close(self) -> None:
        """Give everything back."""
        ...
