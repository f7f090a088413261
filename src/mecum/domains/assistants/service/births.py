"""New assistants: made, cloned from another, spawned by one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mecum.domains.assistants.errors import AssistantNotFound, SlugTaken
from mecum.domains.assistants.model import FACETS
from mecum.domains.assistants.repository import AssistantRepository, PictureRepository, ViewRepository
from mecum.domains.assistants.rules import inheritance, pictures, slugs
from mecum.domains.assistants.rules.history import CORE, States
from mecum.domains.assistants.rules.values import State
from mecum.domains.assistants.rules.wire import state_of
from mecum.domains.assistants.service.columns import Relations, columns_of, require_writable
from mecum.domains.assistants.service.keeping import Keeper, Kept, core_state, kept
from mecum.domains.assistants.service.prompts import PromptService, require_storable
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids

_CORE_GIVEN: Final = ("name", "slug", "status", "is_demo", "parent_assistant")


class Births:
    """Makes assistants of the subject; each method returns the id of a new one."""

    def __init__(self, keeper: Keeper, prompts: PromptService) -> None:
        self._keeper, self._prompts = keeper, prompts
        self._assistants, self._views, self._relations = AssistantRepository(), ViewRepository(), Relations()
        self._pictures = PictureRepository()

    async def create(self, scope: Scope, wanted: Mapping[str, Any], reason: str = "created") -> str:
        """Make an assistant: fields of the core, `prompt` (its text), and the fields of facets that are given.

        Raises SlugTaken, AssistantNotFound (no such parent or mentor), FieldInvalid, FieldUnwritable.
        """
        states: States = {facet: dict(wanted.get(facet) or {}) for facet in FACETS}
        for facet, state in states.items():
            require_writable(facet, state)
        growth = states["growth"]
        if growth.get("mentor_assistant"):
            growth["mentor_assistant"] = await self._relations.named(
                scope, growth["mentor_assistant"], None, mentor=True
            )
        if wanted.get("prompt"):
            title = states["configuration"].get("prompt_title") or wanted["name"]
            prompt_id = await self._prompts.create(scope, title, wanted["prompt"], None)
            states["configuration"] |= {"system_prompt": prompt_id, "prompt_version": 1}
        parent = await self._relations.named(scope, wanted.get("parent_assistant"), None, mentor=False)
        given = {name: wanted[name] for name in _CORE_GIVEN if wanted.get(name) is not None}
        return await self.store(scope, {**given, "parent_assistant": parent}, states, reason)

    async def clone(self, scope: Scope, reference: str, wanted: Mapping[str, Any]) -> str:
        """Make a clone of an assistant; raises AssistantNotFound, SlugTaken."""
        row, states = await self._source(scope, reference)
        facets = inheritance.cloned(states, source_id=row["core.id"], source_is_demo=bool(row["core.is_demo"]))
        clone_id = ids.new("ast")
        picture = await self._picture(scope, row["core.id"], facets["identity"], clone_id)
        core = {
            "id": clone_id,
            "name": wanted.get("name") or row["core.name"],
            "slug": wanted.get("slug"),
            "status": wanted.get("status", "active"),
            "parent_assistant": row["core.parent_assistant"],
            "current_project": row["core.current_project"],
        }
        await self.store(scope, core, facets, "cloned")
        await self._pictures.keep_picture(scope, clone_id, picture)
        return clone_id

    async def spawn(self, scope: Scope, reference: str, wanted: Mapping[str, Any]) -> str:
        """Make an assistant that belongs under another and has its traits; raises AssistantNotFound, SlugTaken."""
        row, states = await self._source(scope, reference)
        require_storable(reason=wanted["reason"])
        facets = inheritance.spawned(
            states, source_id=row["core.id"], reason=wanted["reason"], traits=wanted.get("traits")
        )
        core = {"name": wanted["name"], "slug": wanted.get("slug"), "parent_assistant": row["core.id"]}
        return await self.store(scope, core, facets, "spawned")

    async def _picture(self, scope: Scope, source_id: str, identity: State, clone_id: str) -> dict[str, Any] | None:
        """Let a clone have a picture of its own where its source has one: the source may go."""
        if not pictures.is_at(identity.get("avatar"), source_id):
            return None
        found = await self._pictures.picture(scope, source_id)
        if found is None:
            return None
        identity["avatar"] = pictures.address(clone_id, found.sha256)
        return {"media_type": found.media_type, "sha256": found.sha256, "data": found.data}

    async def _source(self, scope: Scope, reference: str) -> tuple[Mapping[str, Any], States]:
        row = await self._views.find(scope, reference, "full")
        if row is None:
            raise AssistantNotFound(assistant=reference)
        return row, kept({facet: state_of(row, facet) for facet in FACETS})

    async def store(
        self,
        scope: Scope,
        given: Mapping[str, Any],
        states: States,
        reason: str,
        unknown: Mapping[str, Mapping[str, Any]] | None = None,
        versions: Sequence[Kept] = (),
    ) -> str:
        """Store a new assistant: columns of its core, what each facet says, and what is no value of its field.

        `versions` are what it was before it came here; without any, it begins with a first one. Raises SlugTaken,
        FieldInvalid.
        """
        require_storable(name=given["name"])
        now = clock.now()
        core: State = {
            "id": ids.new("ast"),
            "status": "active",
            "is_demo": False,
            "version": 1,
            "created_at": now,
            "updated_at": now,
            **{name: value for name, value in given.items() if value is not None},
            "slug": await self._slug(scope, given),
            "revision": versions[-1].number if versions else 1,
        }
        odd = unknown or {}
        columns = {f: {**columns_of(f, state), "unknown": odd.get(f) or None} for f, state in states.items()}
        await self._assistants.add(scope, core, columns)
        if states["display"].get("is_primary"):
            await self._assistants.only_primary(scope, core["id"])
        await self._keeper.born(scope, core["id"], reason, {CORE: core_state(core), **states}, now, versions)
        return str(core["id"])

    async def _slug(self, scope: Scope, given: Mapping[str, Any]) -> str:
        """Return the slug that was asked for, or a free one made of the name; raises SlugTaken."""
        wanted = given.get("slug")
        start = wanted or slugs.slug_of(given["name"])
        taken = await self._assistants.slugs(scope, start)
        if wanted is not None and (wanted in taken or wanted in slugs.RESERVED):
            raise SlugTaken(slug=wanted)
        return slugs.free(start, taken)
