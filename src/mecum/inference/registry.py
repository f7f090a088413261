"""Which models there are, and which one answers: found by themselves, chosen for a reason that is said."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mecum.inference.capabilities import ModelCapabilities
from mecum.inference.errors import ModelNotFound, ModelRefused, ModelUnavailable
from mecum.inference.lanes import Lane, LimitedModel
from mecum.inference.ports import ChatModel, ModelInfo, Provider
from mecum.inference.selection.fitting import Fitting, fittings
from mecum.inference.selection.mapper import Selection
from mecum.inference.selection.ranking import preference
from mecum.inference.selection.resources import Resources
from mecum.inference.selection.rules import Policy
from mecum.inference.selection.selecting import Selector
from mecum.inference.windows import UNKNOWN, Window, as_learned, window_of
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

_log = logging.getLogger("mecum.models")
_ASK_SECONDS = 5.0
_AGAIN_SECONDS = 15.0
GRACE_SECONDS = 1.0
"""How long a turn waits for endpoints never asked before, when all it has is the built-in responder."""
_MOST_CHOICES = 1000
_NO_LIMIT = 1 << 30
_Asked = tuple[str | None, bool, bool, Policy | None, bool | None]
_UNLISTED = frozenset({"openai", "anthropic", "google"})
"""Whose servers answer under more names than they list."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that will answer, and why it."""

    info: ModelInfo
    model: ChatModel
    reason: str
    temperature: float | None = None
    """What a person set for the role it fills; a request may say another."""
    window: Window = UNKNOWN
    """How much it reads at once."""
    instead_of: str | None = None
    """The model it stands in for, which did not begin to answer."""


