"""Vectors on the Ollama wire. Source: Ollama's api.md, "Generate Embeddings"."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mecum.inference.exchange import Usage
from mecum.inference.keeping import written
from mecum.inference.ports import Embeddings
from mecum.inference.wires.embeddings import posted, vectors_of
from mecum.infra.net import Net


class OllamaEmbedding:
    """The model `name` of the Ollama server at `base_url` (no path). `keep` says how long it stays in memory."""

    def __init__(
        self,
        net: Net,
        base_url: str,
        name: str,
        key: str | None = None,
        *,
        timeout: float = 600.0,
        relay: str | None = None,
        keep: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        self._net, self._url, self._name = net, base_url.rstrip("/") + "/api/embed", name
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout, self._relay, self._keep = timeout, relay, keep

    async def embed(self, texts: Sequence[str], dimensions: int | None = None, keep: float | None = None) -> Embeddings:
        """See `EmbeddingModel`."""
        kept = self._keep() if keep is None else {"keep_alive": written(keep)}
        # Otherwise what does not fit the model's window is cut off in silence.
        body: dict[str, Any] = {"model": self._name, "input": list(texts), "truncate": False, **kept}
        if dimensions is not None:
            body["dimensions"] = dimensions
        told = await posted(self._net, self._url, body, self._headers, self._timeout, self._relay)
        found: list[Any] = told.get("embeddings") or []
        counts = {name: value for name, value in told.items() if name.endswith(("_count", "_duration"))}
        return vectors_of(found, len(texts), dimensions, Usage(told.get("prompt_eval_count"), raw=counts or None))
