"""The outermost layer and the routes of identity behind it, as browsers, programs and other sites meet them."""

import io
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI, Request, Response
from starlette.types import Receive, Scope, Send

from fakes.asgi import Browser
from mecum.domains.identity import api as identity
from mecum.domains.identity import http as identity_http
from mecum.edges.http.problems import Problems, problem
from mecum.edges.http.security import Guard, Hosts
from mecum.infra.storage import Database
from mecum.infra.tracing.logs import configure
from mecum.infra.tracing.settings import LogSettings
from mecum.infra.web.requests import Asker
from mecum.infra.web.routes import below
from mecum.kernel.errors import MecumError, Unavailable
from mecum.kernel.subject import Subject

API = "/api/v1"
OWN_ORIGIN = {"origin": "http://127.0.0.1:8321"}


class Site:
    """The routes of identity and a few more behind the guard."""

    def __init__(self, database: Database, hosts: Hosts) -> None:
        self.service, self.authenticator = identity.build(database, bytes(32))
        self.database, self.hosts = database, hosts
        self.owner = Subject("", "")
        self.observed: list[tuple[str, int]] = []
        self.failed: list[tuple[str, str]] = []

    async def app(self) -> Guard:
        async with self.database.writing(None) as scope:
            self.owner = await self.service.ensure_owner(scope)
        routes = identity_http.router(self.service, self.database, self.owner)
        api = FastAPI(openapi_url=None, routes=below(API, routes))
        _more_routes(api)
        problems = Problems({"/v1": _openai_shape}, lambda ours, raised: self.failed.append((ours.code, str(raised))))
        problems.install(api)
        return Guard(
            _Sockets(api),
            self.authenticator,
            self.hosts,
            problems,
            cookie=identity.cookie_name(self.owner.organisation_id),
            most_bytes=1000,
            large=(f"{API}/files",),
            observe=lambda scope, status, seconds: self.observed.append((scope["path"], status)),
        )


def _more_routes(api: FastAPI) -> None:
    @api.get("/private")
    async def private(asker: Asker) -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        logging.getLogger("mecum.test").info("asked")
        return {"person": asker.person_id, "request_id": str(asker.request_id)}

    @api.post("/echo")
    @api.post(f"{API}/files")
    async def echo(request: Request) -> dict[str, int]:  # pyright: ignore[reportUnusedFunction]
        return {"bytes": len(await request.body())}

    @api.get("/broken")
    @api.get("/v1/broken")
    async def broken() -> None:  # pyright: ignore[reportUnusedFunction]
        raise ValueError("the words of somebody")

    @api.get("/gone")
    async def gone() -> None:  # pyright: ignore[reportUnusedFunction]
        raise Unavailable("The model does not answer.", retry_after=3)

    @api.get("/sandboxed")
    async def sandboxed() -> Response:  # pyright: ignore[reportUnusedFunction]
        return Response(headers={"content-security-policy": "sandbox"})

    @api.get("/number")
    async def number(n: int) -> int:  # pyright: ignore[reportUnusedFunction]
        return n


