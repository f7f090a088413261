"""Refuses every connection and name look-up that would leave this machine, and fails the test that tried.

An audit hook, because it sees what a patched method would miss (C code of the interpreter, `socket.create_connection`,
UDP). Native code with its own sockets (libpq, uvloop) is not seen; tests use the default event loop.
"""

import ipaddress
import socket
import sys
from collections.abc import Iterator
from typing import Any, cast

import pytest

CONNECTS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyname_ex"}
LOCAL_NAMES = {"localhost", "ip6-localhost", ""}


class OutboundAttempt(AssertionError):
    """A test tried to reach beyond loopback."""


class Sentry:
    """The hook and what it has refused since the test began."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse a connect to, or a look-up of, anything but this machine."""
        if event in CONNECTS:
            address: object = arguments[1]
            # Strings and bytes are local socket files; None is a send on a socket already connected.
            host = str(cast("tuple[object, ...]", address)[0]) if isinstance(address, tuple) else "localhost"
            if not is_loopback(host):
                self._refuse(f"{event} to {host}")
        elif event in LOOKUPS and not is_harmless_name(arguments[0]):
            self._refuse(f"{event} of {arguments[0]}")

    def _refuse(self, attempt: str) -> None:
        self.attempts.append(attempt)
        raise OutboundAttempt(attempt)


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own."""
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.split("%", 1)[0]).is_loopback
    except ValueError:
        return False


def is_harmless_name(host: str | bytes | None) -> bool:
    """Whether resolving needs no question to a name server: no name, a local one, or an address in figures."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name is None or name in LOCAL_NAMES or name == socket.gethostname():
        return True
    try:
        ipaddress.ip_address(name.split("%", 1)[0])
    except ValueError:
        return False
    return True


SENTRY = Sentry()


def pytest_configure(config: pytest.Config) -> None:
    """Set the hook. It cannot be taken away again, which is as wanted."""
    del config
    sys.addaudithook(SENTRY)


@pytest.fixture(autouse=True)
def outbound_attempts() -> Iterator[list[str]]:
    """Return what this test tried to reach; a test that provokes it on purpose clears the list."""
    SENTRY.attempts.clear()
    yield SENTRY.attempts
    if SENTRY.attempts:
        pytest.fail(f"reached beyond loopback: {', '.join(SENTRY.attempts)}", pytrace=False)
