"""A server on the OpenAI wire that is looked for at its usual place on this machine: LM Studio, llama.cpp's own."""

from collections.abc import Callable

from mecum.inference.ports import ModelInfo
from mecum.infra.net import Net
from mecum.integrations.openai.provider import OpenAIProvider


class FoundProvider(OpenAIProvider):
    """One that has its models when it answers. `connected` says whether a person connected the same server already."""

    def __init__(self, net: Net, endpoint: str, base_url: str, connected: Callable[[str], bool]) -> None:
        super().__init__(net, endpoint, base_url)
        self._connected = connected

    async def models(self) -> list[ModelInfo]:
        """List its models, or none where they are listed under another name; raises as `OpenAIProvider.models`."""
        return [] if self._connected(self._base) else await super().models()
