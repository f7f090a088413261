"""Which model servers there are, what each listed when it was asked last, and when they are asked."""

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mecum.inference.errors import ModelNotFound, ModelUnavailable
from mecum.inference.lanes import Lane, LimitedModel
from mecum.inference.ports import ChatModel, ModelInfo, Provider
from mecum.inference.selection.naming import missing, names_of
from mecum.inference.selection.ranking import preference
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

_log = logging.getLogger("mecum.models")
_ASK_SECONDS = 5.0
_AGAIN_SECONDS = 15.0
GRACE_SECONDS = 1.0
"""How long a turn waits for endpoints never asked before, when all it has is the built-in responder."""
_MOST_KNOWN = 1000
_NO_LIMIT = 1 << 30
_UNLISTED = frozenset({"openai", "anthropic", "google"})
"""Whose servers answer under more names than they list."""


@dataclass(frozen=True, slots=True)
class Silence:
    """That an endpoint did not answer when it was asked last (`asked`, monotonic seconds), what was wrong, and since
    when (milliseconds since 1970) it was so whenever it was asked."""

    since: int
    asked: float
    said: str
    kind: type[ModelUnavailable] = ModelUnavailable

    @property
    def why(self) -> str:
        """The rest of the sentence that an endpoint does not answer, without a full stop."""
        wrong = self.said.removesuffix(".")
        return f"since {clock.from_milliseconds(self.since):%Y-%m-%d %H:%M} UTC{f': {wrong}' if wrong else ''}"

    @property
    def stop(self) -> str:
        """What ends the sentence."""
        return "" if self.said.endswith(("?", "!")) else "."


