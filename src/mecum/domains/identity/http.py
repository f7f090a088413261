"""The routes of sessions, the owner's password and keys."""

import ipaddress
from typing import Annotated

from fastapi import Query, Request, Response

from mecum import __version__
from mecum.domains.identity.errors import AuthFailed
from mecum.domains.identity.rules import SESSION_MS, cookie_name
from mecum.domains.identity.schemas import (
    KeyCreate,
    KeyCreated,
    KeyPage,
    Named,
    PasswordChange,
    SessionView,
    SignIn,
    key_view,
)
from mecum.domains.identity.service import PROOF, IdentityService, NewSession, Proof
from mecum.infra.storage import Database
from mecum.infra.web.requests import REFUSAL, Asker
from mecum.infra.web.routes import Routes
from mecum.kernel.paging import MAX_LIMIT
from mecum.kernel.subject import Subject

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_NO_STORE = {"Cache-Control": "no-store"}


class Sessions:
    """What the routes of sessions share: the cookie, the view, and when a session begins without a question."""

    def __init__(self, service: IdentityService, database: Database, owner: Subject, *, secure: bool) -> None:
        self._service, self._database, self._owner, self._secure = service, database, owner, secure
        self._cookie = cookie_name(owner.organisation_id)

    async def view(self, proof: Proof | None, response: Response) -> SessionView:
        """Return who that is."""
        response.headers.update(_NO_STORE)
        password_set = self._service.password_set
        if proof is None:
            return SessionView(
                authenticated=False,
                password_set=password_set,
                csrf_token=None,
                person=None,
                organisation=None,
                version=__version__,
            )
        async with self._database.reading(proof.subject) as scope:
            person, organisation = await self._service.names(scope)
        return SessionView(
            authenticated=True,
            password_set=password_set,
            csrf_token=proof.csrf,
            person=Named(id=person.id, name=person.name),
            organisation=Named(id=organisation.id, name=organisation.name),
            version=__version__,
        )

    async def begin(self, subject: Subject, response: Response) -> Proof:
        """Begin a session and set its cookie."""
        async with self._database.writing(subject) as scope:
            made: NewSession = await self._service.open_session(scope)
        self.set_cookie(response, made.token)
        return made.proof

    async def begin_silently(self, request: Request, response: Response) -> Proof | None:
        """Begin a session of the owner where no password guards the page and the browser is on this machine."""
        if self._service.password_set or not _is_here(request):
            return None
        return await self.begin(self._owner, response)

    async def end(self, proof: Proof, response: Response) -> None:
        """End a session and take its cookie away."""
        if proof.way == "session":
            async with self._database.writing(proof.subject) as scope:
                await self._service.sign_out(scope, proof.id)
        response.delete_cookie(self._cookie, path="/", secure=self._secure, httponly=True, samesite="strict")

    def keep(self, request: Request, response: Response) -> None:
        """Let the browser keep the session's cookie for another 30 days."""
        self.set_cookie(response, request.cookies[self._cookie])

    def set_cookie(self, response: Response, token: str) -> None:
        """Set the session's cookie for 30 days."""
        response.set_cookie(
            self._cookie, token, SESSION_MS // 1000, path="/", secure=self._secure, httponly=True, samesite="strict"
        )


def router(service: IdentityService, database: Database, owner: Subject, *, secure: bool = False) -> Routes:
    """Return the routes. `secure` keeps the cookie to TLS."""
    routes = Routes()
    sessions = Sessions(service, database, owner, secure=secure)
    _session_routes(routes, sessions, service, database)
    _password_route(routes, service, database)
    _key_routes(routes, service, database)
    return routes


