"""An endpoint on the Google wire: its list of models with what it reports of them, and opening one."""

import re
from typing import Any, Final
from urllib.parse import quote, urlsplit

import orjson

from mecum.inference.ports import ChatModel, ModelInfo
from mecum.inference.wires.failures import discreet, no_list, unreachable
from mecum.infra.net import Net, NetUnavailable, Outgoing
from mecum.infra.net.client import is_loopback
from mecum.integrations.google.chat import GoogleChat
from mecum.integrations.google.failures import google_failure
from mecum.kernel.errors import MecumError

_LOCAL_RANK: Final = 25
_CLOUD_RANK: Final = 20
_LIST_SECONDS: Final = 5.0
_MOST_PAGES: Final = 20
_OFFICIAL: Final = "generativelanguage.googleapis.com"
_VERSIONED: Final = re.compile(r"/v\d+\w*$")
# They take the same request, and answer in something other than text.
_NOT_CHAT: Final = ("tts", "image", "audio", "live", "embedding")


class GoogleProvider:
    """One configured endpoint. `base_url` may end in the version, usually `/v1beta`, or before it."""

    def __init__(self, net: Net, endpoint: str, base_url: str, key: str | None = None) -> None:
        self._net, self._endpoint = net, endpoint
        base = base_url.rstrip("/")
        self._base = base if _VERSIONED.search(base) else f"{base}/v1beta"
        self._headers = {"x-goog-api-key": key} if key else {}
        host = urlsplit(base_url).hostname or ""
        self._local, self._official = is_loopback(host), host == _OFFICIAL

    @property
    def endpoint(self) -> str:
        """The endpoint's name, the first part of its models' refs."""
        return self._endpoint

    @property
    def local(self) -> bool:
        """Whether the server is on this machine."""
        return self._local

    async def models(self) -> list[ModelInfo]:
        """List the models that answer in text; raises ModelUnavailable, ModelAuthFailed, ModelLimited."""
        found: list[dict[str, Any]] = []
        token = ""
        for _ in range(_MOST_PAGES):
            page = await self._page(token)
            found += page.get("models") or []
            token = str(page.get("nextPageToken") or "")
            if not token:
                break
        return [self._info(entry) for entry in found if _chats(entry)]

    def open(self, model: ModelInfo) -> ChatModel:
        """Return the model; no work happens before `answer`."""
        return GoogleChat(self._net, self._base, model, self._headers)

    async def close(self) -> None:
        """Nothing was started here."""

    async def _page(self, token: str) -> dict[str, Any]:
        url = f"{self._base}/models?pageSize=1000" + (f"&pageToken={quote(token, safe='')}" if token else "")
        call = Outgoing(
            "GET", url, "model.list", headers=self._headers, data_class="none", timeout=_LIST_SECONDS, private=True
        )
        try:
            response = await self._net.fetch(call)
        except NetUnavailable as error:
            raise unreachable(error) from error
        if response.status != 200:
            raise discreet(google_failure(response.status, response.body, response.headers), self._headers)
        try:
            return _listed(response.body)
        except MecumError as error:
            discreet(error, self._headers)
            raise

    def _info(self, entry: dict[str, Any]) -> ModelInfo:
        name = str(entry["name"]).removeprefix("models/")
        window, thinks = entry.get("inputTokenLimit"), entry.get("thinking")
        shown = str(entry.get("displayName") or "")
        where = "on this machine" if self._local else "cloud"
        return ModelInfo(
            ref=f"{self._endpoint}/{name}",
            name=name,
            provider="google",
            endpoint=self._endpoint,
            local=self._local,
            context_length=window if isinstance(window, int) and window > 0 else None,
            reasoning=thinks if isinstance(thinks, bool) else None,
            detail=f"{shown} · {where}" if shown else where,
            rank=_LOCAL_RANK if self._local else _CLOUD_RANK,
            refuses=True,
            needs_key=True if self._official or self._headers else None,
        )


def _chats(entry: dict[str, Any]) -> bool:
    methods: list[str] = entry.get("supportedGenerationMethods") or []
    return "generateContent" in methods and not any(word in str(entry["name"]).lower() for word in _NOT_CHAT)


def _listed(body: bytes) -> dict[str, Any]:
    try:
        value: dict[str, Any] = orjson.loads(body)
        if "error" not in value and all(isinstance(entry["name"], str) for entry in value.get("models", [])):
            return value
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise no_list(body, "Google") from error
    raise no_list(body, "Google")
