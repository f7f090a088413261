"""An Ollama server as an endpoint: what models it has, what each can do, which of them are somewhere else."""

import asyncio
import re
from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from mecum.inference.errors import ModelUnavailable
from mecum.inference.exchange import ModelRequest
from mecum.inference.keeping import Keep, Keeping, written
from mecum.inference.ports import Loaded, ModelInfo, PullTold
from mecum.inference.wires.failures import discreet, failure_of, no_list, unreachable
from mecum.inference.wires.relays import relay_of
from mecum.infra.net import CertificateInvalid, EndedEarly, Net, NetUnavailable, Outgoing
from mecum.infra.net.client import is_loopback
from mecum.integrations.ollama import memory
from mecum.integrations.ollama.chat import OllamaChat
from mecum.integrations.ollama.embed import OllamaEmbedding
from mecum.integrations.ollama.projection import window
from mecum.integrations.ollama.pull import pull
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

LOOPBACK: Final = "http://127.0.0.1:11434"
RANK_LOCAL: Final = 30
RANK_CLOUD: Final = 15
_LIST_SECONDS: Final = 10.0
_LOAD_SECONDS: Final = 900.0
_AT_ONCE: Final = 32
_FRACTION: Final = re.compile(r"\.\d+")


class OllamaProvider:
    """The models of one Ollama server; what `/api/show` said is kept by digest and changes only with it.

    `keep` says for how many idle seconds a model stays in memory; None leaves that to Ollama.
    """

    def __init__(
        self,
        net: Net,
        base_url: str = LOOPBACK,
        endpoint: str = "ollama",
        key: str | None = None,
        keep: Keep | None = None,
    ) -> None:
        self._net = net
        self._base = base_url.rstrip("/")
        self._endpoint = endpoint
        self._key = key
        self._here = is_loopback(urlsplit(self._base).hostname or "")
        self._keep = keep or Keeping()
        self._shown: dict[str, dict[str, Any]] = {}

    @property
    def endpoint(self) -> str:
        """The endpoint's name, the first part of its models' refs."""
        return self._endpoint

    @property
    def local(self) -> bool:
        """Whether the server is on this machine."""
        return self._here

    async def models(self) -> list[ModelInfo]:
        """Return the models that answer in text or make vectors; raises ModelUnavailable, ModelAuthFailed."""
        listed: list[dict[str, Any]] = (await self._ask("GET", "/api/tags")).get("models") or []
        loaded = await self._loaded()
        gate = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._show(entry, gate)) for entry in listed]
        known = [self._info(entry, task.result(), loaded) for entry, task in zip(listed, tasks, strict=True)]
        return [info for info in known if info is not None]

    def open(self, model: ModelInfo) -> OllamaChat:
        """Return the model; no work happens before `answer`."""
        return OllamaChat(self._net, self._base, model, self._key, keep=partial(self._kept, model))

    async def load(self, model: ModelInfo) -> None:
        """Have the server load it, with the window its answers ask for; raises ModelUnavailable, ModelNotFound."""
        options = {"num_ctx": window(ModelRequest(model.name, ()), model)}
        body = {"model": model.name, "stream": False, "options": options, **self._kept(model)}
        await self._ask("POST", "/api/generate", body)

    async def unload(self, model: ModelInfo) -> None:
        """Have the server free its memory, which it does once its answers have ended; raises as `load`."""
        await self._ask("POST", "/api/generate", {"model": model.name, "stream": False, "keep_alive": 0})

    async def loaded(self) -> list[Loaded]:
        """Return what the server has loaded; raises ModelUnavailable, ModelAuthFailed."""
        listed: list[dict[str, Any]] = (await self._ask("GET", "/api/ps")).get("models") or []
        return [
            Loaded(
                f"{self._endpoint}/{one['name']}",
                one.get("size"),
                until=_moment(one),
                graphics_bytes=one.get("size_vram"),
                window=one.get("context_length"),
            )
            for one in listed
        ]

    async def pull(self, name: str, told: PullTold) -> None:
        """Let Ollama fetch the model `name`; raises ModelUnavailable, ModelNotFound, ModelRefused."""
        await pull(self._net, self._base, self._key, name, told)

    def embedder(self, model: ModelInfo) -> OllamaEmbedding:
        """Return the embedding model; no work happens before `embed`."""
        relay = relay_of("ollama", self._base, local=model.local)
        keep = partial(self._kept, model)
        return OllamaEmbedding(self._net, self._base, model.name, self._key, relay=relay, keep=keep)

    def _kept(self, model: ModelInfo) -> dict[str, Any]:
        seconds = self._keep(model)
        return {} if seconds is None else {"keep_alive": written(seconds)}

    async def close(self) -> None:
        """Nothing was started here."""

    async def _show(self, entry: dict[str, Any], gate: asyncio.Semaphore) -> dict[str, Any]:
        digest = str(entry.get("digest") or "")
        if digest and digest in self._shown:
            return self._shown[digest]
        async with gate:
            try:
                shown = await self._ask("POST", "/api/show", {"model": entry["name"]})
            except MecumError:
                # One model that cannot be described is still a model; what it can do stays unknown.
                return {}
        if digest:
            self._shown[digest] = shown
        return shown

    async def _loaded(self) -> dict[str, int] | None:
        """Return by name how many bytes each loaded model takes of main and graphics memory; None when not told."""
        try:
            listed: list[dict[str, Any]] = (await self._ask("GET", "/api/ps")).get("models") or []
        except MecumError:
            # A server too old to tell: its models are still there.
            return None
        return {str(entry.get("name")): size if isinstance(size := entry.get("size"), int) else 0 for entry in listed}

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        call = Outgoing(
            method,
            self._base + path,
            purpose="model.list",
            headers=headers,
            body=b"" if body is None else orjson.dumps(body),
            data_class="metadata",
            timeout=_LOAD_SECONDS if path == "/api/generate" else _LIST_SECONDS,
            private=True,
        )
        try:
            response = await self._net.fetch(call)
        except NetUnavailable as error:
            if isinstance(error, CertificateInvalid | EndedEarly):
                raise unreachable(error) from error
            raise ModelUnavailable(f"Ollama does not answer at {self._base}.", **error.details) from error
        if response.status != 200:
            raise discreet(failure_of(response.status, response.body), headers)
        try:
            return _object(response.body)
        except MecumError as error:
            discreet(error, headers)
            raise

    def _info(self, entry: dict[str, Any], shown: dict[str, Any], loaded: dict[str, int] | None) -> ModelInfo | None:
        capabilities: list[str] | None = shown.get("capabilities")
        answers, embeds = _can(capabilities, "completion"), _can(capabilities, "embedding")
        if answers is False and not embeds:
            return None
        name, cloud = str(entry["name"]), is_cloud(entry, shown)
        taken = (loaded or {}).get(name)
        parts = None if cloud else memory.estimate(entry.get("size"), shown)
        return ModelInfo(
            ref=f"{self._endpoint}/{name}",
            name=name,
            provider="ollama",
            endpoint=self._endpoint,
            local=self._here and not cloud,
            context_length=_context_length(shown),
            vision=_can(capabilities, "vision"),
            tools=_can(capabilities, "tools"),
            reasoning=_can(capabilities, "thinking"),
            kind="embedder" if embeds and not answers else "chat",
            size_bytes=None if cloud else entry.get("size"),
            detail=_detail(entry, shown, cloud),
            rank=RANK_CLOUD if cloud else RANK_LOCAL,
            window_from="sent",
            parameters=memory.parameters(shown),
            quantization=memory.quantization(entry, shown),
            loaded=None if cloud or loaded is None else name in loaded,
            memory_bytes=None if cloud else taken or (None if parts is None else parts.total),
            memory_measured=bool(taken) and not cloud,
            memory_parts=parts,
            # Ollama itself has no keys: who answered without one needs none.
            needs_key=self._key is not None,
        )