class Endpoints:
    """The providers of this instance and the models they listed last."""

    def __init__(self, providers: Sequence[Provider] = ()) -> None:
        self._providers: dict[str, Provider] = {provider.endpoint: provider for provider in providers}
        self._models: dict[str, dict[str, ModelInfo]] = {}
        self._changed: list[Callable[[], None]] = []
        self._opened: dict[str, ChatModel] = {}
        self._found: dict[str, ModelInfo | None] = {}
        """What was found by name since the models last changed."""
        self._guessed: dict[str, ModelInfo] = {}
        """What an endpoint may have without listing it."""
        self._lanes: dict[str, Lane] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._derived: list[Provider] = []
        self._silent: dict[str, Silence] = {}

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever the list of models differs from before."""
        self._changed.append(callback)

    def announce(self) -> None:
        """Tell who listens that another model may answer now, though the list is the same."""
        self._tell()

    def add(self, provider: Provider) -> None:
        """Add or replace an endpoint; its models appear with the next refresh."""
        self._providers[provider.endpoint] = provider
        self._forget(provider.endpoint)

    def derive(self, provider: Provider) -> None:
        """Add an endpoint whose models are made of other endpoints'."""
        self.add(provider)
        self._derived.append(provider)

    def derive_anew(self) -> None:
        """What derived endpoints are made of was configured anew: list them in the background."""
        for provider in self._derived:
            self._begin_asking(provider.endpoint)

    async def remove(self, endpoint: str) -> None:
        """Remove an endpoint and its models."""
        provider = self._providers.pop(endpoint, None)
        self._models.pop(endpoint, None)
        self._silent.pop(endpoint, None)
        self._forget(endpoint)
        if provider is not None:
            await provider.close()
        self._tell()

    def providers(self) -> list[Provider]:
        """Return every endpoint's provider."""
        return list(self._providers.values())

    def provider(self, endpoint: str) -> Provider | None:
        """Return the provider of an endpoint."""
        return self._providers.get(endpoint)

    def limit(self, endpoint: str, most: int) -> None:
        """Let the models of an endpoint make at most so many answers at once, all of them together."""
        if (lane := self._lanes.get(endpoint)) is not None:
            lane.resize(most)
            return
        self._lanes[endpoint] = Lane(most)
        self._choose_anew()

    def limit_all(self, most: Mapping[str, int]) -> None:
        """Let these limits hold, by endpoint, and no other."""
        for endpoint in self._lanes.keys() - most.keys():
            # Who waits there comes in.
            self._lanes.pop(endpoint).resize(_NO_LIMIT)
            self._choose_anew()
        for endpoint, number in most.items():
            self.limit(endpoint, number)

    def limited(self, endpoint: str) -> int | None:
        """Return how many answers an endpoint may make at once; None where there is no limit."""
        lane = self._lanes.get(endpoint)
        return None if lane is None else lane.most

    def silence(self, endpoint: str) -> str | None:
        """Return the sentence that an endpoint did not answer when it was asked last, and why; None where it did."""
        silent = self._silent.get(endpoint)
        return None if silent is None else f"{endpoint} does not answer {silent.why}{silent.stop}"

    def silences(self) -> dict[str, str]:
        """Return of each endpoint that did not answer when it was asked last since when, and why: half a sentence."""
        return {endpoint: silent.why for endpoint, silent in self._silent.items()}

    def away(self, endpoint: str) -> ModelUnavailable | None:
        """Return the error that an endpoint does not answer, of the kind it was when asked; None where it did."""
        silent, sentence = self._silent.get(endpoint), self.silence(endpoint)
        return None if silent is None or sentence is None else silent.kind(sentence)

    def doubt(self, endpoint: str) -> None:
        """A model of an endpoint did not answer: see in the background whether the endpoint still does, so that the
        next question goes elsewhere where it may."""
        if endpoint in self._models and endpoint not in self._silent and endpoint in self._providers:
            self._begin_asking(endpoint)

    def doubt_silence(self) -> None:
        """Something is otherwise: who wants a model of an endpoint that did not answer has it asked again at once."""
        self._silent = {endpoint: replace(silent, asked=-math.inf) for endpoint, silent in self._silent.items()}

    def absence(self, info: ModelInfo) -> str:
        """Return the sentence that a listed model is not available, and why."""
        why = self.silence(info.endpoint) or info.detail or "its server does not answer."
        return f"{info.ref} is not available now: {why}"

    def lane(self, info: ModelInfo) -> Lane | None:
        """Return where requests to this model wait for their turn; None where there is no limit."""
        return self._lanes.get(info.endpoint)

    def models(self) -> list[ModelInfo]:
        """Return all models, the one that would be chosen first at the front."""
        found = [info for models in self._models.values() for info in models.values()]
        return sorted(found, key=preference)

    def find(self, ref: str) -> ModelInfo | None:
        """Return the model with this reference, or whose name this is when only one has it: its own name, else one it
        may be configured under (without its `:latest`, or as `provider:name`)."""
        if ref not in self._found:
            make_room(self._found)
            self._found[ref] = self._listed(ref)
        return self._found[ref]

    def get(self, ref: str) -> ModelInfo:
        """Return the model as `find` does; raises ModelNotFound, ModelAmbiguous, or ModelUnavailable where the endpoint
        that is named does not answer."""
        info = self.find(ref)
        if info is not None:
            return info
        if (away := self.away(ref.partition("/")[0])) is not None:
            raise away
        raise missing(ref, self.models())

    def lookup(self, ref: str) -> ModelInfo | None:
        """Return a model as `find` does, also one that its server has without listing it."""
        info = self.find(ref) or self._guessed.get(ref)
        if info is None:
            with contextlib.suppress(ModelNotFound, ModelUnavailable):
                make_room(self._guessed)
                info = self._guessed[ref] = self._unlisted(ref)
        return info

    def model(self, info: ModelInfo) -> ChatModel:
        """Return the model as turns ask it: within the limit of its endpoint."""
        lane = self.lane(info)
        return self.open(info) if lane is None else LimitedModel(self.open(info), lane)

    def open(self, info: ModelInfo) -> ChatModel:
        """Return the model itself, whatever limit its endpoint has."""
        model = self._opened.get(info.ref)
        if model is None:
            model = self._opened[info.ref] = self._providers[info.endpoint].open(info)
        return model

    async def ask(self, endpoint: str) -> None:
        """Ask one endpoint what it has."""
        before, provider = self.models(), self._providers.get(endpoint)
        if provider is not None:
            await self._ask(provider)
            await self._derive()
        if self.models() != before:
            self._tell()

    def ready(self, wanted: str | None) -> bool:
        """Whether there is nobody to ask before `wanted` can be chosen: as on every turn but the first ones."""
        if not self._asked_all():
            return False
        return not self._silent or wanted is None or not self._is_lost(wanted.partition("/")[0])

    async def complete(
        self, wanted: str | None = None, *, everywhere: bool = True, patience: float = GRACE_SECONDS
    ) -> None:
        """Have the endpoints asked that never were: a person is about to need a model, or (not `everywhere`) looks.

        One that did not answer is asked again when somebody wants a model of it.

        Nobody waits for an endpoint they do not need: who wants a model by its reference waits for that endpoint, who
        wants any waits `patience` seconds at most, and only while there is no language model at all.
        """
        if self.ready(wanted):
            return
        endpoint, _, _ = (wanted or "").partition("/")
        lost = self._is_lost(endpoint)
        unasked = [p for p in self._providers.values() if (everywhere or p.local) and p.endpoint not in self._models]
        for name in [*(provider.endpoint for provider in unasked), *([endpoint] if lost else [])]:
            self._begin_asking(name)
        if endpoint in self._providers and self._providers[endpoint] not in self._derived:
            if (asking := self._asking.get(endpoint)) is not None:
                await asyncio.wait([asking])
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._until_there(wanted, unasked)

    async def close(self) -> None:
        """Stop what the providers started."""
        for asking in self._asking.values():
            asking.cancel()
        for provider in self._providers.values():
            await provider.close()

    def _choose_anew(self) -> None:
        """What was chosen asks the models otherwise than is right now."""

    def _forget_models(self) -> None:
        """The models are others than before."""
        self._found.clear()
        self._guessed.clear()

    async def _ask_all(self, *, everywhere: bool) -> None:
        async with asyncio.TaskGroup() as group:
            for provider in [p for p in self._providers.values() if everywhere or p.local]:
                group.create_task(self._ask(provider))
        await self._derive()

    async def _ask(self, provider: Provider) -> None:
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                found = await provider.models()
        except (MecumError, TimeoutError) as error:
            known = self._models.get(provider.endpoint, {})
            self._forget_models()
            before = self._silent.get(provider.endpoint)
            since = clock.milliseconds() if before is None else before.since
            self._silent[provider.endpoint] = Silence(since, clock.monotonic(), _said(error), _kind(error))
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
        if self._silent.pop(provider.endpoint, None) is not None:
            self._forget_models()
        fresh = {info.ref: info for info in found}
        if fresh != self._models.get(provider.endpoint):
            self._forget(provider.endpoint)
        self._models[provider.endpoint] = fresh

    async def _derive(self) -> None:
        """List anew what is made of other endpoints' models, which needs nobody to answer."""
        for provider in self._derived:
            await self._ask(provider)

    def _asked_all(self) -> bool:
        """Whether every endpoint was asked for its models, answer or not."""
        return self._models.keys() >= self._providers.keys()

    def _is_lost(self, endpoint: str) -> bool:
        """Whether it did not answer when it was asked last, and that was a while ago."""
        silent = self._silent.get(endpoint)
        return silent is not None and silent.asked < clock.monotonic() - _AGAIN_SECONDS

    async def _until_there(self, wanted: str | None, asked: Sequence[Provider]) -> None:
        """Wait until what is wanted is there or the endpoints have answered."""
        while not self._there(wanted):
            asking = [self._asking[p.endpoint] for p in asked if p.endpoint in self._asking]
            if not asking:
                return
            await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)

    def _there(self, wanted: str | None) -> bool:
        if wanted is None or wanted.startswith("role:"):
            return any(_may_volunteer(info) for info in self.models())
        info = self.find(wanted)
        return info is not None and info.available

    def _begin_asking(self, endpoint: str) -> None:
        if endpoint not in self._asking:
            self._asking[endpoint] = asyncio.create_task(self._ask_now(endpoint))

    async def _ask_now(self, endpoint: str) -> None:
        try:
            await self.ask(endpoint)
        finally:
            del self._asking[endpoint]

    def _listed(self, ref: str) -> ModelInfo | None:
        endpoint, _, _ = ref.partition("/")
        if (info := self._models.get(endpoint, {}).get(ref)) is not None:
            return info
        listed = [info for models in self._models.values() for info in models.values()]
        named = [info for info in listed if info.name == ref] or [info for info in listed if ref in names_of(info)]
        return named[0] if len(named) == 1 else None

    def _unlisted(self, wanted: str) -> ModelInfo:
        """A server may have models it does not list: ask it anyway, when the endpoint is named."""
        endpoint, _, name = wanted.partition("/")
        provider = self._providers.get(endpoint)
        listed = self._models.get(endpoint)
        if provider is None or not name:
            raise missing(wanted, self.models())
        if listed is None or endpoint in self._silent:
            raise self.away(endpoint) or ModelUnavailable(f"{endpoint} does not answer.")
        sample = next(iter(listed.values()), None)
        if sample is None or sample.provider not in _UNLISTED:
            raise ModelNotFound(f"{endpoint} has no model {name!r}.")
        return replace(sample, ref=wanted, name=name, context_length=None, vision=None, tools=None, detail="")

    def _forget(self, endpoint: str) -> None:
        self._forget_models()
        self._opened = {ref: model for ref, model in self._opened.items() if not ref.startswith(endpoint + "/")}

    def _tell(self) -> None:
        for callback in self._changed:
            callback()


def make_room(kept: dict[Any, Any]) -> None:
    """Forget everything where there is too much: names come from outside."""
    if len(kept) >= _MOST_KNOWN:
        kept.clear()


def _said(error: MecumError | TimeoutError) -> str:
    """Return what was wrong with an endpoint; nothing where it was only silent."""
    return error.message if isinstance(error, MecumError) else ""


def _kind(error: MecumError | TimeoutError) -> type[ModelUnavailable]:
    """What else is wrong keeps nobody from waiting for it."""
    return type(error) if isinstance(error, ModelUnavailable) else ModelUnavailable


def _may_volunteer(info: ModelInfo) -> bool:
    """Whether it is a language model that may be chosen by itself; whether it fits is the selection's to say."""
    return info.available and info.kind == "chat" and not (info.recalls or info.raw_only or info.on_request)
