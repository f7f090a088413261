"""Assistants that come from elsewhere: nothing of them is refused, and what fits no field is kept as it came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mecum.domains.assistants.model import FACETS
from mecum.domains.assistants.repository import HistoryRepository
from mecum.domains.assistants.rules.values import State
from mecum.domains.assistants.rules.vectors import packed
from mecum.domains.assistants.service.births import Births
from mecum.domains.assistants.service.columns import taken_in
from mecum.domains.assistants.service.prompts import PromptService
from mecum.infra.storage import Scope


@dataclass(frozen=True, slots=True)
class BroughtVector:
    """A vector of any dimension; `model` is None where nobody said which it is of."""

    field: str
    values: Sequence[float]
    model: str | None = None


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


class Arrivals:
    """Takes assistants in."""

    def __init__(self, births: Births, prompts: PromptService) -> None:
        self._births, self._prompts, self._history = births, prompts, HistoryRepository()

    async def take(self, scope: Scope, arrival: Arrival) -> tuple[str, dict[str, State]]:
        """Store an assistant; return its id and, by facet, what fits no field of it.

        What does not fit is kept and shown in `unknown`, and the field behaves as by default. Raises SlugTaken.
        """
        states: dict[str, State] = {}
        odd: dict[str, State] = {}
        for facet in FACETS:
            states[facet], odd[facet] = taken_in(facet, arrival.facets.get(facet, {}))
        if arrival.prompt is not None:
            title = states["configuration"].get("prompt_title") or arrival.core["name"]
            prompt_id = await self._prompts.create(scope, title, arrival.prompt, None)
            states["configuration"] |= {"system_prompt": prompt_id, "prompt_version": 1}
        core = {**arrival.core, "legacy": arrival.legacy}
        assistant_id = await self._births.store(scope, core, states, "imported", odd)
        rows = [
            {
                "assistant_id": assistant_id,
                "field": vector.field,
                "model": vector.model,
                "dimension": len(vector.values),
                "data": packed(vector.values),
            }
            for vector in arrival.vectors
        ]
        await self._history.add_vectors(scope, rows)
        return assistant_id, {facet: kept for facet, kept in odd.items() if kept}
