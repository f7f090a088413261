"""Writing assistants by their flat names: what fits goes into its field, the rest is kept as an import keeps it."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from mecum.domains.assistants.errors import AssistantNotFound, FieldInvalid, FieldUnwritable
from mecum.domains.assistants.repository import AssistantRepository, HistoryRepository
from mecum.domains.assistants.repository.flat import FlatRepository, Row
from mecum.domains.assistants.rules.flat.names import CORE, FIELD_OF, NAMES
from mecum.domains.assistants.rules.flat.rows import Brought, brought
from mecum.domains.assistants.rules.flat.stored import milliseconds, text_of
from mecum.domains.assistants.rules.flat.table import RELATIONS
from mecum.domains.assistants.rules.flat.values import original
from mecum.domains.assistants.rules.flat.views import flat_view
from mecum.domains.assistants.rules.history import CORE as CORE_STATE
from mecum.domains.assistants.rules.values import State
from mecum.domains.assistants.rules.wire import kept_in, state_of
from mecum.domains.assistants.service.assistants import AssistantService
from mecum.domains.assistants.service.flat_reading import FlatReading
from mecum.domains.assistants.service.keeping import Keeper
from mecum.domains.assistants.service.prompts import PromptService
from mecum.infra.storage import Scope
from mecum.kernel import clock

FIXED: Final = ("id", "created_at", "updated_at", "created_by")
"""What is written by nobody; who sends what it is already is not refused."""
_OWN: Final = {"parent_assistant", "mentor_assistant", "spawned_by", "system_prompt"}
_JSON: Final = frozenset({"list", "map", "list_or_map"})


class FlatWriting:
    """The compatibility view for writing. It writes the facets, and the row that the old readers know."""

    def __init__(
        self, reading: FlatReading, assistants: AssistantService, keeper: Keeper, prompts: PromptService
    ) -> None:
        self._reading, self._service, self._keeper, self._prompts = reading, assistants, keeper, prompts
        self._assistants, self._history, self._flat = AssistantRepository(), HistoryRepository(), FlatRepository()

    async def write(self, scope: Scope, reference: str, wanted: Mapping[str, Any]) -> str:
        """Change an assistant by flat names; return its id. A value that fits no field is kept, as in an import.

        Raises AssistantNotFound, FieldInvalid, FieldUnwritable, SlugTaken, AssistantCircle.
        """
        row = await self._reading.find(scope, reference)
        assistant_id: str = row["core.id"]
        numbers = await self._flat.numbers(scope, assistant_id)
        values = _allowed(wanted, flat_view(row, numbers))
        kept = await self._flat.kept_row(scope, assistant_id, "id")
        made = brought(values)
        await self._core(scope, assistant_id, values, made)
        targets = await self._targets(scope, assistant_id, values, made)
        states: dict[str, State] = {}
        for facet in dict.fromkeys(facet for name, (facet, _) in FIELD_OF.items() if name in values):
            states[facet] = await self._facet(scope, row, facet, values, made, targets)
        await self._vectors(scope, assistant_id, values, made)
        await self._flat.set_legacy(scope, assistant_id, _legacy(row, values, made, targets))
        revision = int(row["core.revision"])
        if states:
            revision, _ = await self._keeper.changed(scope, assistant_id, "flat", states)
        now = await self._reading.find(scope, assistant_id)
        if kept is not None and kept["revision"] == kept["at"]:
            said = {name: value for name, value in made.said.items() if name not in made.vectors}
            before: dict[str, Any] = orjson.loads(kept["changes"]) if kept["changes"] else {}
            changes = before | said | {"updated_at": clock.iso(now["core.updated_at"])}
            if CORE_STATE in _touched(values):
                changes |= {"slug": now["core.slug"], "name": now["core.name"]}
            await self._flat.keep_changes(scope, assistant_id, changes, max(revision, now["core.revision"]))
        return assistant_id

    async def _core(self, scope: Scope, assistant_id: str, values: Mapping[str, Any], made: Brought) -> None:
        core: dict[str, Any] = {}
        if "name" in values:
            core["name"] = made.name
        if values.get("slug") is not None:
            core["slug"] = made.slug
        if "is_active" in values:
            core["status"] = "active" if made.active else "archived"
        if "is_demo" in values:
            core["is_demo"] = made.demo
        if "parent_assistant" in values:
            named = original(values["parent_assistant"])
            core["parent_assistant"] = None if named is None else await self._assistant(scope, named)
        if core:
            await self._service.change(scope, assistant_id, None, core)

    async def _targets(
        self, scope: Scope, assistant_id: str, values: Mapping[str, Any], made: Brought
    ) -> dict[str, Any]:
        """Return the ids here of what is named, by field, where this room has it; raises AssistantNotFound."""
        found: dict[str, Any] = {}
        for name in ("mentor_assistant", "spawned_by"):
            if name in values:
                there = original(values[name])
                found[name] = None if there is None else await self._assistant(scope, there)
        if made.prompt is not None:
            title = made.said.get("prompt_title") or "Prompt"
            found["system_prompt"] = await self._prompts.create(scope, str(title), made.prompt, None)
        elif "system_prompt" in values:
            there = original(values["system_prompt"])
            found["system_prompt"] = None if there is None else await self._prompt(scope, there)
        return found

    async def _assistant(self, scope: Scope, reference: str) -> str:
        try:
            return str((await self._reading.find(scope, reference))["core.id"])
        except AssistantNotFound as error:
            raise AssistantNotFound(f"There is no assistant {reference!r}.", assistant=reference) from error

    async def _prompt(self, scope: Scope, reference: str) -> str:
        found = await self._flat.prompt_id(scope, reference)
        if found is None:
            raise FieldInvalid(errors=[{"path": "system_prompt", "message": "There is no such prompt."}])
        return found

    async def _facet(
        self,
        scope: Scope,
        row: Row,
        facet: str,
        values: Mapping[str, Any],
        made: Brought,
        targets: Mapping[str, Any],
    ) -> State:
        """Write the named fields of a facet; return all of it as a version keeps it."""
        assistant_id = row["core.id"]
        names = [name for name, (of, _) in FIELD_OF.items() if of == facet and name in values]
        columns: dict[str, Any] = {}
        for name in names:
            kind = FIELD_OF[name][1].kind
            if kind == "vector":
                continue
            value = targets[name] if name in targets else made.states[facet].get(name)
            columns[name] = _driver(kind, value)
        if "system_prompt" in targets:
            columns |= (
                {"prompt_version": None if targets["system_prompt"] is None else 1} if "system_prompt" in names else {}
            )
        changed: Row | None = dict(row)
        if columns:
            changed = await self._assistants.change_facet(scope, assistant_id, facet, None, columns)
        if changed is None:
            raise AssistantNotFound(assistant=assistant_id)
        before = kept_in(row, facet)
        odd = {name: value for name, value in before.items() if name not in names} | made.odd.get(facet, {})
        if odd != before:
            await self._assistants.keep_unknown(scope, assistant_id, facet, odd or None)
        if facet == "display" and made.states["display"].get("is_primary"):
            await self._assistants.only_primary(scope, assistant_id)
        return state_of(changed, facet)

    async def _vectors(self, scope: Scope, assistant_id: str, values: Mapping[str, Any], made: Brought) -> None:
        about = {"assistant_id": assistant_id, "model": made.vector_model}
        rows = [
            {**about, "field": name, "dimension": len(made.said[name]), "data": data}
            for name, data in made.vectors.items()
        ]
        await self._history.add_vectors(scope, rows)
        gone = [name for name in _VECTORS if name in values and name not in made.vectors]
        await self._history.forget_vectors(scope, assistant_id, gone)


def _allowed(wanted: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to change; raises FieldInvalid for names that there never were, FieldUnwritable."""
    unknown = [name for name in wanted if name not in NAMES and name not in now]
    if unknown:
        raise FieldInvalid(errors=[{"path": name, "message": "There is no such field."} for name in unknown])
    closed = [name for name in FIXED if name in wanted and wanted[name] != now.get(name)]
    if closed:
        raise FieldUnwritable(f"{', '.join(closed)}: nobody writes it.", fields=closed)
    return {name: value for name, value in wanted.items() if name not in FIXED}


def _touched(values: Mapping[str, Any]) -> set[str]:
    return {CORE_STATE if name in CORE else "facet" for name in values}


def _driver(kind: str, value: Any) -> Any:
    if value is None:
        return None
    return milliseconds(value) if kind == "moment" else text_of(value) if kind in _JSON else value


def _legacy(row: Row, values: Mapping[str, Any], made: Brought, targets: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the legacy document with what was said anew of the written names."""
    now: dict[str, dict[str, Any]] = orjson.loads(row["core.legacy"]) if row["core.legacy"] else {}
    parts = {
        part: {n: v for n, v in (now.get(part) or {}).items() if n not in values} for part in ("flat", "exact", "refs")
    }
    parts["flat"] |= made.homeless
    parts["exact"] |= made.exact
    parts["refs"] |= {
        name: there
        for name, _, there in made.references
        if name in RELATIONS and name not in _OWN and name not in targets
    }
    if made.prompt is not None:
        parts["exact"]["system_prompt"] = (made.said["system_prompt"], targets["system_prompt"])
    return {part: held for part, held in parts.items() if held} or None


_VECTORS: Final = ("capability_embedding", "embedding", "initial_embedding", "belief_vector", "preferred_rag_vector")
