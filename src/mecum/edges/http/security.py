"""The outermost layer: who may ask from where, who asks, what every answer carries, and what becomes of an error.

One pass over the headers and two look-ups in memory; plain ASGI, as it is on the way of every request.
"""

import hmac
import itertools
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mecum.domains.identity import api as identity
from mecum.edges.http.hosts import Hosts
from mecum.edges.http.problems import REQUEST_ID, Problems, status_of
from mecum.edges.outlet import LINE, ResponseLine
from mecum.infra.tracing.context import request_id as current_request
from mecum.infra.web.requests import REFUSAL, SUBJECT, BodyTooLarge
from mecum.kernel import clock
from mecum.kernel.errors import Denied, MecumError
from mecum.kernel.subject import ACTING

_log = logging.getLogger("mecum.http")

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
    "connect-src 'self'; frame-ancestors 'none'; object-src 'none'; base-uri 'none'; form-action 'self'"
)
_CSP: Final = b"content-security-policy"
_POLICY: Final = CONTENT_SECURITY_POLICY.encode("ascii")
_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_WANTED: Final = frozenset(
    (
        b"host",
        b"origin",
        b"authorization",
        b"cookie",
        b"x-csrf-token",
        b"x-request-id",
        b"content-length",
        b"transfer-encoding",
    )
)
_SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS"))
_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
_SESSION_BYTES: Final = 256
_Headers = dict[bytes, bytes]
Observe = Callable[[Scope, int, float], None]
"""Told of every answer: the scope, the status, the seconds until its head."""


class HostRefused(Denied):
    """This server does not answer to that name; if it should, add it to MECUM_SERVER__ALLOWED_HOSTS."""

    code = "request.host_refused"


class OriginRefused(Denied):
    """A page of another site may not do this."""

    code = "request.origin_refused"


class CsrfMissing(Denied):
    """The X-CSRF-Token header is missing or not this session's; `GET /api/v1/session` tells it."""

    code = "auth.csrf"


