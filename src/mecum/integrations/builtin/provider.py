"""The built-in responder as an endpoint: one model, always there, the last choice."""

from typing import Final

from mecum.inference.ports import ModelInfo
from mecum.integrations.builtin.chat import BuiltinChat

RANK: Final = 0
MODEL: Final = ModelInfo(
    ref="builtin/search",
    name="search",
    provider="builtin",
    endpoint="builtin",
    local=True,
    vision=False,
    tools=True,
    reasoning=False,
    detail="no language model: finds, quotes and computes",
    rank=RANK,
    recalls=True,
    refuses=True,
    needs_key=False,
)


class BuiltinProvider:
    """Has one model, which needs nothing."""

    @property
    def endpoint(self) -> str:
        """The endpoint's name, the first part of its model's ref."""
        return MODEL.endpoint

    @property
    def local(self) -> bool:
        """Always."""
        return True

    async def models(self) -> list[ModelInfo]:
        """Return the one model."""
        return [MODEL]

    def open(self, model: ModelInfo) -> BuiltinChat:
        """Return the responder."""
        return BuiltinChat()

    async def close(self) -> None:
        """Nothing was started."""
