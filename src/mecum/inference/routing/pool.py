"""One model at several endpoints: every request goes to the member that will answer it soonest."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mecum.inference.errors import DID_NOT_BEGIN, ModelLimited, ModelUnavailable
from mecum.inference.exchange import Answer, AnswerSink, ModelRequest
from mecum.inference.lanes import Lane
from mecum.inference.ports import ModelInfo, WindowSource
from mecum.inference.preferences import Preferences
from mecum.inference.registry import Registry
from mecum.inference.routing import first
from mecum.inference.routing.health import Health
from mecum.inference.windows import Window
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

ENDPOINT: Final = "pool"
_UNKNOWN_SECONDS: Final = 0.05
Measure = Callable[[str, float | None, int | None, float | None], None]
"""Takes an answer of a member: its reference, seconds to the first word, tokens, and seconds they took after it."""


class PoolProvider:
    """The configured pools as the endpoint `pool`.

    `allowed` says whether a member may be asked now; `patience` is how many seconds one may be silent at first;
    `context_length` is what a person set for local models, if anything.
    """

    def __init__(
        self,
        registry: Registry,
        preferences: Callable[[], Preferences],
        *,
        allowed: Callable[[ModelInfo], bool] = lambda info: True,
        patience: float = 60.0,
        context_length: int | None = None,
        answered: Measure | None = None,
        failed: Callable[[str, MecumError], None] | None = None,
    ) -> None:
        self.registry, self._preferences = registry, preferences
        self._allowed, self._context_length = allowed, context_length
        self.patience = patience
        self.answered, self.failed = answered, failed
        self._health: dict[str, Health] = {}

    @property
    def endpoint(self) -> str:
        """The first part of the pools' references."""
        return ENDPOINT

    @property
    def local(self) -> bool:
        """Listing pools asks nobody."""
        return True

    async def models(self) -> list[ModelInfo]:
        """Return the pools; a pool without a known member is listed as not available."""
        return [self._pool(name) for name in self._preferences().pools]

    def open(self, model: ModelInfo) -> "PoolChat":
        """Return the pool; its members are looked up anew for every answer."""
        return PoolChat(self, model.name)

    async def close(self) -> None:
        """Nothing was started here."""

    def members(self, name: str) -> list[ModelInfo]:
        """Return the members of a pool that are known and may be asked, in their configured order; never a pool."""
        found = dict.fromkeys(map(self.registry.lookup, self._preferences().pools.get(name, ())))
        return [one for one in found if one is not None and one.endpoint != ENDPOINT and self._allowed(one)]

    def window(self, info: ModelInfo) -> Window:
        """Return how much a member reads at once, no more than a person lets it."""
        found, most = self.registry.window(info), self._context_length
        if most is None or info.window_from != "sent":
            return found
        return replace(found, tokens=min(most, found.tokens or most))

    def window_limit(self, info: ModelInfo, otherwise: int | None) -> int | None:
        """Return the largest window to ask a member for: what a person says of it, and what holds `otherwise`."""
        found = self.registry.window(info)
        if found.source != "configured" or found.tokens is None:
            return otherwise
        return min(found.tokens, otherwise or found.tokens)

    def next(self, members: Sequence[ModelInfo]) -> ModelInfo | None:
        """Return the member to ask: the least work before it, weighed by how long a piece of it takes there."""
        ready = [info for info in members if self.health(info).ready]
        if not ready:
            return self._soonest(members)
        if len(ready) == 1:
            return ready[0]
        known = [seconds for info in ready if (seconds := self.health(info).measured) is not None]
        otherwise = min(known, default=_UNKNOWN_SECONDS)

        def load(info: ModelInfo) -> float:
            health = self.health(info)
            return (health.outstanding + 1) * health.expected(otherwise)

        return min(ready, key=load)

    def health(self, info: ModelInfo) -> Health:
        """Return what is known of a member."""
        known = self._health.get(info.ref)
        if known is None:
            known = self._health[info.ref] = Health(info.ref)
        return known

    def refusal(self, name: str, members: Sequence[ModelInfo]) -> MecumError:
        """Return why no member of the pool can be asked."""
        told = [self.health(info).rest for info in members if self.health(info).told]
        if told and len(told) == len(members):
            return ModelLimited(f"Every endpoint of {name} asks to slow down.", retry_after=round(min(told), 1))
        return ModelUnavailable(f"No endpoint of {name} answers now.")

    def _pool(self, name: str) -> ModelInfo:
        """A pool can do what all of its members can, and reads as much as the one that reads least."""
        members = self.members(name)
        windows = [self.window(info) for info in members]
        known = [window for window in windows if window.tokens is not None]
        smallest = min(known, key=lambda window: window.tokens or 0, default=Window())
        there = sum(info.available for info in members)
        return ModelInfo(
            ref=f"{ENDPOINT}/{name}",
            name=name,
            provider=ENDPOINT,
            endpoint=ENDPOINT,
            local=all(info.local for info in members),
            context_length=smallest.tokens,
            vision=_all(info.vision for info in members),
            tools=_all(info.tools for info in members),
            reasoning=_all(info.reasoning for info in members),
            raw_only=any(info.raw_only for info in members),
            available=there > 0,
            window_from=_source(windows, smallest),
            refuses=bool(members) and all(info.refuses for info in members),
            detail=f"{there} of {len(members)} endpoints" if members else "none of its endpoints is known",
            on_request=True,
        )

    def _soonest(self, members: Sequence[ModelInfo]) -> ModelInfo | None:
        """All are out: one that did not ask to be left alone is tried before its time, and one request finds out."""
        out = [info for info in members if not self.health(info).told and not self.health(info).trying]
        return min(out, key=lambda info: self.health(info).out_until, default=None)


