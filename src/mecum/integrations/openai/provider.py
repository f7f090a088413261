"""An endpoint on the OpenAI wire: its list of models, and opening one."""

from typing import Any

import orjson

from mecum.inference.errors import ModelUnavailable
from mecum.inference.ports import ChatModel, EmbeddingModel, ModelInfo
from mecum.inference.wires.embeddings import OpenAIEmbedding
from mecum.inference.wires.failures import failure_of
from mecum.inference.wires.openai import OpenAIChat
from mecum.infra.net import Net, NetUnavailable, Outgoing
from mecum.infra.net.client import is_loopback

_LOCAL_RANK, _CLOUD_RANK = 25, 20
_EMBEDS = "embed"
_NOT_CHAT = (
    "whisper",
    "tts",
    "dall-e",
    "moderation",
    "davinci",
    "babbage",
    "audio",
    "realtime",
    "transcribe",
    "image",
)


class OpenAIProvider:
    """One configured endpoint. `base_url` usually ends in `/v1`."""

    def __init__(self, net: Net, endpoint: str, base_url: str, key: str | None = None) -> None:
        self._net = net
        self._endpoint = endpoint
        self._base = base_url.rstrip("/")
        self._key = key
        self._local = is_loopback(Outgoing("GET", base_url, purpose="model.list").target().hostname or "")
        self._chat = OpenAIChat(net, self._base, key)

    @property
    def endpoint(self) -> str:
        return self._endpoint

    @property
    def local(self) -> bool:
        return self._local

    async def models(self) -> list[ModelInfo]:
        """List the endpoint's models; raises ModelUnavailable, ModelAuthFailed."""
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        call = Outgoing(
            "GET", f"{self._base}/models", "model.list", headers=headers, data_class="none", timeout=5, private=True
        )
        try:
            response = await self._net.fetch(call)
        except NetUnavailable as error:
            raise ModelUnavailable(error.message) from error
        if response.status != 200:
            raise failure_of(response.status, response.body)
        try:
            listed = orjson.loads(response.body)["data"]
            return [self._info(entry) for entry in listed if _chats(str(entry["id"]))]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise ModelUnavailable(f"{self._endpoint} does not answer as an OpenAI-compatible server.") from error

    def open(self, model: ModelInfo) -> ChatModel:
        return self._chat

    def embedder(self, model: ModelInfo) -> EmbeddingModel:
        return OpenAIEmbedding(self._net, self._base, model.name, self._key)

    async def close(self) -> None:
        return None

    def _info(self, entry: dict[str, Any]) -> ModelInfo:
        name = str(entry["id"])
        meta: dict[str, Any] = entry.get("meta") or {}
        window = entry.get("max_model_len") or entry.get("context_length") or meta.get("n_ctx_train")
        return ModelInfo(
            ref=f"{self._endpoint}/{name}",
            name=name,
            provider="openai",
            endpoint=self._endpoint,
            local=self._local,
            context_length=window if isinstance(window, int) else None,
            detail="on this machine" if self._local else "cloud",
            # The wire does not say; a name that does not either may be that of one all the same.
            embeds=True if _EMBEDS in name.lower() else None,
            rank=_LOCAL_RANK if self._local else _CLOUD_RANK,
        )


def _chats(name: str) -> bool:
    return not any(word in name.lower() for word in _NOT_CHAT)
