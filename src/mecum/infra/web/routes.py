"""Routes that are made when they are first asked for: a start makes none of them, the document all.

The framework looks at a handler's signature and builds validators and serialisers for everything that goes in and comes
out of it, for each route and, when a router is included in another, for each once more. Most routes are never asked
for in a process's life.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

_Responses = dict[int | str, dict[str, Any]]
_OWN: Final[dict[str, Any]] = {"response_model": None, "responses": None}


class Route(APIRoute):
    """A route of the framework that is only what was said of it until a request comes near.

    A handler that returns a `Response` leaves nothing to check or to write: what its answer looks like is documentation
    then, and made by `described` alone.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **said: Any) -> None:
        # Not the framework's own beginning, which is made up for below.
        self.path, self.endpoint = path, endpoint
        self._said, self._made = said, False
        self._stem = path.partition("{")[0]

    def __getattr__(self, name: str) -> Any:
        """Make the rest of the route: whoever looks for anything else of it is about to use it."""
        if self.__dict__.get("_made", True):
            raise AttributeError(name)
        self._made = True
        answers = self.endpoint.__annotations__.get("return")
        own = _OWN if isinstance(answers, type) and issubclass(answers, Response) else {}
        super().__init__(self.path, self.endpoint, **{**self._said, **own})
        return getattr(self, name)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether the request is one for this route; most are known by their first letters not to be."""
        if not str(scope["path"]).startswith(self._stem):
            return Match.NONE, {}
        return super().matches(scope)

    def below(self, prefix: str) -> "Route":
        """Return the same route below `prefix`."""
        return Route(prefix + self.path, self.endpoint, **self._said)

    def described(self) -> APIRoute:
        """Return the route as the framework makes it of all that was said of it."""
        return APIRoute(self.path, self.endpoint, **self._said)


class Routes(APIRouter):
    """Collects the routes of a room: `@routes.get(…)` as with the framework's own router."""

    def __init__(self, *, prefix: str = "", tags: Sequence[str] = (), responses: _Responses | None = None) -> None:
        own: list[str | Enum] = [*tags]
        super().__init__(prefix=prefix, tags=own, responses=responses, route_class=Route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Refuse to be included in another router, which would make every route at once: see `below`."""
        raise NotImplementedError("These routes go into an application by `below`.")

    def take(self, *others: "Routes") -> None:
        """Have the routes of `others` too."""
        self.routes.extend(below("", *others))


def below(prefix: str, *rooms: Routes) -> list[BaseRoute]:
    """Return the routes of all these below `prefix`, for an application."""
    return [_ours(route).below(prefix) for room in rooms for route in room.routes]


def described(routes: Sequence[BaseRoute]) -> Iterator[BaseRoute]:
    """Yield all routes as a document needs them."""
    for route in routes:
        yield route.described() if isinstance(route, Route) else route


def _ours(route: BaseRoute) -> Route:
    assert isinstance(route, Route), f"{route} was not made by a decorator of `Routes`"
    return route
