"""Assistants as they go elsewhere: everything that is stored of one, as it stands."""

import base64
from dataclasses import dataclass
from typing import Any

import orjson

from mecum.domains.assistants.errors import AssistantNotFound
from mecum.domains.assistants.model import FACETS
from mecum.domains.assistants.repository import (
    AssistantRepository,
    HistoryRepository,
    PictureRepository,
    PromptRepository,
    ViewRepository,
)
from mecum.domains.assistants.repository.views import Row
from mecum.domains.assistants.rules import pictures
from mecum.domains.assistants.rules.pictures import Picture
from mecum.domains.assistants.rules.values import State
from mecum.domains.assistants.rules.wire import kept_in, state_of
from mecum.infra.storage import Scope
from mecum.kernel import clock

_CORE = ("id", "slug", "name", "status", "parent_assistant", "current_project")
_PINS = ("system_prompt", "prompt_version")
_ALL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Departure:
    """An assistant as a file has it: JSON, but for its picture.

    `record` holds the core, the fields of each facet, `unknown`, `prompt` with its texts, `vectors`, `legacy` and,
    where they were asked for, `versions`. The id of its prompt is not in it: who takes it in gives a new one.
    """

    record: dict[str, Any]
    prompt: str | None
    """The text that counts."""
    picture: Picture | None


class Departures:
    """Reads assistants of the subject, as they go out."""

    def __init__(self) -> None:
        self._assistants, self._views, self._history = AssistantRepository(), ViewRepository(), HistoryRepository()
        self._prompts, self._pictures = PromptRepository(), PictureRepository()

    async def ids(self, scope: Scope) -> list[str]:
        """Return the ids of all that are not deleted, the oldest first."""
        return await self._assistants.oldest(scope)

    async def trashed(self, scope: Scope) -> int:
        """Return how many are in the trash."""
        return await self._assistants.count_deleted(scope)

    async def read(self, scope: Scope, reference: str, *, versions: bool) -> Departure:
        """Return an assistant, with all it ever was if `versions`; raises AssistantNotFound."""
        row = await self._views.find(scope, reference, "full")
        if row is None:
            raise AssistantNotFound(assistant=reference)
        assistant_id: str = row["core.id"]
        facets = {facet: state_of(row, facet) for facet in FACETS}
        configuration = facets["configuration"]
        record: dict[str, Any] = {
            **{name: row[f"core.{name}"] for name in _CORE},
            "is_demo": bool(row["core.is_demo"]),
            **{name: clock.iso(row[f"core.{name}"]) for name in ("created_at", "updated_at")},
            **facets,
            "unknown": {facet: kept for facet in FACETS if (kept := kept_in(row, facet))},
            "prompt": await self._prompt(scope, row, configuration, every=versions),
            "vectors": await self._vectors(scope, assistant_id),
            "legacy": _json(row["core.legacy"]),
        }
        for name in _PINS:
            configuration.pop(name, None)
        if versions:
            record["versions"] = await self._versions(scope, assistant_id)
        return Departure(record, row["prompt.text"], await self._picture(scope, facets["identity"], assistant_id))

    async def _prompt(self, scope: Scope, row: Row, configuration: State, *, every: bool) -> dict[str, Any] | None:
        if row["prompt.text"] is None:
            return None
        if not every:
            return {"title": row["prompt.title"], "current": 1, "texts": [_text(row["prompt.text"], None, None)]}
        found = await self._prompts.versions(scope, configuration["system_prompt"])
        texts = [_text(one.text, one.note, clock.iso(clock.to_milliseconds(one.created_at))) for one in reversed(found)]
        return {"title": row["prompt.title"], "current": configuration["prompt_version"], "texts": texts}

    async def _vectors(self, scope: Scope, assistant_id: str) -> dict[str, Any]:
        found = await self._history.vectors_of(scope, assistant_id)
        return {
            one.field: {
                "model": one.model,
                "dimension": one.dimension,
                "base64": base64.b64encode(one.data).decode("ascii"),
            }
            for one in found
        }

    async def _versions(self, scope: Scope, assistant_id: str) -> list[dict[str, Any]]:
        found = await self._history.versions_until(scope, assistant_id, _ALL)
        return [
            {
                "number": one.number,
                "reason": one.reason,
                "state": {facet: _without_prompt(facet, state) for facet, state in one.state.items()},
                "created_at": clock.iso(clock.to_milliseconds(one.created_at)),
            }
            for one in found
        ]

    async def _picture(self, scope: Scope, identity: State, assistant_id: str) -> Picture | None:
        """Return the picture where the avatar is one; its address stays here."""
        if not pictures.is_at(identity.get("avatar"), assistant_id):
            return None
        found = await self._pictures.picture(scope, assistant_id)
        del identity["avatar"]
        return None if found is None else Picture(found.media_type, found.data)


def _text(text: str, note: str | None, at: str | None) -> dict[str, Any]:
    return {"text": text, "note": note, "created_at": at}


def _without_prompt(facet: str, state: dict[str, Any]) -> dict[str, Any]:
    return state if facet != "configuration" else {n: v for n, v in state.items() if n != "system_prompt"}


def _json(stored: Any) -> Any:
    return orjson.loads(stored) if isinstance(stored, str) else stored
