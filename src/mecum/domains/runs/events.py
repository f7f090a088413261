"""What happens in a run, in order: the one shape behind SSE, WebSocket, the command line and the journal.

An envelope is `{v, run_id, conversation_id, message_id, seq, ts, type, …}`. `seq` counts per run from 1. The offset of
a delta counts UTF-8 bytes of its part before it; a client takes only what lies beyond what it has.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

PartKind = Literal["text", "reasoning", "tool_call", "tool_result", "image", "file", "audio", "citation", "data"]
Phase = Literal["queued", "waiting_for_model", "loading", "searching", "thinking", "writing", "silent"]


@dataclass(slots=True)
class RunStarted:
    """A model was chosen and is being asked.

    `stood_in_for` names the one that was wanted and is known to be away, where another one was chosen for it.
    """

    type: ClassVar[str] = "run.started"
    model: str
    model_reason: str | None
    stood_in_for: str | None = None


@dataclass(slots=True)
class RunModelChanged:
    """The model that was asked did not begin to answer, and another one is asked in its place.

    `failed` is the reference of the first, `error` the code of why; nothing of the answer came before.
    """

    type: ClassVar[str] = "run.model_changed"
    model: str
    model_reason: str
    failed: str
    error: str


@dataclass(slots=True)
class RunStatus:
    """What the run waits for or does, while there is nothing to read; `position` is how many are before it.

    `waits_because` is the `{code, message}` of what keeps every model from answering, while it waits for one.
    """

    type: ClassVar[str] = "run.status"
    phase: Phase
    position: int | None = None
    waits_because: dict[str, str] | None = None


@dataclass(slots=True)
class PartStarted:
    """A part of the answer begins; `part` is its index."""

    type: ClassVar[str] = "part.started"
    part: int
    kind: PartKind


@dataclass(frozen=True, slots=True)
class PartReplaced:
    """The text of a part is now this."""

    type: ClassVar[str] = "part.replaced"
    part: int
    text: str


@dataclass(slots=True)
class LogprobsAdded:
    """How likely the next tokens of a part's text were; told before their text, and only where that was asked for.

    A token is `{token, logprob, bytes, top_logprobs}`, as on OpenAI's wire.
    """

    type: ClassVar[str] = "part.logprobs"
    part: int
    tokens: list[dict[str, Any]]


@dataclass(slots=True)
class PartCompleted:
    """Nothing more will be added to this part; `content` is the whole of a part that is not text."""

    type: ClassVar[str] = "part.completed"
    part: int
    content: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CitationAdded:
    """The answer so far rests on a source."""

    type: ClassVar[str] = "citation.added"
    part: int
    citation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolArgumentsDelta:
    """A piece of the arguments (JSON text) of a tool call."""

    type: ClassVar[str] = "tool.args_delta"
    part: int
    call_id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ContextReport:
    """What of the history and of what was recalled went into the request, and what did not, with the reason."""

    type: ClassVar[str] = "context.report"
    report: dict[str, Any]


@dataclass(slots=True)
class RunEnded:
    """Exactly one per run; `status` is completed, cancelled, failed or interrupted."""

    status: str
    message: dict[str, Any] | None = None
    error: dict[str, Any] | None = None

    @property
    def type(self) -> str:
        """`run.` and the status."""
        return f"run.{self.status}"


TurnEvent = (
    RunStarted
    | RunModelChanged
    | RunStatus
    | PartStarted
    | PartReplaced
    | LogprobsAdded
    | PartCompleted
    | CitationAdded
    | ToolArgumentsDelta
    | ContextReport
    | RunEnded
)
TERMINAL = frozenset({"completed", "cancelled", "failed", "interrupted"})
ACTIVE = frozenset({"queued", "waiting", "running"})
