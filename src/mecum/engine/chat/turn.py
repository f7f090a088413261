"""A turn: what was asked, what the stages found out, and the one place that says in which order they run."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Final, Literal

from mecum.domains.runs import api as runs
from mecum.inference.exchange import (
    BACKGROUND,
    PEOPLE,
    Answer,
    ImageContent,
    Mode,
    ModelMessage,
    ModelRequest,
    Passage,
    Role,
    ToolSpec,
)
from mecum.inference.pricing import Cost
from mecum.inference.registry import Choice
from mecum.inference.routing.router import Needs, Passed
from mecum.inference.selection.mapper import Selection
from mecum.kernel.errors import Internal, MecumError
from mecum.kernel.subject import Subject

_log = logging.getLogger("mecum.turns")
Kind = Literal["chat", "api", "job", "sub-agent", "eval"]


@dataclass(frozen=True, slots=True)
class Posted:
    """A message a caller brings along, in the record's own parts; of an image or file only its `file_id` is needed."""

    role: Role
    parts: tuple[dict[str, Any], ...]


@dataclass(slots=True)
class TurnRequest:
    """What a surface asks for: text or files, or one of `regenerate`, `edit`, `resume`, `history` and `posted`.

    `parent_id` is where the message hangs: `...` means the current leaf, None the root. `history` is a caller's own
    list of messages (API); nothing is read from the record then. `posted` are messages that become part of the
    conversation, one under the other; the answer hangs under the last. `caller` is what the surface needs to tell of
    the run again; nothing of it reaches a model.
    """

    subject: Subject
    conversation_id: str | None = None
    parent_id: Any = ...
    text: str | None = None
    files: tuple[str, ...] = ()
    regenerate: str | None = None
    edit: str | None = None
    resume: str | None = None
    history: tuple[ModelMessage, ...] | None = None
    posted: tuple[Posted, ...] = ()
    project_id: str | None = None
    """Where a new conversation is made."""
    model: str | None = None
    temperature: float | None = None
    system_prompt: str | None = None
    mode: Mode = "chat"
    parameters: dict[str, Any] = field(default_factory=lambda: {})
    tools: tuple[ToolSpec, ...] = ()
    wait_for_model: bool = False
    kind: Kind = "chat"
    listed: bool = True
    metadata: dict[str, Any] | None = None
    idempotency_key: str | None = None
    unstreamed: bool = False
    caller: dict[str, Any] = field(default_factory=lambda: {})


@dataclass(slots=True)
class Wants:
    """What the run was asked to use; stored with it, so that a restart asks for the same."""

    model: str | None = None
    temperature: float | None = None
    system_prompt: str | None = None
    mode: Mode = "chat"
    parameters: dict[str, Any] = field(default_factory=lambda: {})
    tools: tuple[dict[str, Any], ...] = ()
    wait_for_model: bool = False
    resume: str | None = None
    caller: dict[str, Any] = field(default_factory=lambda: {})
    assistant: dict[str, Any] | None = None
    """Who answers: its id and revision, and what of it acts in a turn beside model, temperature and prompt."""
    project: dict[str, Any] | None = None
    """The project of the conversation: its id, name and version, and whether its instructions are in the prompt."""
    temperature_kept: bool = False
    """Whether the temperature is the conversation's or the assistant's: a model that takes none answers without it."""
    asked_as: str | None = None
    """A digest of the request that came with an idempotency key."""

    def stored(self) -> dict[str, Any]:
        """Return what is not as by default, as the run keeps it."""
        told = zip(_WANTS, _WANTED(self), _NOTHING, strict=True)
        return {name: value for name, value, default in told if value != default}

    def tool_specs(self) -> list[ToolSpec]:
        """Return the tools the caller offered."""
        return [ToolSpec(**tool) for tool in self.tools]


_WANTS: Final = tuple(one.name for one in fields(Wants))
_WANTED: Final = attrgetter(*_WANTS)
_NOTHING: Final = _WANTED(Wants())


