"""Names beyond this machine that lead to a loopback server, for tests of what leaves."""

import socket
from typing import Any

import pytest

BEYOND = "models.example.org"
OTHER = "other.example.org"
PRICED = "unit.openai.azure.com"
"""Whose models have prices that are known."""


@pytest.fixture
def beyond(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the names be found at 127.0.0.1; return the names that were looked up."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def found(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        if host in (BEYOND, OTHER, PRICED):
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return real(host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return asked
