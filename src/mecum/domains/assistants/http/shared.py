"""What the routes of assistants have in common."""

from typing import Annotated, Final

from fastapi import Path, Query, Request
from pydantic import BaseModel, TypeAdapter

from mecum.infra.web.requests import limited_body, parsed
from mecum.kernel.paging import MAX_LIMIT

MOST_BYTES: Final = 4 << 20
Reference = Annotated[str, Path(max_length=255, description="An assistant's slug or id.", examples=["short-letters"])]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.", examples=[50])]
Cursor = Annotated[
    str | None, Query(max_length=500, description="`next_cursor` of the page before.", examples=["WzEsMl0"])
]


async def written(request: Request, shape: TypeAdapter[BaseModel]) -> tuple[int | None, dict[str, object]]:
    """Return the version and what else a body says; raises RequestInvalid, BodyTooLarge."""
    body = parsed(shape, await limited_body(request, MOST_BYTES))
    named = body.model_dump(exclude_unset=True)
    version = named.pop("version", None)
    return version, named
