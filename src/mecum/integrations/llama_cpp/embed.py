"""One GGUF file as an embedding model: its child is lent for the texts and speaks the OpenAI wire."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from mecum.inference.errors import ContextTooLong, ModelRefused, ModelUnavailable
from mecum.inference.ports import Embeddings
from mecum.inference.wires.embeddings import OpenAIEmbedding
from mecum.infra.net import Net
from mecum.integrations.llama_cpp.files import Files
from mecum.integrations.llama_cpp.memory import estimate
from mecum.integrations.llama_cpp.runtime import Load, Runtime

LONGEST: Final = 2048
"""Tokens of one text: all of them are computed at once, which takes memory that grows with their number."""
_TOO_LONG: Final = "too large to process"


class LlamaCppEmbedding:
    """The model in the file at `path`."""

    def __init__(
        self,
        net: Net,
        runtime: Runtime,
        files: Files,
        path: Path,
        name: str,
        keep: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._net, self._runtime, self._files, self._path, self._name = net, runtime, files, path, name
        self._keep = keep

    async def embed(self, texts: Sequence[str], dimensions: int | None = None, keep: float | None = None) -> Embeddings:
        """See `EmbeddingModel`."""
        if dimensions is not None:
            raise ModelRefused("llama.cpp does not shorten vectors.", parameter="dimensions")
        facts = await self._files.facts(self._path)
        context = min(facts.context_length or LONGEST, LONGEST)
        need = estimate(facts, context, batch=context).total
        load = Load(str(self._path), self._files.changed(self._path), context, need, embeds=True)
        async with self._runtime.lend(load, lambda: None, self._keep() if keep is None else keep) as child:
            try:
                return await OpenAIEmbedding(self._net, child.base_url, self._name, child.key).embed(texts)
            except (ModelRefused, ModelUnavailable) as error:
                if _TOO_LONG in error.message:
                    raise ContextTooLong(f"A text is longer than {context:,} tokens.") from error
                raise