class Guard:
    """Wraps the whole application. `cookie` is the name of the session's.

    `large` are the paths whose routes limit their bodies themselves.
    """

    def __init__(
        self,
        app: ASGIApp,
        authenticator: identity.Authenticator,
        hosts: Hosts,
        problems: Problems,
        *,
        cookie: str,
        most_bytes: int,
        large: tuple[str, ...] = (),
        observe: Observe | None = None,
    ) -> None:
        self._app, self._authenticator, self._hosts, self._problems = app, authenticator, hosts, problems
        self._cookie = cookie.encode("ascii")
        self._most_bytes, self._large = most_bytes, large
        self._observe = observe
        self._prefix = f"req_{secrets.token_hex(6)}"
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = _wanted(scope)
        request_id = scope[REQUEST_ID] = self._request_id(headers)
        token = current_request.set(request_id)
        try:
            if scope["type"] == "http":
                await self._http(scope, receive, send, headers)
            else:
                await self._socket(scope, receive, send, headers)
        finally:
            current_request.reset(token)

    async def _http(self, scope: Scope, receive: Receive, send: Send, headers: _Headers) -> None:
        answer = _Answer(scope, send, self._observe)
        try:
            self._check(scope["method"] not in _SAFE, headers)
            self._check_size(scope, headers)
            proof = await self._identify(scope, headers)
            if proof is not None:
                _check_csrf(proof, scope["method"], headers)
            await self._app(scope, self._limited(scope, receive, headers), answer.send)
        except ClientDisconnect:
            _log.debug("the client hung up")
        except Exception as error:  # noqa: BLE001 - the edge's one handler: whatever was raised gets an answer here
            await self._answer_error(error, scope, receive, answer)

    async def _socket(self, scope: Scope, receive: Receive, send: Send, headers: _Headers) -> None:
        try:
            self._check(True, headers)
            await self._identify(scope, headers)
        except MecumError as error:
            _log.info("socket refused", extra={"code": error.code})
            # Closing before accepting is answered as 403.
            await send({"type": "websocket.close", "code": 4403, "reason": error.code})
            return
        try:
            await self._app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - see above
            self._problems.report(scope, error)

    def _check(self, unsafe: bool, headers: _Headers) -> None:
        """Raise HostRefused or OriginRefused for a request that another site may have made."""
        host = headers.get(b"host", b"")
        if not self._hosts.allows(host):
            raise HostRefused
        origin = headers.get(b"origin")
        if unsafe and origin is not None and not self._hosts.allows_origin(origin, host):
            raise OriginRefused

    def _check_size(self, scope: Scope, headers: _Headers) -> None:
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._most_bytes and not scope["path"].startswith(self._large):
            raise BodyTooLarge(limit=self._most_bytes)

    def _limited(self, scope: Scope, receive: Receive, headers: _Headers) -> Receive:
        """Return `receive`, counting where a body comes without its length."""
        if b"transfer-encoding" not in headers or scope["path"].startswith(self._large):
            return receive
        return _Counted(receive, self._most_bytes).receive

    async def _identify(self, scope: Scope, headers: _Headers) -> identity.Proof | None:
        """Leave in the scope who asks, in which request, or that the key they sent is nobody's."""
        proof = await self._proof(headers)
        if proof is not None:
            scope[identity.PROOF], scope[SUBJECT] = proof, proof.subject.acting_in(scope[REQUEST_ID])
            ACTING.set(scope[SUBJECT])
        elif _is_bearer(headers.get(b"authorization", b"")):
            scope[REFUSAL] = identity.AuthFailed("This key is not valid: mistyped, revoked, or of another server.")
        return proof

    async def _proof(self, headers: _Headers) -> identity.Proof | None:
        """Return who asks. A key goes before a cookie, so that a program in a browser acts as its key."""
        said = headers.get(b"authorization")
        if said is not None:
            if not _is_bearer(said):
                return None
            secret = said[7:].strip()
            return self._authenticator.bearer(secret) or await self._authenticator.find_bearer(secret)
        cookie = headers.get(b"cookie")
        token = None if cookie is None else session_token(cookie, self._cookie)
        if token is None:
            return None
        return self._authenticator.session(token) or await self._authenticator.find_session(token)

    def _request_id(self, headers: _Headers) -> str:
        given = headers.get(b"x-request-id")
        if given is not None and _REQUEST_ID.fullmatch(given):
            return given.decode("ascii")
        return f"{self._prefix}{next(self._numbers):x}"

    async def _answer_error(self, error: Exception, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        self._problems.report(scope, error)
        if not answer.begun:
            await self._problems.response(scope, error)(scope, receive, answer.send)


class _Answer:
    """The `send` of one request: adds what every answer carries."""

    __slots__ = ("_head", "_observe", "_scope", "_send", "_since", "begun")

    def __init__(self, scope: Scope, send: Send, observe: Observe | None) -> None:
        self._scope, self._send, self._observe = scope, send, observe
        self._since = clock.monotonic()
        self._head: Message | None = None
        """What begins a response of known length; it leaves together with the body, where that comes in one piece."""
        self.begun = False

    def send(self, message: Message) -> Awaitable[None]:
        """Pass a message on. Not a coroutine itself: a body of many pieces pays for one level less."""
        if message["type"] == "http.response.start":
            self.begun = True
            known = self._complete(message)
            if self._observe is not None:
                self._observe(self._scope, message["status"], clock.monotonic() - self._since)
            if known and LINE in self._scope:
                self._head = message
                return _done()
        elif self._head is not None:
            head, self._head = self._head, None
            return self._whole(head, message)
        return self._send(message)

    def _complete(self, message: Message) -> bool:
        """Add the headers of every answer; return whether its length is known."""
        headers = [*message.get("headers", ()), *_HEADERS]
        names = {name for name, _ in headers}
        # A file of a person brings a policy of its own, which is stricter.
        if _CSP not in names:
            headers.append((_CSP, _POLICY))
        headers.append((b"x-request-id", self._scope[REQUEST_ID].encode("ascii")))
        message["headers"] = headers
        return b"content-length" in names

    async def _whole(self, head: Message, body: Message) -> None:
        line: ResponseLine = self._scope[LINE]
        last = not body.get("more_body", False)
        if last and line.answer(head["status"], head["headers"], body.get("body", b"")):
            return
        await self._send(head)
        if last and line.refusing:
            await self._send({**body, "more_body": True})
            await line.linger()
        else:
            await self._send(body)


async def _done() -> None:
    """There is nothing to wait for."""


class _Counted:
    """The `receive` of a request whose body has no stated length."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._left, self._most = receive, most, most

    async def receive(self) -> Message:
        """Return the next message; raises 413, as the framework would hide an error of ours here."""
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413, str(BodyTooLarge(limit=self._most)))
        return message


def session_token(cookie: bytes, wanted: bytes) -> bytes | None:
    """Return the session's token in a Cookie header: the value of the one called `wanted`."""
    for pair in cookie.split(b";"):
        name, _, value = pair.strip().partition(b"=")
        if name == wanted and 0 < len(value) <= _SESSION_BYTES:
            return value
    return None


def _is_bearer(said: bytes) -> bool:
    return said[:7].lower() == b"bearer "


def _wanted(scope: Scope) -> _Headers:
    return {name: value for name, value in scope["headers"] if name in _WANTED}


def _check_csrf(proof: identity.Proof, method: str, headers: _Headers) -> None:
    if proof.csrf is None or method in _SAFE:
        return
    if not hmac.compare_digest(headers.get(b"x-csrf-token", b""), proof.csrf.encode("ascii")):
        raise CsrfMissing


__all__ = ["CsrfMissing", "Guard", "HostRefused", "Hosts", "OriginRefused", "Problems", "session_token", "status_of"]