def _session_routes(routes: Routes, sessions: Sessions, service: IdentityService, database: Database) -> None:
    @routes.get(
        "/session",
        tags=["session"],
        response_model=SessionView,
        summary="Who am I",
        description="Says who this browser or program is. On the machine itself, and while no password is set, the "
        "first call begins a session.",
    )
    async def get(request: Request, response: Response) -> SessionView:
        proof = _proof(request)
        if REFUSAL in request.scope:
            raise request.scope[REFUSAL]
        if proof is None:
            proof = await sessions.begin_silently(request, response)
        elif proof.way == "session":
            sessions.keep(request, response)
        return await sessions.view(proof, response)

    @routes.post(
        "/session",
        tags=["session"],
        response_model=SessionView,
        summary="Sign in",
        description="Begins a session when the password is right. Wrong ones are answered 401, and after several of "
        "them 429 with `Retry-After`.",
    )
    async def create(body: SignIn, request: Request, response: Response) -> SessionView:
        async with database.reading(None) as scope:
            locked = await service.locked_owner(scope)
        subject = await service.sign_in(locked, body.password, _address(request))
        return await sessions.view(await sessions.begin(subject, response), response)

    @routes.delete(
        "/session",
        tags=["session"],
        status_code=204,
        summary="Sign out",
        description="Ends this browser's session.",
    )
    async def delete(request: Request, response: Response) -> None:
        proof = _proof(request)
        if proof is None:
            raise AuthFailed
        await sessions.end(proof, response)


def _password_route(routes: Routes, service: IdentityService, database: Database) -> None:
    @routes.put(
        "/owner/password",
        tags=["session"],
        status_code=204,
        summary="Set the owner's password",
        description="From then on signing in needs it, and the server may be bound beyond this machine. Every other "
        "session ends. An API key may not do this.",
    )
    async def change(body: PasswordChange, asker: Asker, request: Request) -> None:
        async with database.reading(asker) as scope:
            stored = await service.password_hash(scope)
        fresh = await service.hashed(stored, body.current_password, body.new_password, _address(request))
        proof = _proof(request)
        async with database.writing(asker) as scope:
            kept = proof.id if proof is not None and proof.way == "session" else None
            await service.set_password(scope, fresh, kept)


def _key_routes(routes: Routes, service: IdentityService, database: Database) -> None:
    @routes.get(
        "/keys",
        tags=["keys"],
        response_model=KeyPage,
        summary="List the API keys",
        description="Your keys without their secrets, the newest first.",
    )
    async def newest(
        asker: Asker,
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.", examples=[50])] = 50,
        cursor: Annotated[str | None, Query(description="Where to go on.", examples=["WzEsImtleSJd"])] = None,
    ) -> KeyPage:
        async with database.reading(asker) as scope:
            page = await service.newest_keys(scope, limit, cursor)
        return KeyPage(items=[key_view(key) for key in page.items], next_cursor=page.next_cursor)

    @routes.post(
        "/keys",
        tags=["keys"],
        status_code=201,
        response_model=KeyCreated,
        summary="Make an API key",
        description="The answer holds the secret, this once. An API key may not make another one.",
    )
    async def create(body: KeyCreate, asker: Asker, response: Response) -> KeyCreated:
        async with database.writing(asker) as scope:
            made = await service.create_key(scope, body.name)
        response.headers.update(_NO_STORE)
        return KeyCreated(**key_view(made.key).model_dump(), secret=made.secret)

    @routes.delete(
        "/keys/{key_id}",
        tags=["keys"],
        status_code=204,
        summary="Revoke an API key",
        description="Its next use is refused. An API key may not revoke one.",
    )
    async def revoke(key_id: str, asker: Asker) -> None:
        async with database.writing(asker) as scope:
            await service.revoke_key(scope, key_id)


def _proof(request: Request) -> Proof | None:
    return request.scope.get(PROOF)


def _address(request: Request) -> str:
    return request.client.host if request.client else "local"


def _is_here(request: Request) -> bool:
    """Whether the browser runs on this machine and asked for it by a loopback name, with no proxy between."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    return _is_loopback(_address(request)) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