class Registry:
    """The providers of this instance and the models they listed last.

    `resources` reads what the machine has left; it is asked when models are looked for, never when one is chosen.
    """

    def __init__(
        self,
        providers: Sequence[Provider] = (),
        selector: Selector | None = None,
        resources: Callable[[], Awaitable[Resources]] | None = None,
    ) -> None:
        self.selector = selector or Selector()
        self._resources = resources
        self._providers: dict[str, Provider] = {provider.endpoint: provider for provider in providers}
        self._models: dict[str, dict[str, ModelInfo]] = {}
        self._changed: list[Callable[[], None]] = []
        self._opened: dict[str, ChatModel] = {}
        self._choices: dict[_Asked, Choice] = {}
        """What was chosen since the models last changed: every turn asks, several times."""
        self._found: dict[str, ModelInfo | None] = {}
        """What was found by name since then."""
        self._windows: dict[str, Window] = {}
        self._learned: dict[str, int] = {}
        """How many tokens a model's server said it takes when it refused more."""
        self._guessed: dict[str, ModelInfo] = {}
        """What an endpoint may have without listing it."""
        self._lanes: dict[str, Lane] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._derived: list[Provider] = []
        self._silent: dict[str, float] = {}
        """The endpoints that did not answer when they were asked last, and when that was."""

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

    def limit(self, endpoint: str, most: int) -> None:
        """Let the models of an endpoint make at most so many answers at once, all of them together."""
        if (lane := self._lanes.get(endpoint)) is not None:
            lane.resize(most)
            return
        self._lanes[endpoint] = Lane(most)
        self._choices.clear()

    def limit_all(self, most: Mapping[str, int]) -> None:
        """Let these limits hold, by endpoint, and no other."""
        for endpoint in self._lanes.keys() - most.keys():
            # Who waits there comes in.
            self._lanes.pop(endpoint).resize(_NO_LIMIT)
            self._choices.clear()
        for endpoint, number in most.items():
            self.limit(endpoint, number)

    def limited(self, endpoint: str) -> int | None:
        """Return how many answers an endpoint may make at once; None where there is no limit."""
        lane = self._lanes.get(endpoint)
        return None if lane is None else lane.most

    def lane(self, info: ModelInfo) -> Lane | None:
        """Return where requests to this model wait for their turn; None where there is no limit."""
        return self._lanes.get(info.endpoint)

    def lookup(self, ref: str) -> ModelInfo | None:
        """Return a model as `find` does, also one that its server has without listing it."""
        info = self.find(ref) or self._guessed.get(ref)
        if info is None:
            with contextlib.suppress(ModelNotFound, ModelUnavailable):
                _make_room(self._guessed)
                info = self._guessed[ref] = self._unlisted(ref)
        return info

    def providers(self) -> list[Provider]:
        """Return every endpoint's provider."""
        return list(self._providers.values())

    def provider(self, endpoint: str) -> Provider | None:
        """Return the provider of an endpoint."""
        return self._providers.get(endpoint)

    async def refresh(self, *, everywhere: bool = False, anew: bool = False) -> list[ModelInfo]:
        """Ask every endpoint what it has; one that does not answer keeps its models, marked as not available.

        By itself only on this machine: an endpoint beyond it is asked when a person wants it (`everywhere`), and once
        before the first choice that may need it. When a person asks for it or adds a model (`anew`), roles do not keep
        what they were given before.
        """
        before = self.models()
        async with asyncio.TaskGroup() as group:
            for provider in [p for p in self._providers.values() if everywhere or p.local]:
                group.create_task(self._ask(provider))
        await self._derive()
        if self._resources is not None and self.selector.consider(await self._resources()):
            self._choices.clear()
        if everywhere or anew:
            self.selector.release()
            self._forget_choices()
        after = self.models()
        if after != before:
            self._tell()
        self.notice_gaps()
        return after

    def notice_gaps(self) -> None:
        """Fill the roles a person should hear of before anybody asks, so that what is lacking is noticed."""
        for role in self.selector.watched() if self._asked_all() else ():
            self.selection(role)

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

    def _is_lost(self, endpoint: str) -> bool:
        """Whether it did not answer when it was asked last, and that was a while ago."""
        return self._silent.get(endpoint, clock.monotonic()) < clock.monotonic() - _AGAIN_SECONDS

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

    async def _derive(self) -> None:
        """List anew what is made of other endpoints' models, which needs nobody to answer."""
        for provider in self._derived:
            await self._ask(provider)

    def models(self) -> list[ModelInfo]:
        """Return all models, the one that would be chosen first at the front."""
        found = [info for models in self._models.values() for info in models.values()]
        return sorted(found, key=preference)

    def find(self, ref: str) -> ModelInfo | None:
        """Return the model with this reference, or whose name this is when only one has it."""
        if ref not in self._found:
            _make_room(self._found)
            self._found[ref] = self._listed(ref)
        return self._found[ref]

    def _listed(self, ref: str) -> ModelInfo | None:
        endpoint, _, _ = ref.partition("/")
        if (info := self._models.get(endpoint, {}).get(ref)) is not None:
            return info
        named = [info for models in self._models.values() for info in models.values() if info.name == ref]
        return named[0] if len(named) == 1 else None

    def choose(
        self,
        wanted: str | None = None,
        *,
        vision: bool = False,
        real: bool = False,
        policy: Policy | None = None,
        hard: bool | None = None,
    ) -> Choice:
        """Return the model for `wanted`: a reference, `role:NAME`, or None for the role chat.

        `real` leaves the built-in responder out; `policy` is what this one request may be sent to, where a role is
        asked for, in place of what holds for all; `hard` whether its question is, for a role that asks. Raises
        ModelNotFound, or ModelUnavailable when nothing can answer now.
        """
        self._keep_up()
        asked = (wanted, vision, real, policy, hard)
        known = self._choices.get(asked)
        if known is None:
            known = self._chosen(*asked)
            _make_room(self._choices)
            self._choices[asked] = known
        return known

    def selection(
        self,
        role: str,
        *,
        vision: bool = False,
        real: bool = False,
        policy: Policy | None = None,
        hard: bool | None = None,
    ) -> Selection:
        """Return which model fills a role and why each other one does not; raises ModelNotFound for an unknown role."""
        self._keep_up()
        keep = self._asked_all()
        return self.selector.select(role, self.models(), vision=vision, real=real, keep=keep, policy=policy, hard=hard)

    def roles(self) -> list[str]:
        """Return the roles there are: the built-in ones, then a person's own by name."""
        self._keep_up()
        return self.selector.roles()

    def capabilities(self, info: ModelInfo) -> ModelCapabilities:
        """Return what is known of a model that is listed here."""
        self._keep_up()
        return next(one.capabilities for one in self.selector.candidates(self.models()) if one.info.ref == info.ref)

    def fittings(self) -> dict[str, Fitting]:
        """Return by reference whether each model could be loaded now."""
        self._keep_up()
        return fittings(self.selector.candidates(self.models()), self.selector.resources)

    def chosen(self, info: ModelInfo, reason: str, temperature: float | None = None) -> Choice:
        """Return the choice of a model that somebody else chose."""
        return Choice(info, self.model(info), reason, temperature, self.window(info))

    def window(self, info: ModelInfo) -> Window:
        """Return how much a model reads at once."""
        self._keep_up()
        known = self._windows.get(info.ref)
        if known is None:
            _make_room(self._windows)
            known = window_of(info, self.selector.known(info, self.models()))
            known = self._windows[info.ref] = as_learned(known, self._learned.get(info.ref))
        return known

    def learn_window(self, info: ModelInfo, tokens: int) -> None:
        """Take it that a model's server takes no more than so many tokens at once, as it says; until a restart."""
        _make_room(self._learned)
        self._learned[info.ref] = tokens
        self._choices.clear()
        self._windows.clear()

    def _chosen(self, wanted: str | None, vision: bool, real: bool, policy: Policy | None, hard: bool | None) -> Choice:
        if wanted is None or wanted.startswith("role:"):
            role = (wanted or "role:chat").removeprefix("role:")
            found = self.selection(role, vision=vision, real=real, policy=policy, hard=hard)
            if policy is None and self._asked_all():
                self.selector.note((role, vision, real), found)
            return self._filled(role, found)
        if wanted.startswith("assistant:"):
            raise ModelNotFound(f"There is no assistant {wanted.removeprefix('assistant:')!r}.")
        info = self.find(wanted)
        if info is None:
            info = self._unlisted(wanted)
        if info.kind != "chat":
            raise ModelRefused(f"{info.ref} is no model that answers: it is a {info.kind}.", parameter="model")
        if not info.available:
            raise ModelUnavailable(f"{info.ref} is not available now: {info.detail or 'its server does not answer.'}")
        return self.chosen(info, "You chose it.")

    async def close(self) -> None:
        """Stop what the providers started."""
        for asking in self._asking.values():
            asking.cancel()
        for provider in self._providers.values():
            await provider.close()

    def _filled(self, role: str, found: Selection) -> Choice:
        if found.chosen is None:
            raise ModelUnavailable(found.reason)
        info = self._models[found.chosen.partition("/")[0]][found.chosen]
        temperature = self.selector.temperature(role, info, self.models())
        return self.chosen(info, found.reason, temperature)

    def _unlisted(self, wanted: str) -> ModelInfo:
        """A server may have models it does not list: ask it anyway, when the endpoint is named."""
        endpoint, _, name = wanted.partition("/")
        provider = self._providers.get(endpoint)
        listed = self._models.get(endpoint)
        if provider is None or not name:
            raise ModelNotFound(f"There is no model {wanted!r} here.")
        if listed is None or endpoint in self._silent:
            raise ModelUnavailable(f"{endpoint} does not answer.")
        sample = next(iter(listed.values()), None)
        if sample is None or sample.provider not in _UNLISTED:
            raise ModelNotFound(f"{endpoint} has no model {name!r}.")
        return replace(sample, ref=wanted, name=name, context_length=None, vision=None, tools=None, detail="")

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

    async def _ask(self, provider: Provider) -> None:
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                found = await provider.models()
        except (MecumError, TimeoutError) as error:
            known = self._models.get(provider.endpoint, {})
            self._forget_choices()
            self._silent[provider.endpoint] = clock.monotonic()
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
        self._silent.pop(provider.endpoint, None)
        fresh = {info.ref: info for info in found}
        if fresh != self._models.get(provider.endpoint):
            self._forget(provider.endpoint)
        self._models[provider.endpoint] = fresh

    def _asked_all(self) -> bool:
        """Whether every endpoint was asked for its models, answer or not."""
        return self._models.keys() >= self._providers.keys()

    def _keep_up(self) -> None:
        """Forget what rests on a configuration or policy that holds no longer."""
        if not self.selector.current():
            self._choices.clear()
            self._windows.clear()

    def _forget_choices(self) -> None:
        self._choices.clear()
        self._found.clear()
        self._guessed.clear()
        self._windows.clear()
        self.selector.forget()

    def _forget(self, endpoint: str) -> None:
        self._forget_choices()
        self._opened = {ref: model for ref, model in self._opened.items() if not ref.startswith(endpoint + "/")}

    def _tell(self) -> None:
        for callback in self._changed:
            callback()


def _make_room(kept: dict[Any, Any]) -> None:
    """Forget everything where there is too much: names come from outside."""
    if len(kept) >= _MOST_CHOICES:
        kept.clear()


def _may_volunteer(info: ModelInfo) -> bool:
    """Whether it is a language model that may be chosen by itself; whether it fits is the selection's to say."""
    return info.available and info.kind == "chat" and not (info.recalls or info.raw_only or info.on_request)
