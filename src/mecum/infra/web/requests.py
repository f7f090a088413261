"""What every HTTP route shares: who asks, JSON answers, bodies of limited size."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, TypeVar

import orjson
from fastapi import Depends, Request, Response
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect

from mecum.kernel.errors import Denied, Invalid, Limit
from mecum.kernel.subject import Subject
from mecum.kernel.text import is_storable

SUBJECT = "mecum.subject"
REFUSAL = "mecum.refusal"
"""Where the authentication middleware leaves why what was sent proves nobody: an error to raise."""


class NotAuthenticated(Denied):
    """Sign in, or send an API key."""

    code = "auth.required"


class BodyTooLarge(Limit):
    """The request's body is larger than this route accepts."""

    code = "request.too_large"


def subject_in(scope: Mapping[str, Any]) -> Subject:
    """Return who asks, as the authentication middleware found out; raises NotAuthenticated or its refusal."""
    subject: Subject | None = scope.get(SUBJECT)
    if subject is None:
        raise scope.get(REFUSAL) or NotAuthenticated()
    return subject


async def subject_of(request: Request) -> Subject:
    """Return who asks; raises as `subject_in`.

    Asynchronous, because the framework would send a plain function to a thread for every request.
    """
    return subject_in(request.scope)


Asker = Annotated[Subject, Depends(subject_of)]


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return `value` as a JSON response."""
    return Response(orjson.dumps(value), status, headers, "application/json")


async def limited_body(request: Request, limit: int) -> bytes:
    """Return the request's body; raises BodyTooLarge beyond `limit` bytes."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk, more = message.get("body", b""), message.get("more_body", False)
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(limit=limit)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class RequestInvalid(Invalid):
    """The request does not have the shape this route takes."""

    code = "request.invalid"


class TextUnstorable(Invalid):
    """A text holds half a surrogate pair, which cannot be stored exactly."""

    code = "request.unstorable"


_HALF_A_PAIR: Final = re.compile(rb"\\u[dD][89a-fA-F]")
Shape = TypeVar("Shape")


def parsed(adapter: TypeAdapter[Shape], body: bytes) -> Shape:
    """Return the body as its shape; raises TextUnstorable, or RequestInvalid with the path of all that is wrong."""
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        if _holds_half_a_pair(body):
            raise TextUnstorable from error
        raise RequestInvalid(errors=problems_of(error.errors(include_url=False, include_input=False))) from error


def _holds_half_a_pair(body: bytes) -> bool:
    """Whether half a surrogate pair, which pydantic takes for broken JSON, is what is wrong with a body."""
    if _HALF_A_PAIR.search(body) is None:
        return False
    try:
        # What is written anew escapes NUL: only a half of a pair is left to be found.
        return not is_storable(json.dumps(json.loads(body), ensure_ascii=False))
    except (ValueError, RecursionError):
        return False


def worded(error: Mapping[str, Any]) -> str:
    """Return what one of pydantic's errors says, without the words it puts before a sentence of ours."""
    return str(error["msg"]).removeprefix("Value error, ")


def problems_of(errors: Sequence[Any]) -> list[dict[str, str]]:
    """Return pydantic's errors as `{path, message}`."""
    return [{"path": ".".join(str(step) for step in error["loc"]), "message": worded(error)} for error in errors]


def body_of(shape: type[BaseModel]) -> dict[str, Any]:
    """Return the OpenAPI request body of a route that reads its body itself."""
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}
