"""Choose the model, and refuse what may not be sent to it, before anything is."""

from mecum.engine.chat.turn import Turn
from mecum.inference.registry import Registry
from mecum.inference.routing.router import Router


class Guard:
    """Needs a turn with its history; leaves the choice of model in it."""

    def __init__(self, registry: Registry, router: Router) -> None:
        self._registry, self._router = registry, router

    async def __call__(self, turn: Turn) -> None:
        await self._registry.complete(turn.wants.model)
        turn.choice = self._router.choose(turn.wants.model, vision=turn.sees, real=turn.wants.wait_for_model)
