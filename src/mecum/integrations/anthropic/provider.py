"""An endpoint on the Anthropic wire: its list of models with what they can do, and opening one."""

from typing import Any, Final
from urllib.parse import quote, urlsplit

import orjson

from mecum.inference.ports import ChatModel, ModelInfo
from mecum.inference.wires.failures import discreet, failure_of, no_list, unreachable
from mecum.infra.net import Net, NetUnavailable, Outgoing
from mecum.infra.net.client import is_loopback
from mecum.integrations.anthropic.abilities import UNKNOWN, Abilities, abilities_of, supported
from mecum.integrations.anthropic.chat import VERSION, AnthropicChat
from mecum.kernel.errors import MecumError

_LOCAL_RANK: Final = 25
_CLOUD_RANK: Final = 20
_LIST_SECONDS: Final = 5.0
_MOST_PAGES: Final = 20
_OFFICIAL: Final = "api.anthropic.com"


class AnthropicProvider:
    """One configured endpoint. `base_url` may end in `/v1` or before it."""

    def __init__(self, net: Net, endpoint: str, base_url: str, key: str | None = None) -> None:
        self._net, self._endpoint = net, endpoint
        self._base = base_url.rstrip("/").removesuffix("/v1") + "/v1"
        self._headers = {"anthropic-version": VERSION} | ({"x-api-key": key} if key else {})
        host = urlsplit(base_url).hostname or ""
        self._local, self._official = is_loopback(host), host == _OFFICIAL
        self._abilities: dict[str, Abilities] = {}

    @property
    def endpoint(self) -> str:
        """The endpoint's name, the first part of its models' refs."""
        return self._endpoint

    @property
    def local(self) -> bool:
        """Whether the server is on this machine."""
        return self._local

    async def models(self) -> list[ModelInfo]:
        """List the endpoint's models; raises ModelUnavailable, ModelAuthFailed, ModelLimited."""
        found: list[dict[str, Any]] = []
        after = ""
        for _ in range(_MOST_PAGES):
            page = await self._page(after)
            found += page["data"]
            after = str(page.get("last_id") or "")
            if not page.get("has_more") or not after:
                break
        self._abilities = {str(entry["id"]): abilities_of(entry) for entry in found}
        return [self._info(entry) for entry in found]

    def open(self, model: ModelInfo) -> ChatModel:
        """Return the model; no work happens before `answer`."""
        return AnthropicChat(self._net, self._base, model, self._abilities.get(model.name, UNKNOWN), self._headers)

    async def close(self) -> None:
        """Nothing was started here."""

    async def _page(self, after: str) -> dict[str, Any]:
        url = f"{self._base}/models?limit=1000" + (f"&after_id={quote(after)}" if after else "")
        call = Outgoing(
            "GET", url, "model.list", headers=self._headers, data_class="none", timeout=_LIST_SECONDS, private=True
        )
        try:
            response = await self._net.fetch(call)
        except NetUnavailable as error:
            raise unreachable(error) from error
        if response.status != 200:
            raise discreet(failure_of(response.status, response.body, response.headers), self._headers)
        try:
            return _listed(response.body)
        except MecumError as error:
            discreet(error, self._headers)
            raise

    def _info(self, entry: dict[str, Any]) -> ModelInfo:
        name = str(entry["id"])
        told: dict[str, Any] = entry.get("capabilities") or {}
        window = entry.get("max_input_tokens")
        shown = str(entry.get("display_name") or "")
        where = "on this machine" if self._local else "cloud"
        return ModelInfo(
            ref=f"{self._endpoint}/{name}",
            name=name,
            provider="anthropic",
            endpoint=self._endpoint,
            local=self._local,
            context_length=window if isinstance(window, int) and window > 0 else None,
            vision=supported(told, "image_input"),
            reasoning=supported(told, "thinking"),
            detail=f"{shown} · {where}" if shown else where,
            rank=_LOCAL_RANK if self._local else _CLOUD_RANK,
            # Documented: what is too long is an error of validation, nothing is left out.
            refuses=True,
            needs_key=True if self._official or "x-api-key" in self._headers else None,
        )


def _listed(body: bytes) -> dict[str, Any]:
    try:
        value: dict[str, Any] = orjson.loads(body)
        if all(isinstance(entry["id"], str) for entry in value["data"]):
            return value
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise no_list(body, "Anthropic") from error
    raise no_list(body, "Anthropic")
