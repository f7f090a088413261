"""Vectors on the OpenAI wire (embeddings), and what every wire's vectors must be.

Source: the OpenAI API reference, "Create embeddings".
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from mecum.inference.errors import ModelRefused, ModelUnavailable
from mecum.inference.exchange import Usage
from mecum.inference.ports import Embeddings
from mecum.inference.wires.failures import discreet, failure_of, unreachable
from mecum.inference.wires.openai import parse_json
from mecum.infra.net import Net, NetUnavailable, Outgoing


class OpenAIEmbedding:
    """The model `name` of a server on the OpenAI wire. `base_url` ends before `/embeddings` (usually in `/v1`)."""

    def __init__(self, net: Net, base_url: str, name: str, key: str | None = None, *, timeout: float = 600.0) -> None:
        self._net, self._url, self._name = net, base_url.rstrip("/") + "/embeddings", name
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout = timeout

    async def embed(self, texts: Sequence[str], dimensions: int | None = None, keep: float | None = None) -> Embeddings:
        """See `EmbeddingModel`."""
        body: dict[str, Any] = {"model": self._name, "input": list(texts), "encoding_format": "float"}
        if dimensions is not None:
            body["dimensions"] = dimensions
        told = await posted(self._net, self._url, body, self._headers, self._timeout)
        usage: dict[str, Any] = told.get("usage") or {}
        return vectors_of(_in_order(told), len(texts), dimensions, Usage(usage.get("prompt_tokens"), raw=usage or None))


async def posted(
    net: Net, url: str, body: Mapping[str, Any], headers: Mapping[str, str], seconds: float, relay: str | None = None
) -> dict[str, Any]:
    """Return the answer to a request for vectors, waited for `seconds`; raises the errors of `inference.errors`.

    `relay` is where a server of this machine passes it on to.
    """
    call = Outgoing(
        "POST",
        url,
        purpose="model.embed",
        headers={"Content-Type": "application/json", **headers},
        body=orjson.dumps(body),
        timeout=seconds,
        private=True,
        relay=relay,
    )
    try:
        response = await net.fetch(call)
    except NetUnavailable as error:
        raise unreachable(error) from error
    if response.status != 200:
        raise discreet(failure_of(response.status, response.body, response.headers), headers)
    return parse_json(response.body)


def vectors_of(found: Sequence[Any], number: int, dimensions: int | None, usage: Usage) -> Embeddings:
    """Return the vectors; raises ModelUnavailable for what are none, ModelRefused where `dimensions` was ignored."""
    vectors = [vector for vector in found if _is_vector(vector)]
    lengths = {len(vector) for vector in vectors}
    if len(vectors) != number or len(found) != number or len(lengths) != 1:
        raise ModelUnavailable("The model's server did not answer with one vector for each text.")
    if dimensions is not None and lengths != {dimensions}:
        said = f"This model's vectors have {lengths.pop()} dimensions; it cannot make others."
        raise ModelRefused(said, parameter="dimensions")
    return Embeddings([[float(value) for value in vector] for vector in vectors], usage)


def _in_order(told: Mapping[str, Any]) -> list[Any]:
    items: Any = told.get("data")
    if not isinstance(items, list):
        return []
    entries: list[dict[str, Any]] = [item for item in items if isinstance(item, dict)]  # pyright: ignore[reportUnknownVariableType]
    return [entry.get("embedding") for entry in sorted(entries, key=lambda entry: entry.get("index", 0))]


def _is_vector(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(number, int | float) for number in value)  # pyright: ignore[reportUnknownVariableType]
