"""An endpoint on the OpenAI wire: its list of models, and opening one."""

from typing import Any, cast

import orjson

from mecum.inference.ports import ChatModel, EmbeddingModel, ModelInfo
from mecum.inference.wires.embeddings import OpenAIEmbedding
from mecum.inference.wires.failures import discreet, failure_of, no_list, unreachable
from mecum.inference.wires.openai import OpenAIChat
from mecum.infra.net import Net, NetUnavailable, Outgoing
from mecum.infra.net.calls import target_of
from mecum.infra.net.client import is_loopback

_LOCAL_RANK, _CLOUD_RANK = 25, 20
_EMBEDS = "embed"
_OFFICIAL = "api.openai.com"
# Documented of these servers, and of OpenAI's own: what is too long is an error. Others cut it.
_REFUSE = ("vllm", "llamacpp")
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
    "imagine",
)
# As Together calls the kinds of its models.
_OTHER_TYPES = frozenset({"image", "video", "audio", "moderation", "rerank", "transcribe"})
_EMBEDDING = "embedding"


class OpenAIProvider:
    """One configured endpoint. `base_url` usually ends in `/v1`."""

    def __init__(self, net: Net, endpoint: str, base_url: str, key: str | None = None) -> None:
        self._net = net
        self._endpoint = endpoint
        self._base = base_url.rstrip("/")
        self._key = key
        host = target_of(base_url).host
        self._local = is_loopback(host)
        self._official = host == _OFFICIAL
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
            raise unreachable(error) from error
        if response.status != 200:
            raise discreet(failure_of(response.status, response.body, response.headers), headers)
        try:
            told: Any = orjson.loads(response.body)
            # Together's list has nothing around it.
            listed = cast("list[dict[str, Any]]", told if isinstance(told, list) else told["data"])
            return [self._info(entry) for entry in listed if _answers(entry)]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise discreet(no_list(response.body, "OpenAI"), headers) from error

    def open(self, model: ModelInfo) -> ChatModel:
        return self._chat

    def embedder(self, model: ModelInfo) -> EmbeddingModel:
        return OpenAIEmbedding(self._net, self._base, model.name, self._key)

    async def close(self) -> None:
        return None

    def _info(self, entry: dict[str, Any]) -> ModelInfo:
        name = str(entry["id"])
        meta: dict[str, Any] = entry.get("meta") or {}
        served, count = _window(entry, meta), meta.get("n_params")
        window = served or meta.get("n_ctx_train")
        return ModelInfo(
            ref=f"{self._endpoint}/{name}",
            name=name,
            provider="openai",
            endpoint=self._endpoint,
            local=self._local,
            context_length=window if isinstance(window, int) else None,
            vision=_told(entry, "vision", "input_modalities", "image"),
            tools=_told(entry, "function_calling", "supported_parameters", "tools"),
            parameters=count if isinstance(count, int) and count > 0 else None,
            detail="on this machine" if self._local else "cloud",
            # The wire does not say; a name that does not either may be that of an embedder all the same.
            kind="embedder" if _EMBEDS in name.lower() or entry.get("type") == _EMBEDDING else "chat",
            rank=_LOCAL_RANK if self._local else _CLOUD_RANK,
            # What a model was made for is not what its server was started with.
            window_from="reported" if served else "model",
            refuses=self._official or entry.get("owned_by") in _REFUSE,
            # Its list may be open to all where its answers are not: without a key nobody knows.
            needs_key=True if self._key or self._official else None,
        )


def _window(entry: dict[str, Any], meta: dict[str, Any]) -> Any:
    """Return what a list says that the server takes at once, as vLLM, OpenRouter, Mistral or llama.cpp write it."""
    names = ("max_model_len", "context_length", "max_context_length", "context_window")
    return next((entry[name] for name in names if entry.get(name)), None) or meta.get("n_ctx")


def _told(entry: dict[str, Any], flag: str, field: str, word: str) -> bool | None:
    """Return what a list says that a model can do, as Mistral writes it or as OpenRouter does; None where it does not.

    Source: their documentation of GET /v1/models, `capabilities`, and `architecture` or `supported_parameters`.
    """
    capabilities, architecture = entry.get("capabilities"), entry.get("architecture")
    if isinstance(capabilities, dict) and isinstance(told := capabilities.get(flag), bool):  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        return told
    inside: dict[str, Any] = {**entry, **architecture} if isinstance(architecture, dict) else entry
    listed = inside.get(field)
    return word in listed if isinstance(listed, list) else None


def _answers(entry: dict[str, Any]) -> bool:
    """Whether a model of the list makes text or vectors, as far as its list or else its name says."""
    name, capabilities = str(entry["id"]).lower(), entry.get("capabilities")
    if _EMBEDS in name:
        return True
    if isinstance(capabilities, dict) and capabilities.get("completion_chat") is False:  # pyright: ignore[reportUnknownMemberType]
        return False
    return entry.get("type") not in _OTHER_TYPES and not any(word in name for word in _NOT_CHAT)
