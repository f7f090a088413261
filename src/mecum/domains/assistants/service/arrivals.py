"""Assistants that come from elsewhere: nothing of them is refused, and what fits no field is kept as it came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mecum.domains.assistants.model import FACETS
from mecum.domains.assistants.repository import AssistantRepository, HistoryRepository, PictureRepository
from mecum.domains.assistants.rules import pictures, slugs
from mecum.domains.assistants.rules.pictures import Picture
from mecum.domains.assistants.rules.values import State
from mecum.domains.assistants.rules.vectors import packed
from mecum.domains.assistants.service.births import Births
from mecum.domains.assistants.service.columns import taken_in
from mecum.domains.assistants.service.keeping import Kept
from mecum.domains.assistants.service.prompts import PromptService
from mecum.infra.storage import Scope
from mecum.kernel import ids


@dataclass(frozen=True, slots=True)
class BroughtVector:
    """A vector of any dimension; `model` is None where nobody said which it is of."""

    field: str
    values: Sequence[float]
    model: str | None = None


@dataclass(frozen=True, slots=True)
class BroughtText:
    """A text that its prompt had."""

    text: str
    note: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """An assistant as it was elsewhere.

    `core` are columns of the core, at least its `name`; `facets` are fields as the wire has them, those that were
    measured among them; `legacy` is what has no field here.
    """

    core: Mapping[str, Any]
    facets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    prompt: str | None = None
    vectors: Sequence[BroughtVector] = ()
    legacy: Mapping[str, Any] | None = None
    texts: Sequence[BroughtText] = ()
    """Every text of its prompt, in the place of `prompt`, which is one of them."""
    current: int = 1
    """The number of the text that counts."""
    versions: Sequence[Kept] = ()
    """What it was before, the oldest first, but for the id of its prompt."""
    picture: Picture | None = None


class Arrivals:
    """Takes assistants in."""

    def __init__(self, births: Births, prompts: PromptService) -> None:
        self._births, self._prompts, self._history = births, prompts, HistoryRepository()
        self._assistants, self._pictures = AssistantRepository(), PictureRepository()

    async def free_slug(self, scope: Scope, wanted: str) -> str:
        """Return this slug, or the next like it that no assistant of the subject has."""
        return slugs.free(wanted, await self._assistants.slugs(scope, wanted))

    async def is_here(self, scope: Scope, assistant_id: str) -> bool:
        """Whether the subject has this assistant, in the trash or not."""
        return await self._assistants.find(scope, assistant_id, deleted=True) is not None

    async def changed_after(self, scope: Scope, assistant_id: str, moment: datetime) -> bool:
        """Whether anybody changed an assistant after a moment; that it was brought in then is no change."""
        return await self._history.changed_after(scope, assistant_id, moment)

    async def take(self, scope: Scope, arrival: Arrival) -> tuple[str, dict[str, State]]:
        """Store an assistant; return its id and, by facet, what fits no field of it.

        What does not fit is kept and shown in `unknown`, and the field behaves as by default. Raises SlugTaken.
        """
        states: dict[str, State] = {}
        odd: dict[str, State] = {}
        for facet in FACETS:
            states[facet], odd[facet] = taken_in(facet, arrival.facets.get(facet, {}))
        core: State = {"id": ids.new("ast"), **arrival.core, "legacy": arrival.legacy}
        if arrival.picture is not None:
            states["identity"]["avatar"] = pictures.address(core["id"], arrival.picture.sha256)
        prompt_id = await self._prompt(scope, arrival, states["configuration"])
        versions = [_rewritten(version, prompt_id, states["identity"].get("avatar")) for version in arrival.versions]
        assistant_id = await self._births.store(scope, core, states, "imported", odd, versions)
        await self._history.add_vectors(scope, [_row(assistant_id, vector) for vector in arrival.vectors])
        if arrival.picture is not None:
            await keep_picture(self._pictures, scope, assistant_id, arrival.picture)
        return assistant_id, {facet: kept for facet, kept in odd.items() if kept}

    async def _prompt(self, scope: Scope, arrival: Arrival, configuration: State) -> str | None:
        """Make the prompt with all its texts, and let the assistant have it; return its id."""
        texts = arrival.texts or ([] if arrival.prompt is None else [BroughtText(arrival.prompt)])
        if not texts:
            return None
        title = configuration.get("prompt_title") or arrival.core["name"]
        prompt_id = await self._prompts.create(scope, title, texts[0].text, texts[0].note, texts[0].created_at)
        for one in texts[1:]:
            await self._prompts.write(scope, prompt_id, one.text, one.note, one.created_at)
        configuration |= {"system_prompt": prompt_id, "prompt_version": min(max(arrival.current, 1), len(texts))}
        return prompt_id


async def keep_picture(repository: PictureRepository, scope: Scope, assistant_id: str, picture: Picture) -> None:
    """Store a picture in the place of what was there."""
    row = {"media_type": picture.media_type, "sha256": picture.sha256, "data": picture.data}
    await repository.keep_picture(scope, assistant_id, row)


def _row(assistant_id: str, vector: BroughtVector) -> dict[str, Any]:
    return {
        "assistant_id": assistant_id,
        "field": vector.field,
        "model": vector.model,
        "dimension": len(vector.values),
        "data": packed(vector.values),
    }


def _rewritten(version: Kept, prompt_id: str | None, avatar: str | None) -> Kept:
    """Return a version in which its prompt and its picture are those that it has here."""
    state = {facet: dict(fields) for facet, fields in version.state.items()}
    configuration, identity = state.get("configuration", {}), state.get("identity", {})
    if prompt_id is not None and "prompt_version" in configuration:
        configuration["system_prompt"] = prompt_id
    if avatar is not None and pictures.is_somewhere(identity.get("avatar")):
        identity["avatar"] = avatar
    return Kept(version.number, version.reason, state, version.created_at)
