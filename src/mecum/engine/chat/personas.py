"""Which assistant answers a turn, if one does, and what follows from it for what is asked of a model."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from mecum.domains.assistants.ports import REFERENCE, Persona
from mecum.engine.chat.turn import TurnRequest
from mecum.inference.errors import ModelNotFound
from mecum.inference.registry import Registry
from mecum.inference.routing.router import Router
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

Find = Callable[[Subject, str], Awaitable[Persona]]
"""Returns the subject's assistant with this id or slug; raises AssistantNotFound."""


class Answering:
    """An assistant that answers a turn. `missing` is its model where there is none of that name here."""

    def __init__(self, persona: Persona, *, asked: bool, missing: str | None) -> None:
        self.persona, self.asked, self.missing = persona, asked, missing

    def stored(self) -> dict[str, Any]:
        """Return what a run keeps of it: who answered, as it was then."""
        persona = self.persona
        kept: dict[str, Any] = {"id": persona.assistant_id, "revision": persona.revision}
        if not persona.recalls:
            kept["recalls"] = False
        if self.missing is not None:
            kept["missing"] = self.missing
        return kept


class Personas:
    """Finds the assistant a request or its conversation names; a plain turn asks nothing of anybody."""

    def __init__(self, find: Find, registry: Registry, router: Router) -> None:
        self._find, self._registry, self._router = find, registry, router

    async def named(self, subject: Subject, model: str | None) -> Answering | None:
        """Return the assistant that `model` names, if it names one; raises AssistantNotFound."""
        reference = reference_in(model)
        return None if reference is None else await self._answering(subject, reference, asked=True)

    async def of(self, request: TurnRequest, config: Mapping[str, Any]) -> Answering | None:
        """Return who answers: whom the request names, otherwise whom the conversation does.

        Raises AssistantNotFound.
        """
        if (named := await self.named(request.subject, request.model)) is not None:
            return named
        reference = reference_in(config.get("model")) or config.get("assistant_id")
        return None if reference is None else await self._answering(request.subject, reference, asked=False)

    async def _answering(self, subject: Subject, reference: str, *, asked: bool) -> Answering:
        persona = await self._find(subject, reference)
        if persona.model is None or await self._known(persona.model):
            return Answering(persona, asked=asked, missing=None)
        # One that came from elsewhere may want a model nobody has here: it answers by the role chat, and says so.
        return Answering(replace(persona, model=None), asked=asked, missing=persona.model)

    async def _known(self, model: str) -> bool:
        if not self._registry.ready(model):
            await self._registry.complete(model)
        try:
            self._router.choose(model)
        except ModelNotFound:
            return False
        except MecumError:
            # It is away, or may not be asked now; the turn says so itself.
            return True
        return True


def reference_in(model: str | None) -> str | None:
    """Return the slug or id in `assistant:SLUG`, None for the name of a model."""
    return model.removeprefix(REFERENCE) if model is not None and model.startswith(REFERENCE) else None


def model_of(request: TurnRequest, config: Mapping[str, Any], answering: Answering | None) -> str | None:
    """Return the model a turn wants: the request's own, the conversation's, then the assistant's."""
    plain = None if reference_in(request.model) else request.model
    kept = None if reference_in(config.get("model")) else config.get("model")
    if answering is None:
        return plain or kept
    own = answering.persona.model
    return plain or (own if answering.asked else kept or own)


def temperature_of(request: TurnRequest, config: Mapping[str, Any], answering: Answering | None) -> float | None:
    """Return the temperature, in the same order."""
    own = None if answering is None else answering.persona.temperature
    kept = config.get("temperature")
    order = [request.temperature, *((own, kept) if answering is not None and answering.asked else (kept, own))]
    return next((one for one in order if one is not None), None)


def prompt_of(
    request: TurnRequest, config: Mapping[str, Any], answering: Answering | None, instructions: str | None = None
) -> str | None:
    """Return the system prompt: the assistant's, below it the project's instructions, and below those what the request
    or else the conversation says."""
    said: str | None = request.system_prompt if request.system_prompt is not None else config.get("system_prompt")
    if answering is None and instructions is None:
        return said
    own = None if answering is None else answering.persona.prompt
    return "\n\n".join(part for part in (own, instructions, said) if part)
