"""Choose the model, and refuse what may not be sent to it, before anything is."""

from mecum.domains.privacy import api as privacy
from mecum.engine.chat import reach
from mecum.engine.chat.turn import Turn
from mecum.inference.pricing import Prices
from mecum.inference.registry import Registry
from mecum.inference.routing.router import Router


class Guard:
    """Needs a turn with its history; leaves the choice of model in it."""

    def __init__(self, registry: Registry, router: Router, egress: privacy.EgressPolicy, prices: Prices) -> None:
        self._registry, self._router, self._egress, self._prices = registry, router, egress, prices

    async def __call__(self, turn: Turn) -> None:
        wanted = self._router.wanted(turn.wants.model)
        if not self._registry.ready(wanted):
            await self._registry.complete(wanted)
        reach.require_named(self._egress, self._registry, turn.wants.model, turn.subject)
        choice = self._router.choose(
            turn.wants.model, vision=turn.sees, real=turn.wants.wait_for_model, question=turn.question
        )
        reach.require(self._egress, choice.info, turn.subject)
        turn.selection = choice.selection
        turn.choice = self._router.patient(choice, turn.needs)
        if not choice.info.local:
            # Read while the model speaks, so that the price is there when it has ended.
            self._prices.begin()
