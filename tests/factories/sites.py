"""The whole product as its clients reach it: the composed application, without a port."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from factories.houses import House
from fakes.asgi import Application, Browser
from fakes.visits import Visit
from mecum.edges.http.app import compose
from mecum.kernel.subject import Subject

TOKEN = "mk_local_for_tests"
HEADERS = {"host": "127.0.0.1:8321", "authorization": f"Bearer {TOKEN}"}


@dataclass
class Site:
    """A running product and its application; `browser` is its owner's."""

    house: House
    app: Application
    browser: Browser

    def admit(self, token: str, subject: Subject) -> Browser:
        """Return a client of somebody else."""
        self.house.parts.authenticator.admit_local(token, subject)
        return Browser(self.app, {"authorization": f"Bearer {token}"})

    def visit(
        self,
        path: str,
        headers: dict[str, str] | None = None,
        *,
        socket: bool = False,
        method: str = "GET",
        body: bytes = b"",
    ) -> Visit:
        """Open an exchange that stays."""
        where, _, query = path.partition("?")
        named = {**HEADERS, **(headers or {})}
        scope: dict[str, Any] = {
            "type": "websocket" if socket else "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": where,
            "raw_path": where.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in named.items() if value],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8321),
            "subprotocols": [],
            "state": {},
        }
        return Visit(self.app, scope, body)

    def socket(self, headers: dict[str, str] | None = None) -> Visit:
        """Open the multiplexed socket."""
        return self.visit("/api/v1/ws", headers, socket=True)


@pytest_asyncio.fixture
async def site(plain_house: House) -> AsyncIterator[Site]:
    """Return the product over a SQLite store, as its clients reach it."""
    app: Any = compose(plain_house.parts)
    plain_house.parts.authenticator.admit_local(TOKEN, plain_house.parts.owner)
    yield Site(plain_house, app, Browser(app, {"authorization": HEADERS["authorization"]}))