@dataclass(frozen=True, slots=True)
class PoolChat:
    """One pool."""

    provider: PoolProvider
    name: str

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        """Answer by one member; the next is asked at once when one did not begin. Raises what the last one raised.

        What has begun is never asked a second time.
        """
        members = self.provider.members(self.name)
        left, error = list(members), None
        while (member := self.provider.next(left)) is not None:
            left.remove(member)
            attempt = _Attempt(self.provider, member)
            try:
                return await attempt.answer(request, sink)
            except DID_NOT_BEGIN as failure:
                if attempt.begun:
                    raise
                error = failure
        raise error or self.provider.refusal(self.name, members)


class _Attempt:
    """One request to one member."""

    def __init__(self, provider: PoolProvider, member: ModelInfo) -> None:
        self._provider, self._member = provider, member
        self._health = provider.health(member)
        self._limit: asyncio.Timeout | None = None
        self._one: object = None
        self._asked_at = 0.0
        self._first_at: float | None = None

    @property
    def begun(self) -> bool:
        """Whether the member said anything."""
        return self._first_at is not None

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        """Ask, and tell the member's health what came of it."""
        self._one = self._health.begin()
        try:
            limit = self._provider.window_limit(self._member, request.window_limit)
            answer = await self._in_lane(replace(request, model=self._member.name, window_limit=limit), sink)
        except DID_NOT_BEGIN as error:
            self._health.failed(error)
            if self._provider.failed is not None:
                self._provider.failed(self._member.ref, error)
            raise
        except MecumError:
            self._health.answered()
            raise
        finally:
            self._health.end(self._one)
        self._measure(answer)
        return replace(answer, served_by=self._member.ref)

    def _in_lane(self, request: ModelRequest, sink: AnswerSink) -> Awaitable[Answer]:
        """Ask; where the endpoint answers so many at once, when it is this one's turn."""
        lane = self._provider.registry.lane(self._member)
        return self._ask(request, sink) if lane is None else self._in_turn(lane, request, sink)

    async def _in_turn(self, lane: Lane, request: ModelRequest, sink: AnswerSink) -> Answer:
        async with lane.turn(request.priority):
            return await self._ask(request, sink)

    async def _ask(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        model = self._provider.registry.open(self._member)
        self._asked_at = clock.monotonic()
        try:
            async with asyncio.timeout(self._provider.patience) as self._limit:
                return await model.answer(request, first.before(sink, self._begins, self._lives))
        except TimeoutError as error:
            raise ModelUnavailable(
                f"{self._member.ref} said nothing for {self._provider.patience:.0f} seconds."
            ) from error

    def _begins(self) -> None:
        self._first_at = clock.monotonic()
        self._health.first(self._one)
        if self._limit is not None:
            self._limit.reschedule(None)

    def _lives(self) -> None:
        """It loads the model, or thinks: that may take, and it is not silent."""
        if self._limit is not None and not self.begun:
            self._limit.reschedule(None)

    def _measure(self, answer: Answer) -> None:
        self._health.answered()
        if self._first_at is None:
            return
        tokens, seconds = answer.usage.output_tokens, clock.monotonic() - self._first_at
        if tokens:
            self._health.speed(tokens, seconds)
        if self._provider.answered is not None:
            self._provider.answered(self._member.ref, self._first_at - self._asked_at, tokens, seconds)


def _source(windows: Sequence[Window], smallest: Window) -> WindowSource:
    """Return who says how large a pool's window is; a size that is not sent to all of them is sent to none for sure."""
    source = smallest.source or "reported"
    alike = all(window.source == source for window in windows)
    return "reported" if source in ("sent", "started") and not alike else source


def _all(known: Iterable[bool | None]) -> bool | None:
    answers = set(known)
    if False in answers:
        return False
    return True if answers == {True} else None
