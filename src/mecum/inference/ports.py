"""The port every model implements, and who provides one: what is known of it, and opening, loading and fetching it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from mecum.inference.exchange import Answer, AnswerSink, ModelRequest, Usage
from mecum.inference.memory import MemoryParts

ModelKind = Literal["chat", "embedder", "transcriber", "speaker"]
"""What a model makes: text from text, vectors, text from speech, speech."""
WindowSource = Literal["sent", "started", "configured", "reported", "learned", "table", "model"]
"""Who says how large a window is: the call that asked for it, the process that was started with it, a person, the
server's list, its server when it refused what was longer, the table of known models, or the model itself, whose server
may have been given less."""


class ChatModel(Protocol):
    """A model that answers. Raises the errors of `mecum.inference.errors`; cancelling the task stops the upstream."""

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        """Answer `request` into `sink` and return how it ended."""
        ...


@dataclass(frozen=True, slots=True)
class Embeddings:
    """A vector for each text, in their order, all of one length; `usage` counts the tokens of the texts."""

    vectors: list[list[float]]
    usage: Usage


class EmbeddingModel(Protocol):
    """A model that turns texts into vectors. Raises the errors of `mecum.inference.errors`."""

    async def embed(self, texts: Sequence[str], dimensions: int | None = None, keep: float | None = None) -> Embeddings:
        """Return the vectors of `texts`, none of which is empty, of this many `dimensions` or the model's own.

        `keep` is for how many idle seconds the model stays in memory after them, below 0 for ever; None as is usual,
        and nothing where nobody here loads it. Raises ModelRefused for `dimensions` it cannot make, ContextTooLong for
        a text that does not fit; nothing is cut off.
        """
        ...


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of a model; None is unknown, never false.

    `ref` is `endpoint/name`, unique in this instance. `detail` is a sentence for people ("8B · Q4_K_M · 4.7 GB").
    """

    ref: str
    name: str
    provider: str
    endpoint: str
    local: bool
    context_length: int | None = None
    vision: bool | None = None
    tools: bool | None = None
    reasoning: bool | None = None
    raw_only: bool = False
    size_bytes: int | None = None
    available: bool = True
    detail: str = ""
    memory_bytes: int | None = None
    """What it takes of its machine's memory: with `context_length` where Mecum loads it, as its server measured where
    that has it loaded, estimated for the window asked for at least where not."""
    fits: bool | None = None
    """Whether it could be loaded when the list was made; one that could not is never chosen by itself."""
    fit_reason: str | None = None
    rank: int = 0
    recalls: bool = False
    """Whether passages found by words are put into its requests without being asked for."""
    on_request: bool = False
    """Whether it answers only those who ask for it by its reference, and is never chosen by itself."""
    kind: ModelKind = "chat"
    parameters: int | None = None
    """How many it has."""
    quantization: str | None = None
    """How its weights are kept, in llama.cpp's words (`Q4_K_M`)."""
    loaded: bool | None = None
    """Whether it was in memory when the list was made; what it takes is not free then, because it takes it."""
    memory_measured: bool = False
    """Whether `memory_bytes` is what it took then, as its server measured, and no estimate."""
    memory_parts: MemoryParts | None = None
    """What an estimate of its memory is made of; None where there is none."""
    window_from: WindowSource = "reported"
    """Who says what its window is; `model`: only how it was made, its server may have been given less."""
    refuses: bool = False
    """Whether its server is known to refuse what its window does not hold, instead of cutting it."""
    needs_key: bool | None = None
    """Whether its server answers only with a key: it was given one, or its wire has it so."""


class Provider(Protocol):
    """An endpoint that has models: it lists them and opens one. One instance per configured endpoint."""

    @property
    def endpoint(self) -> str:
        """The endpoint's name, the first part of its models' refs."""
        ...

    @property
    def local(self) -> bool:
        """Whether it is on this machine, so that asking it sends nothing out."""
        ...

    async def models(self) -> list[ModelInfo]:
        """Ask the endpoint what it has; raises ModelUnavailable when it does not answer."""
        ...

    def open(self, model: ModelInfo) -> ChatModel:
        """Return the model; no work happens before `answer`."""
        ...

    async def close(self) -> None:
        """Stop whatever this provider started."""
        ...


PullTold = Callable[[str, int, int | None], None]
"""Told how far a pull is: what is being done, bytes done, bytes in all (None: not known)."""


@runtime_checkable
class PullingProvider(Provider, Protocol):
    """A provider that fetches models by their names itself."""

    async def pull(self, name: str, told: PullTold) -> None:
        """Fetch the model `name`; raises ModelUnavailable, ModelNotFound, ModelRefused. Cancelling stops it."""
        ...


@runtime_checkable
class EmbeddingProvider(Provider, Protocol):
    """A provider that may have embedding models too."""

    def embedder(self, model: ModelInfo) -> EmbeddingModel:
        """Return the model; no work happens before `embed`."""
        ...


@runtime_checkable
class FileProvider(Provider, Protocol):
    """A provider whose models are files of this machine."""

    async def check(self, path: Path) -> None:
        """Raise Invalid, with the reason, unless the file at `path` is a whole model that answers."""
        ...

    async def add(self, path: Path) -> ModelInfo:
        """Offer the file at `path` where it lies, to those who ask for it, and return its model; raises as `check`."""
        ...

    def path_of(self, model: ModelInfo) -> Path:
        """Return where the file of a model is; raises ModelNotFound."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in memory: how many bytes it takes, how many answers it makes now, when it goes when nobody asks.

    `until` is milliseconds since 1970, `graphics_bytes` what of its bytes is memory of graphics processors, `window`
    the tokens it reads at once as it is loaded; None for what is not known.
    """

    ref: str
    memory_bytes: int | None = None
    busy: int | None = None
    until: int | None = None
    graphics_bytes: int | None = None
    window: int | None = None


@runtime_checkable
class LoadingProvider(Provider, Protocol):
    """A provider whose models are loaded into the memory of a machine, and leave it."""

    async def load(self, model: ModelInfo) -> None:
        """Have the model in memory; raises ModelUnavailable, ModelCrashed, ModelNotFound."""
        ...

    async def unload(self, model: ModelInfo) -> None:
        """Free its memory once the answers it makes have ended; nothing when it is not loaded."""
        ...

    async def loaded(self) -> list[Loaded]:
        """Return what is loaded now; raises ModelUnavailable when the endpoint does not answer."""
        ...