def is_cloud(entry: dict[str, Any], shown: dict[str, Any]) -> bool:
    """Whether a listed model runs somewhere else: Ollama names its host, or its tag says `cloud`."""
    tag = str(entry.get("name", "")).rpartition(":")[2]
    return bool(entry.get("remote_host") or shown.get("remote_host")) or tag == "cloud" or tag.endswith("-cloud")


def _object(body: bytes) -> dict[str, Any]:
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise no_list(body, "Ollama") from error
    if not isinstance(value, dict) or "error" in value:
        raise no_list(body, "Ollama")
    return value  # pyright: ignore[reportUnknownVariableType]


def _moment(loaded: dict[str, Any]) -> int | None:
    """Return when a loaded model goes, in milliseconds since 1970: the server says it with nanoseconds and a zone."""
    try:
        moment = datetime.fromisoformat(_FRACTION.sub("", str(loaded.get("expires_at"))))
    except ValueError:
        return None
    return None if moment.tzinfo is None else clock.to_milliseconds(moment)


def _can(capabilities: list[str] | None, name: str) -> bool | None:
    return None if capabilities is None else name in capabilities


def _context_length(shown: dict[str, Any]) -> int | None:
    info: dict[str, Any] = shown.get("model_info") or {}
    length = info.get(f"{info.get('general.architecture')}.context_length")
    return length if isinstance(length, int) else None


def _detail(entry: dict[str, Any], shown: dict[str, Any], cloud: bool) -> str:
    details: dict[str, Any] = entry.get("details") or {}
    parts = [str(details.get("parameter_size") or ""), str(details.get("quantization_level") or "")]
    if cloud:
        host = str(entry.get("remote_host") or shown.get("remote_host") or "https://ollama.com")
        return " · ".join(part for part in [parts[0], f"runs at {urlsplit(host).hostname or host}"] if part)
    if size := entry.get("size"):
        parts.append(f"{size / 1e9:.1f} GB")
    return " · ".join(part for part in parts if part)
