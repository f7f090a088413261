"""What every HTTP route shares: who asks, JSON answers, bodies of limited size."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Request, Response

from mecum.kernel.errors import Denied, Limit
from mecum.kernel.subject import Subject

SUBJECT = "mecum.subject"


class NotAuthenticated(Denied):
    """Sign in, or send an API key."""

    code = "auth.required"


class BodyTooLarge(Limit):
    """The request's body is larger than this route accepts."""

    code = "request.too_large"


def subject_of(request: Request) -> Subject:
    """Return who asks; raises NotAuthenticated. The authentication middleware put it into the scope."""
    subject = request.scope.get(SUBJECT)
    if subject is None:
        raise NotAuthenticated()
    return subject


Asker = Annotated[Subject, Depends(subject_of)]


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return `value` as a JSON response."""
    return Response(orjson.dumps(value), status, headers, "application/json")


async def limited_body(request: Request, limit: int) -> bytes:
    """Return the request's body; raises BodyTooLarge beyond `limit` bytes."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(limit=limit)
        chunks.append(chunk)
    return b"".join(chunks)
