"""Assistants to begin with: a document that came with Mecum, made for a person when they ask for it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from mecum.domains.assistants.errors import StarterNotFound
from mecum.domains.assistants.repository import AssistantRepository
from mecum.domains.assistants.service.births import Births
from mecum.infra.storage import Scope

_FILE: Final = Path(__file__).parents[1] / "starters.json"


class StarterService:
    """Lists starters and makes assistants of them."""

    def __init__(self, births: Births) -> None:
        self._births, self._assistants = births, AssistantRepository()

    async def all(self, scope: Scope) -> list[dict[str, Any]]:
        """Return the starters, and whether the subject has an assistant of each one's slug."""
        taken = await self._assistants.slugs(scope, "")
        return [
            {
                "slug": one["slug"],
                "name": one["name"],
                **{name: one["identity"].get(name) for name in ("avatar", "specialty", "description")},
                "there": one["slug"] in taken,
            }
            for one in starters()
        ]

    async def make(self, scope: Scope, slugs: Sequence[str] | None) -> list[str]:
        """Make assistants of these starters, of all where none is named, but for what is there; return their ids.

        Raises StarterNotFound.
        """
        known = {one["slug"]: one for one in starters()}
        for slug in slugs or ():
            if slug not in known:
                raise StarterNotFound(f"There is no starter {slug!r}.", slug=slug)
        taken = await self._assistants.slugs(scope, "")
        wanted = [slug for slug in dict.fromkeys(slugs or known) if slug not in taken]
        return [await self._births.create(scope, known[slug], "starter") for slug in wanted]


def starters() -> list[dict[str, Any]]:
    """Return the document: fields as `POST /assistants` takes them."""
    found: list[dict[str, Any]] = orjson.loads(_FILE.read_bytes())
    return found