class _Sockets:
    """Accepts any socket that gets here."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept", "subject": scope.get("mecum.subject")})
            if scope["path"] == "/broken":
                raise ValueError("broken")
        else:
            await self._app(scope, receive, send)


def _openai_shape(error: MecumError, status: int, request_id: str) -> Response:
    return Response(f'{{"error":{{"code":"{error.code}"}}}}', status)


@pytest.fixture
def site(plain_database: Database) -> Site:
    return Site(plain_database, Hosts("127.0.0.1", ("mecum.lan", "*.home.example"), "https://mecum.example.org"))


@pytest_asyncio.fixture
async def browser(site: Site) -> AsyncIterator[Browser]:
    """A browser on this machine, at a page of ours."""
    yield Browser(await site.app(), dict(OWN_ORIGIN))


async def signed_in(browser: Browser) -> dict[str, str]:
    """Begin a session; return the header that unsafe methods need."""
    return {"x-csrf-token": (await browser.ask("GET", f"{API}/session")).json["csrf_token"]}


async def test_the_first_look_from_this_machine_signs_in_silently(site: Site, browser: Browser) -> None:
    found = (await browser.ask("GET", f"{API}/session")).json
    assert found["authenticated"]
    assert not found["password_set"]
    assert found["person"]["id"] == site.owner.person_id
    assert found["organisation"]["id"] == site.owner.organisation_id
    for wanted in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=2592000"):
        assert wanted in browser.set_cookie
    again = (await browser.ask("GET", f"{API}/session")).json
    assert again["csrf_token"] == found["csrf_token"]
    assert f"{identity.cookie_name(site.owner.organisation_id)}=" in browser.set_cookie
    private = await browser.ask("GET", "/private")
    assert private.json == {"person": site.owner.person_id, "request_id": private.headers["x-request-id"]}


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("192.168.1.7", {}),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}),
        ("127.0.0.1", {"forwarded": "for=203.0.113.9"}),
        ("127.0.0.1", {"host": "mecum.lan"}),
    ],
)
async def test_nobody_else_is_signed_in_silently(browser: Browser, address: str, headers: dict[str, str]) -> None:
    browser.address = address
    answered = await browser.ask("GET", f"{API}/session", headers=headers)
    assert not answered.json["authenticated"]
    assert answered.json["csrf_token"] is None
    assert not browser.cookies
    assert answered.headers["cache-control"] == "no-store"


async def test_a_password_closes_the_page_and_opens_it(site: Site, browser: Browser) -> None:
    csrf = await signed_in(browser)
    elsewhere = Browser(browser.app, dict(OWN_ORIGIN))
    await signed_in(elsewhere)
    short = await browser.ask("PUT", f"{API}/owner/password", {"new_password": "short"}, headers=csrf)
    assert (short.status, short.json["code"]) == (400, "owner.password_too_short")
    body = {"current_password": None, "new_password": "correct horse"}
    assert (await browser.ask("PUT", f"{API}/owner/password", body, headers=csrf)).status == 204
    assert (await browser.ask("GET", "/private")).status == 200
    refused = await elsewhere.ask("GET", "/private")
    assert (refused.status, refused.json["code"]) == (401, "auth.required")
    stranger = Browser(browser.app, dict(OWN_ORIGIN))
    assert (await stranger.ask("GET", f"{API}/session")).json == {
        "authenticated": False,
        "password_set": True,
        "csrf_token": None,
        "person": None,
        "organisation": None,
        "version": (await browser.ask("GET", f"{API}/session")).json["version"],
    }
    wrong = await stranger.ask("POST", f"{API}/session", {"password": "wrong horse"})
    assert (wrong.status, wrong.json["code"]) == (401, "auth.failed")
    right = await stranger.ask("POST", f"{API}/session", {"password": "correct horse"})
    assert right.json["authenticated"]
    assert (await stranger.ask("GET", "/private")).status == 200


@pytest.mark.slow
async def test_guessing_is_answered_429_with_a_time_to_wait(browser: Browser) -> None:
    csrf = await signed_in(browser)
    await browser.ask("PUT", f"{API}/owner/password", {"new_password": "correct horse"}, headers=csrf)
    stranger = Browser(browser.app, dict(OWN_ORIGIN), "192.168.1.7")
    for _ in range(5):
        assert (await stranger.ask("POST", f"{API}/session", {"password": "a guess"})).status == 401
    limited = await stranger.ask("POST", f"{API}/session", {"password": "correct horse"})
    assert (limited.status, limited.json["code"]) == (429, "auth.too_many_attempts")
    assert int(limited.headers["retry-after"]) > 0


async def test_signing_out_ends_the_session(browser: Browser) -> None:
    csrf = await signed_in(browser)
    kept = dict(browser.cookies)
    assert (await browser.ask("DELETE", f"{API}/session", headers=csrf)).status == 204
    assert not browser.cookies
    browser.cookies = kept
    assert (await browser.ask("GET", "/private")).status == 401
    assert (await Browser(browser.app).ask("DELETE", f"{API}/session")).status == 401


async def test_keys_over_http(browser: Browser) -> None:
    csrf = await signed_in(browser)
    made = await browser.ask("POST", f"{API}/keys", {"name": "script"}, headers=csrf)
    assert made.status == 201
    assert made.headers["cache-control"] == "no-store"
    program = Browser(browser.app, {"authorization": f"Bearer {made.json['secret']}"})
    assert (await program.ask("GET", "/private")).status == 200
    listed = (await program.ask("GET", f"{API}/keys")).json
    assert [key["id"] for key in listed["items"]] == [made.json["id"]]
    assert "secret" not in listed["items"][0]
    refused = await program.ask("POST", f"{API}/keys", {"name": "another"})
    assert (refused.status, refused.json["code"]) == (403, "auth.owner_only")
    assert (await browser.ask("DELETE", f"{API}/keys/{made.json['id']}", headers=csrf)).status == 204
    revoked = await program.ask("GET", "/private")
    assert (revoked.status, revoked.json["code"]) == (401, "auth.failed")
    assert (await browser.ask("DELETE", f"{API}/keys/{made.json['id']}", headers=csrf)).status == 404


async def test_a_cookie_alone_changes_nothing(browser: Browser) -> None:
    csrf = await signed_in(browser)
    for headers in ({}, {"x-csrf-token": "0" * 64}, {"x-csrf-token": ""}):
        refused = await browser.ask("POST", f"{API}/keys", {"name": "script"}, headers=headers)
        assert (refused.status, refused.json["code"]) == (403, "auth.csrf")
    assert (await browser.ask("POST", f"{API}/keys", {"name": "script"}, headers=csrf)).status == 201


async def test_a_wrong_key_is_not_helped_by_a_cookie(browser: Browser) -> None:
    await signed_in(browser)
    for said in ("Bearer mk_wrong", "Basic dTpw", "Bearer"):
        answered = await browser.ask("GET", "/private", headers={"authorization": said})
        assert (answered.status, answered.headers["www-authenticate"]) == (401, "Bearer")


async def test_a_wrong_key_is_told_apart_from_none(browser: Browser) -> None:
    program = Browser(browser.app, {"authorization": "Bearer mk_wrong"})
    for method, path in (("GET", "/private"), ("GET", f"{API}/keys"), ("GET", f"{API}/session")):
        refused = await program.ask(method, path)
        assert (refused.status, refused.json["code"]) == (401, "auth.failed"), path
        assert refused.headers["www-authenticate"] == "Bearer"
    assert (await program.ask("GET", "/number?n=1")).status == 200
    other = await program.ask("GET", "/private", headers={"authorization": "Basic dTpw"})
    assert other.json["code"] == "auth.required"


async def test_two_servers_on_one_host_keep_their_sessions_apart(site: Site, browser: Browser) -> None:
    await signed_in(browser)
    other = identity.cookie_name("org_another")
    assert other not in browser.cookies
    browser.cookies[other] = "its-own-token"
    assert (await browser.ask("GET", "/private")).status == 200
    browser.cookies.pop(identity.cookie_name(site.owner.organisation_id))
    assert (await browser.ask("GET", "/private")).json["code"] == "auth.required"


async def test_the_log_of_a_request_names_it(browser: Browser) -> None:
    written = io.StringIO()
    handler = configure(LogSettings(format="json"), written)
    try:
        await signed_in(browser)
        await browser.ask("GET", "/private", headers={"x-request-id": "trace-2"})
    finally:
        logging.getLogger().removeHandler(handler)
    assert '"event":"asked"' in written.getvalue()
    assert '"request_id":"trace-2"' in written.getvalue()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8321", "127.9.9.9:1", "localhost", "LOCALHOST:8321", "a.localhost", "[::1]:8321",
     "mecum.lan", "mecum.lan.:8321", "x.home.example", "mecum.example.org"],
)  # fmt: skip
async def test_names_of_this_server(browser: Browser, host: str) -> None:
    assert (await browser.ask("GET", "/number?n=1", headers={"host": host})).status == 200


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "evil.example:8321", "home.example", "xhome.example", "192.168.1.7", "0.0.0.0", "[::1",
     "127.0.0.1.evil.example", "localhost.evil.example", "localhost@evil.example", "evil.example/localhost",
     "127.0.0.1:port", "\xe9", "localhost:-1"],
)  # fmt: skip
async def test_names_that_somebody_else_made_up(browser: Browser, host: str) -> None:
    refused = await browser.ask("GET", "/number?n=1", headers={"host": host})
    assert (refused.status, refused.json["code"]) == (403, "request.host_refused")


def test_bound_beyond_loopback_an_address_in_figures_is_ours() -> None:
    hosts = Hosts("0.0.0.0")
    assert hosts.allows(b"192.168.1.7:8321")
    assert hosts.allows(b"[fe80::1]:8321")
    assert not hosts.allows(b"evil.example")
    assert Hosts("mecum.lan").allows(b"mecum.lan")
    for n in range(3000):
        assert not hosts.allows(b"%d.evil.example" % n)


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("http://127.0.0.1:8321", "127.0.0.1:8321", 200),
        ("http://localhost:8321", "localhost:8321", 200),
        ("https://mecum.example.org", "mecum.example.org", 200),
        ("https://mecum.example.org", "127.0.0.1:8321", 200),
        ("http://mecum.lan", "mecum.lan:80", 200),
        ("http://localhost:3000", "localhost:8321", 403),
        ("http://localhost:8321", "127.0.0.1:8321", 403),
        ("https://evil.example", "127.0.0.1:8321", 403),
        ("https://mecum.example.org.evil.example", "mecum.example.org", 403),
        ("null", "127.0.0.1:8321", 403),
        ("", "127.0.0.1:8321", 403),
    ],
)
async def test_only_our_own_pages_may_send(browser: Browser, origin: str, host: str, status: int) -> None:
    answered = await browser.ask("POST", "/echo", body=b"x", headers={"origin": origin, "host": host})
    assert answered.status == status
    assert (await browser.ask("GET", "/number?n=1", headers={"origin": origin, "host": host})).status == 200


async def test_sockets_are_checked_like_unsafe_methods(site: Site, browser: Browser) -> None:
    await signed_in(browser)
    accepted = (await browser.open_socket("/ws"))[0]
    assert accepted["type"] == "websocket.accept"
    assert accepted["subject"].person_id == site.owner.person_id
    assert accepted["subject"].request_id.startswith("req_")
    for headers in ({"origin": "https://evil.example"}, {"host": "evil.example"}):
        closed = await browser.open_socket("/ws", **headers)
        assert closed[0]["type"] == "websocket.close"
    assert (await Browser(browser.app).open_socket("/ws"))[0]["subject"] is None
    assert len(await browser.open_socket("/broken")) == 1
    assert site.failed == [("internal.error", "broken")]


async def test_every_answer_carries_the_headers(browser: Browser) -> None:
    for path in ("/number?n=1", "/nowhere", "/broken", "/private"):
        headers = (await browser.ask("GET", path)).headers
        assert "script-src 'self';" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-request-id"].startswith("req_")
    assert (await browser.ask("GET", "/sandboxed")).headers["content-security-policy"] == "sandbox"


async def test_a_request_id_is_taken_from_the_client_when_it_is_harmless(browser: Browser) -> None:
    given = await browser.ask("GET", "/nowhere", headers={"x-request-id": "trace-1"})
    assert given.headers["x-request-id"] == given.json["request_id"] == "trace-1"
    odd = await browser.ask("GET", "/nowhere", headers={"x-request-id": "a b\u00e9"})
    assert odd.json["request_id"].startswith("req_")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "request.not_found"),
        ("DELETE", "/echo", 405, "request.method_not_allowed"),
        ("GET", "/number?n=x", 400, "request.invalid"),
        ("GET", "/gone", 503, "service.unavailable"),
        ("GET", "/broken", 500, "internal.error"),
        ("GET", "/private", 401, "auth.required"),
    ],
)
async def test_errors_are_problems(browser: Browser, method: str, path: str, status: int, code: str) -> None:
    answered = await browser.ask(method, path)
    said: dict[str, Any] = answered.json
    assert (answered.status, said["status"], said["code"]) == (status, status, code)
    assert answered.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "detail", "request_id"} <= said.keys()
    if status == 400:
        assert said["errors"][0]["path"] == "query.n"
    if status == 405:
        assert answered.headers["allow"] == "POST"
    if status == 503:
        assert answered.headers["retry-after"] == "3"


async def test_an_unexpected_error_says_nothing_of_itself_and_is_reported_once(
    site: Site, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "mecum"):
        answered = await browser.ask("GET", "/broken")
    assert b"words" not in answered.body
    assert site.failed == [("internal.error", "the words of somebody")]
    assert len(caplog.records) == 1
    assert ("/broken", 500) in site.observed


async def test_below_some_paths_errors_have_another_shape(browser: Browser) -> None:
    assert (await browser.ask("GET", "/v1/broken")).json == {"error": {"code": "internal.error"}}


async def test_bodies_are_limited_with_and_without_their_length(browser: Browser) -> None:
    for body in (b"x" * 1001, [b"x" * 600, b"x" * 600]):
        refused = await browser.ask("POST", "/echo", body=body)
        assert (refused.status, refused.json["code"]) == (413, "request.too_large")
        large = await browser.ask("POST", f"{API}/files", body=body)
        assert large.json["bytes"] > 1000
    assert (await browser.ask("POST", "/echo", body=b"x" * 1000)).status == 200


def test_details_are_told_except_of_a_fault_of_ours() -> None:
    class Coded(MecumError):
        """Something."""

    assert b"inside" not in bytes(problem(Coded(reason="inside"), 500, "r").body)
    assert b"inside" in bytes(problem(Unavailable(reason="inside"), 503, "r").body)
