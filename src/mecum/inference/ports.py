"""The port every model implements, and the provider-neutral request, answer and events it speaks.

One canonical history (`Turnable` messages of ours) goes in; each adapter projects it to its wire. What comes out is
pushed into an `AnswerSink` as it arrives: a coroutine wake-up per token would cost more than all other work of a
stream together, so the only thing awaited is the end of the answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, Protocol, runtime_checkable

from mecum.inference.memory import MemoryParts

Role = Literal["system", "user", "assistant", "tool"]
Mode = Literal["chat", "raw"]
StopReason = Literal["stop", "length", "tool_calls", "refusal", "other"]
ModelKind = Literal["chat", "embedder", "transcriber", "speaker"]
"""What a model makes: text from text, vectors, text from speech, speech."""
WindowSource = Literal["sent", "started", "configured", "reported", "learned", "table", "model"]
"""Who says how large a window is: the call that asked for it, the process that was started with it, a person, the
server's list, its server when it refused what was longer, the table of known models, or the model itself, whose server
may have been given less."""
PEOPLE: Final = 0
BACKGROUND: Final = 10
"""Priorities of requests: a person waits for the answer, or nobody does."""


@dataclass(frozen=True, slots=True)
class TextContent:
    """Plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class ImageContent:
    """An image, as bytes; adapters encode it for their wire."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class CallContent:
    """A tool call the assistant made; `arguments` is JSON text."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ResultContent:
    """The result of a tool call."""

    call_id: str
    name: str
    content: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class ReasoningContent:
    """What a model thought before it went on, and the vendor's proof of it.

    `signature` is opaque; `origin` says for whom it means something, as `wire/model` (`anthropic/claude-opus-5`): no
    other model is shown it. A `redacted` thought has no text, its signature is the sealed thought itself.
    """

    text: str
    signature: str | None = None
    origin: str | None = None
    redacted: bool = False


Content = TextContent | ImageContent | CallContent | ResultContent | ReasoningContent


@dataclass(frozen=True, slots=True)
class ModelMessage:
    """One message of the canonical history as a model sees it."""

    role: Role
    content: tuple[Content, ...]

    @property
    def text(self) -> str:
        """The text contents, joined."""
        return "".join(item.text for item in self.content if isinstance(item, TextContent))


@dataclass(frozen=True, slots=True)
class Passage:
    """An extract that `recall` put into the request or a vendor cites, with where it came from (a character span).

    `url` is the page a vendor took it from; `said` the characters of the answer that it proves, where they say which.
    """

    title: str
    text: str
    start: int
    end: int
    conversation_id: str | None = None
    message_id: str | None = None
    file_id: str | None = None
    url: str | None = None
    said: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool the model may call: name, description, JSON schema of its arguments.

    `strict`: whether its calls must follow the schema exactly; an adapter that cannot promise it refuses True.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    strict: bool | None = None


@dataclass(slots=True)
class ModelRequest:
    """Everything a model gets for one answer.

    `mode="raw"` means: `messages` carry one text to continue, untemplated, with no system prompt. `parameters` holds
    what the caller asked for beyond temperature in the OpenAI names (max_tokens, top_p, stop, seed, response_format,
    tool_choice, parallel_tool_calls, reasoning_effort, presence_penalty, frequency_penalty, logit_bias, user, logprobs,
    top_logprobs; logprobs of a text to continue is a number) and, as
    servers of open models call them, top_k, min_p and repeat_penalty; an adapter refuses one it cannot honour with
    ModelRefused.
    """

    model: str
    messages: tuple[ModelMessage, ...]
    mode: Mode = "chat"
    temperature: float | None = None
    context_length: int | None = None
    passages: tuple[Passage, ...] = ()
    tools: tuple[ToolSpec, ...] = ()
    parameters: dict[str, Any] = field(default_factory=lambda: {})
    priority: int = PEOPLE
    """Who goes first where only so many are answered at once: the smaller number."""
    tokens: int | None = None
    """The most tokens that messages, tools and passages can be, as far as it is known; for sizing a window."""
    window_limit: int | None = None
    """The largest window a person lets this model have."""
    keep: float | None = None
    """For how many idle seconds the model stays in memory after it, below 0 for ever; None as is usual. Nothing where
    nobody here loads it."""


@dataclass(slots=True)
class Usage:
    """Token counts as the provider reported them; None where it did not. `raw` is its own report, unaltered.

    `input_tokens` counts what came from the provider's cache (`cached_tokens`) and what went into it
    (`cache_write_tokens`) too, `output_tokens` what was thought (`reasoning_tokens`).
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    raw: dict[str, Any] | None = None
    cache_write_tokens: int | None = None


@dataclass(slots=True)
class Answer:
    """How an answer ended. What it said went to the sink. `served_by` is the reference of a pool's member that did;
    `window` the tokens it could read at once, where the call or the start of its process said so."""

    stop_reason: StopReason
    usage: Usage
    model: str | None = None
    served_by: str | None = None
    window: int | None = None


class AnswerSink(Protocol):
    """Where an adapter pushes what arrives, in order. Never blocks; called on the event loop."""

    def text(self, escaped: bytes, size: int) -> None:
        """Answer text: the inside of a JSON string (escaped, UTF-8, no quotes) and its decoded size in UTF-8 bytes.

        Only for slices known to hold no NUL and no surrogate; anything else goes through `raw_text`.
        """
        ...

    def raw_text(self, text: str) -> None:
        """Answer text as a Python string; may hold NUL or unpaired surrogates, which the sink handles."""
        ...

    def reasoning(self, text: str) -> None:
        """Reasoning text."""
        ...

    def tool_call(self, index: int, call_id: str | None, name: str | None, arguments: str) -> None:
        """A piece of the tool call number `index`: id and name once, `arguments` (JSON text) piece by piece."""
        ...

    def citation(self, passage: Passage) -> None:
        """The text so far ends in a statement that this passage proves."""
        ...

    def phase(self, name: Literal["loading", "searching", "thinking", "writing"]) -> None:
        """What the person should be told while nothing is there to read."""
        ...


@runtime_checkable
class SignatureSink(Protocol):
    """What a sink is too when it keeps a record: a vendor may want its proof of a thought back in the next request."""

    def signed(self, signature: str, origin: str, *, redacted: bool = False) -> None:
        """The reasoning so far ends here, with this proof of it; see `ReasoningContent`.

        Without any reasoning before it, it is the proof of what follows (a call) or of what was said.
        """
        ...


@runtime_checkable
class LogprobSink(Protocol):
    """What a sink is too when it keeps how likely tokens were."""

    def logprobs(self, tokens: list[dict[str, Any]]) -> None:
        """How likely the tokens of the next text were: `{token, logprob, bytes, top_logprobs}` of each."""
        ...


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
