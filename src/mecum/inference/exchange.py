"""What is said to a model and what it says: one request, one answer and its events, the same for every provider.

One canonical history (`Turnable` messages of ours) goes in; each adapter projects it to its wire. What comes out is
pushed into an `AnswerSink` as it arrives: a coroutine wake-up per token would cost more than all other work of a
stream together, so the only thing awaited is the end of the answer.
"""

from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, runtime_checkable

Role = Literal["system", "user", "assistant", "tool"]
Mode = Literal["chat", "raw"]
StopReason = Literal["stop", "length", "tool_calls", "refusal", "other"]
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