@dataclass(frozen=True, slots=True)
class ShelvedFile:
    """A file of a turn's project. `text` is what was read of it, `included` whether that went into the request."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    is_text: bool
    text: str | None = None
    included: bool = False


@dataclass(frozen=True, slots=True)
class Shelved:
    """The history without the files of the project, those files, and which content (by identity) stands for which."""

    bare: tuple[ModelMessage, ...]
    files: Sequence[ShelvedFile]
    contents: Mapping[int, ShelvedFile]

    @property
    def included(self) -> int:
        """How many files are there whole."""
        return sum(file.included for file in self.files)


@dataclass(slots=True)
class Turn:
    """One turn on its way through the stages."""

    subject: Subject
    kind: Kind
    run_id: str
    conversation_id: str
    user_message_id: str | None
    message_id: str
    parent_id: str | None
    wants: Wants
    stream: runs.RunStream
    created_ms: int
    after_id: str | None = None
    """The message whose answer must be there before this turn may run."""
    listed: bool = True
    entered: bool = False
    restarts: int = 0
    given: tuple[ModelMessage, ...] | None = None
    asked: list[dict[str, Any]] | None = None
    """The parts of a message that nothing is above: the whole branch, so that nobody need read it again."""
    status: str = "running"
    # found by the stages
    history: tuple[ModelMessage, ...] = ()
    places: Sequence[str] = ()
    """The stored messages that the history is from, in its order, without a prompt before it and a wish after it."""
    begins_with: str = ""
    """What the answer begins with: the text it goes on from."""
    prompted: bool = False
    """Whether the history begins with a prompt of the turn's own, which is no message of the record."""
    shelved: Shelved | None = None
    unread: bool = False
    """Whether the conversation is longer than what of it is read."""
    passages: tuple[Passage, ...] = ()
    choice: Choice | None = None
    selection: Selection | None = None
    """What was considered for the role whose model was chosen; None where the model was named."""
    passed: list[Passed] = field(default_factory=lambda: [])
    """The models that were asked before and did not begin to answer."""
    request: ModelRequest | None = None
    report: dict[str, Any] | None = None
    summarise: Mapping[str, Any] | None = None
    """What a job should summarise when this turn has settled, because it did not fit."""
    answer: Answer | None = None
    cost: Cost | None = None
    started_ms: int | None = None
    asked_ms: int | None = None
    """When the model that answers was asked."""
    begun_ms: int | None = None
    """When it said anything: text, reasoning, a call."""
    first_ms: int | None = None
    loaded: bool = False
    """Whether it was loaded first, so that the wait says nothing of its speed."""
    finished_ms: int | None = None
    error: MecumError | None = None
    waits_because: dict[str, str] | None = None
    """What kept every model from answering when it last waited for one: `{code, message}`."""
    task: asyncio.Task[None] | None = None
    cancelled: bool = False

    @property
    def sees(self) -> bool:
        """Whether there is an image in what the model is shown."""
        return any(isinstance(item, ImageContent) for message in self.history for item in message.content)

    @property
    def stood_in_for(self) -> str | None:
        """The model that was wanted where another one answers: it did not begin to, or nobody has it here."""
        if self.choice is not None and self.choice.instead_of is not None:
            return self.choice.instead_of
        # Where a model was asked for by name, the assistant's own was not wanted.
        assistant = None if self.wants.model is not None else self.wants.assistant
        missing: str | None = None if assistant is None else assistant.get("missing")
        return missing or self.stream.stood_in_for

    @property
    def needs(self) -> Needs:
        """What a model that stands in must be able to do."""
        return Needs(vision=self.sees, raw=self.wants.mode == "raw", real=self.wants.wait_for_model)

    def question(self) -> str:
        """Return the text of the newest message a person or a program asks with."""
        return next((message.text for message in reversed(self.history) if message.role == "user"), "")

    @property
    def priority(self) -> int:
        """Who waits for it: a person or a program, or nobody."""
        return PEOPLE if self.kind in ("chat", "api") else BACKGROUND


Stage = Callable[[Turn], Awaitable[None]]
StandsIn = Callable[[Turn, MecumError], bool]
"""Puts another model in the place of the one that failed, where nothing of its answer came; returns whether it did."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages, filled by bootstrap."""

    load: Stage
    guard: Stage
    recall: Stage
    act: Stage
    stand_in: StandsIn
    settle: Stage


Waits = Callable[[Turn], bool]
"""Puts a turn that no model can answer now aside until one can; returns whether it did."""


async def run_turn(turn: Turn, stages: Stages, waits: Waits) -> None:
    """Run the turn to its end, or to where it waits for a model.

    Whatever else happens, it settles: exactly one terminal event, on disk before it is shown.
    """
    try:
        await stages.load(turn)
        await stages.guard(turn)
        await _answered(turn, stages)
        turn.status = "completed"
    except asyncio.CancelledError:
        turn.status = "cancelled" if turn.cancelled else "interrupted"
    except MecumError as error:
        if turn.choice is None and waits(turn):
            return
        turn.status, turn.error = "failed", error
    except Exception as error:  # noqa: BLE001 - the stage boundary
        # The stage boundary: a fault of ours ends this turn, visibly, and no other.
        _log.exception("a stage failed", extra={"run_id": turn.run_id})
        turn.status, turn.error = "failed", Internal(reason=type(error).__name__)
    await stages.settle(turn)


async def _answered(turn: Turn, stages: Stages) -> None:
    while True:
        try:
            await stages.recall(turn)
            return await stages.act(turn)
        except MecumError as error:
            if not stages.stand_in(turn, error):
                raise
