"""Which models there are, and which one answers: found by themselves, chosen for a reason that is said."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mecum.inference.errors import ModelNotFound, ModelRefused, ModelUnavailable
from mecum.inference.ports import ChatModel, ModelInfo, Provider
from mecum.kernel.errors import MecumError

_log = logging.getLogger("mecum.models")
_ASK_SECONDS = 5.0
_MOST_CHOICES = 1000
_ROLES = frozenset(
    f"role:{name}" for name in ("chat", "titler", "summariser", "vision", "planner", "executor", "critic")
)
"""The roles that answer in text; until roles can be mapped, the best model fills each."""
_UNLISTED = frozenset({"openai", "anthropic", "google"})
"""Whose servers answer under more names than they list."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that will answer, and why it."""

    info: ModelInfo
    model: ChatModel
    reason: str


class Registry:
    """The providers of this instance and the models they listed last."""

    def __init__(self, providers: Sequence[Provider] = ()) -> None:
        self._providers: dict[str, Provider] = {provider.endpoint: provider for provider in providers}
        self._models: dict[str, dict[str, ModelInfo]] = {}
        self._changed: list[Callable[[], None]] = []
        self._opened: dict[str, ChatModel] = {}
        self._choices: dict[tuple[str | None, bool, bool], Choice] = {}
        """What was chosen since the models last changed: every turn asks, several times."""

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever the list of models differs from before."""
        self._changed.append(callback)

    def add(self, provider: Provider) -> None:
        """Add or replace an endpoint; its models appear with the next refresh."""
        self._providers[provider.endpoint] = provider
        self._forget(provider.endpoint)

    async def remove(self, endpoint: str) -> None:
        """Remove an endpoint and its models."""
        provider = self._providers.pop(endpoint, None)
        self._models.pop(endpoint, None)
        self._forget(endpoint)
        if provider is not None:
            await provider.close()
        self._tell()

    def provider(self, endpoint: str) -> Provider | None:
        """Return the provider of an endpoint."""
        return self._providers.get(endpoint)

    async def refresh(self, *, everywhere: bool = False) -> list[ModelInfo]:
        """Ask every endpoint what it has; one that does not answer keeps its models, marked as not available.

        By itself only on this machine: an endpoint beyond it is asked when a person wants it (`everywhere`), and once
        before the first choice that may need it.
        """
        before = self.models()
        async with asyncio.TaskGroup() as group:
            for provider in [p for p in self._providers.values() if everywhere or p.local]:
                group.create_task(self._ask(provider))
        after = self.models()
        if after != before:
            self._tell()
        return after

    async def complete(self, *, everywhere: bool = True) -> None:
        """Ask the endpoints that never were asked: a person is about to need a model, or (not `everywhere`) looks."""
        if self._models.keys() >= self._providers.keys():
            return
        unasked = [p for p in self._providers.values() if (everywhere or p.local) and p.endpoint not in self._models]
        if not unasked:
            return
        async with asyncio.TaskGroup() as group:
            for provider in unasked:
                group.create_task(self._ask(provider))
        self._tell()

    def models(self) -> list[ModelInfo]:
        """Return all models, the one that would be chosen first at the front."""
        found = [info for models in self._models.values() for info in models.values()]
        return sorted(found, key=_preference)

    def find(self, ref: str) -> ModelInfo | None:
        """Return the model with this reference, or whose name this is when only one has it."""
        endpoint, _, _ = ref.partition("/")
        if (info := self._models.get(endpoint, {}).get(ref)) is not None:
            return info
        named = [info for info in self.models() if info.name == ref]
        return named[0] if len(named) == 1 else None

    def choose(self, wanted: str | None = None, *, vision: bool = False, real: bool = False) -> Choice:
        """Return the model for `wanted`: a reference, `role:NAME`, or None for the role chat.

        `real` leaves the built-in responder out. Raises ModelNotFound, or ModelUnavailable when nothing can answer now.
        """
        known = self._choices.get((wanted, vision, real))
        if known is None:
            known = self._chosen(wanted, vision=vision, real=real)
            if len(self._choices) >= _MOST_CHOICES:
                self._choices.clear()
            self._choices[wanted, vision, real] = known
        return known

    def _chosen(self, wanted: str | None, *, vision: bool, real: bool) -> Choice:
        if wanted is None or wanted in _ROLES:
            return self._best(vision=vision, real=real)
        if wanted.startswith("role:"):
            raise ModelNotFound(f"There is no role {wanted.removeprefix('role:')!r}.")
        if wanted.startswith("assistant:"):
            raise ModelNotFound(f"There is no assistant {wanted.removeprefix('assistant:')!r}.")
        info = self.find(wanted)
        if info is None:
            info = self._unlisted(wanted)
        if info.embeds:
            raise ModelRefused(f"{info.ref} turns text into vectors and answers nothing.", parameter="model")
        if not info.available:
            raise ModelUnavailable(f"{info.ref} is not available now: {info.detail or 'its server does not answer.'}")
        return Choice(info, self._open(info), "You chose it.")

    async def close(self) -> None:
        """Stop what the providers started."""
        for provider in self._providers.values():
            await provider.close()

    def _best(self, *, vision: bool, real: bool) -> Choice:
        usable = [m for m in self.models() if _volunteers(m) and not (real and m.recalls)]
        seeing = [m for m in usable if m.vision] if vision else []
        if not usable:
            raise ModelUnavailable("No model can answer now.")
        best = (seeing or usable)[0]
        return Choice(best, self._open(best), _reason(best, usable) + self._passed_over(best))

    def _passed_over(self, best: ModelInfo) -> str:
        """Return a sentence about what would have been chosen, were there memory for it."""
        passed = [m for m in self.models() if m.fits is False and _volunteers(replace(m, fits=None))]
        if not passed or _preference(replace(passed[0], fits=None)) > _preference(best):
            return ""
        return f" {passed[0].name} does not fit into the memory that is free."

    def _unlisted(self, wanted: str) -> ModelInfo:
        """A server may have models it does not list: ask it anyway, when the endpoint is named."""
        endpoint, _, name = wanted.partition("/")
        provider = self._providers.get(endpoint)
        listed = self._models.get(endpoint)
        if provider is None or not name:
            raise ModelNotFound(f"There is no model {wanted!r} here.")
        if listed is None:
            raise ModelUnavailable(f"{endpoint} does not answer.")
        sample = next(iter(listed.values()), None)
        if sample is None or sample.provider not in _UNLISTED:
            raise ModelNotFound(f"{endpoint} has no model {name!r}.")
        return replace(sample, ref=wanted, name=name, context_length=None, vision=None, tools=None, detail="")

    def _open(self, info: ModelInfo) -> ChatModel:
        model = self._opened.get(info.ref)
        if model is None:
            model = self._opened[info.ref] = self._providers[info.endpoint].open(info)
        return model

    async def _ask(self, provider: Provider) -> None:
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                found = await provider.models()
        except (MecumError, TimeoutError) as error:
            known = self._models.get(provider.endpoint, {})
            self._choices.clear()
            self._models[provider.endpoint] = {r: replace(m, available=False) for r, m in known.items()}
            # Said once: most machines have no server there, and never will.
            said = logging.INFO if any(info.available for info in known.values()) else logging.DEBUG
            _log.log(
                said, "endpoint does not answer", extra={"endpoint": provider.endpoint, "reason": type(error).__name__}
            )
            return
        if self._providers.get(provider.endpoint) is not provider:
            # Removed or replaced while it was being asked.
            return
        fresh = {info.ref: info for info in found}
        if fresh != self._models.get(provider.endpoint):
            self._forget(provider.endpoint)
        self._models[provider.endpoint] = fresh

    def _forget(self, endpoint: str) -> None:
        self._choices.clear()
        self._opened = {ref: model for ref, model in self._opened.items() if not ref.startswith(endpoint + "/")}

    def _tell(self) -> None:
        for callback in self._changed:
            callback()


def _volunteers(info: ModelInfo) -> bool:
    return info.available and info.fits is not False and not (info.raw_only or info.on_request or info.embeds)


def _preference(info: ModelInfo) -> tuple[bool, bool, bool, bool, int, bool, int, str]:
    too_large = info.fits is False
    size = -(info.size_bytes or 0)
    return (
        not info.available,
        bool(info.embeds),
        too_large,
        info.on_request,
        -info.rank,
        info.raw_only,
        size,
        info.ref,
    )


def _reason(best: ModelInfo, usable: Sequence[ModelInfo]) -> str:
    if best.recalls:
        return "No language model is loaded, so the built-in search answers."
    same = [info for info in usable if info.endpoint == best.endpoint]
    where = "on this machine" if best.local else "in the cloud"
    if len(same) == 1:
        return f"The only model of {best.endpoint}, {where}."
    kind = "largest" if best.size_bytes else "first"
    return f"The {kind} of {len(same)} models of {best.endpoint}, {where}."
