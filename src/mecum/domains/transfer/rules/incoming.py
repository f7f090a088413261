"""What a reader finds in somebody's files: conversations, documents, and what cannot be brought in, with the reason."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from mecum.domains.transfer.rules.record import Json

if TYPE_CHECKING:
    from mecum.domains.assistants import api as assistants

Kind = Literal["conversation", "message", "file", "document", "assistant", "prompt", "project", "profile", "setting"]


@dataclass(slots=True)
class Attached:
    """A file that came along: its name, and how to get its bytes."""

    name: str
    content: bytes


@dataclass(slots=True)
class Incoming:
    """A message. `ref` is its id there; `raw` is what it says there, as it stands, by which it is known again."""

    ref: str
    parent: str | None
    role: str
    parts: list[Json]
    raw: Any
    at: int | None = None
    """Milliseconds; None takes the time of the message before."""
    model: str | None = None
    state: str = "complete"
    mode: str = "chat"
    token_count: int | None = None
    processing_ms: int | None = None
    confidence: float | None = None
    confidence_method: str | None = None
    feedback: int | None = None
    error: Json | None = None
    metadata: Json = field(default_factory=dict[str, Any])
    model_reason: str | None = None
    own_id: str | None = None
    """The id it had in a record of ours."""


@dataclass(slots=True)
class Skipped:
    """Something that is not brought in. `document` is all that stands there, None where nobody can read it."""

    kind: Kind
    ref: str
    reason: str
    document: Json | None = None


@dataclass(slots=True)
class Document:
    """A row of a table that has no room here yet: kept as it is, for the room that will be built."""

    table: str
    ref: str
    body: Json
    system: str | None = None
    """Whose ids these are; None is the system of the file it was found in."""


@dataclass(slots=True)
class Thread:
    """A conversation with its messages, in the order they were written."""

    ref: str
    title: str | None
    messages: list[Incoming]
    created_at: int | None = None
    last_activity_at: int | None = None
    leaf: str | None = None
    """Where its current branch ends; None is the last message."""
    distinct: Any = None
    """What tells it from another file's conversation of the same id, where ids are small numbers."""
    assistant_id: Any = None
    """One of ours, by its id."""
    model: str | None = None
    system_prompt: str | None = None
    temperature: float | None = None
    metadata: Json = field(default_factory=dict[str, Any])
    files: dict[str, Attached] = field(default_factory=dict[str, Attached])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    title_source: str | None = "person"
    own_id: str | None = None
    project: str | None = None
    """The name of the project it is in."""
    tags: list[str] = field(default_factory=list[str])
    archived_at: int | None = None
    """Milliseconds; None for one that was not put away."""
    listed: bool = True


@dataclass(slots=True)
class Newcomer:
    """An assistant out of a file that holds one. `raw` is what it says there, by which it is known again."""

    ref: str
    name: str
    raw: Any
    core: Json = field(default_factory=dict[str, Any])
    facets: Json = field(default_factory=dict[str, Any])
    prompt: str | None = None
    texts: list[Json] = field(default_factory=list[Json])
    """Every text of its prompt, oldest first, in the place of `prompt`: `{text, note, created_at}`."""
    current: int = 1
    versions: list[Json] = field(default_factory=list[Json])
    vectors: Json = field(default_factory=dict[str, Any])
    legacy: Json | None = None
    picture: bytes | None = None
    project: str | None = None
    """The name of the one it works in."""
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    own_id: str | None = None
    """The id it had in a record of ours."""


@dataclass(slots=True)
class Held:
    """A file of a project; `added_at` is when it came into it."""

    ref: str
    own_id: str | None
    name: str
    sha256: str
    load: Callable[[], Attached | str]
    """Returns its bytes, or why there are none; waits for the disk."""
    added_at: datetime | None


@dataclass(slots=True)
class FoundProject:
    """A project out of an export of ours. `raw` is the hash of `said`, by which it is known again."""

    ref: str
    raw: str
    said: Json
    name: str
    instructions: str | None
    assistant_id: str | None
    model: str | None
    created_at: datetime | None
    updated_at: datetime | None
    own_id: str | None
    files: list[Held] = field(default_factory=list[Held])
    skipped: list[Skipped] = field(default_factory=list[Skipped])


@dataclass(slots=True)
class FoundPrompt:
    """A prompt that no assistant has, with all its texts, the oldest first: `{text, note, created_at}`."""

    ref: str
    raw: str
    said: Json
    title: str
    texts: list[Json]
    own_id: str | None


@dataclass(slots=True)
class FoundProfile:
    """A profile of a person: `body` is its text."""

    ref: str
    raw: str
    said: Json
    name: str
    body: str
    created_at: datetime | None
    modified_at: datetime | None
    own_id: str | None


@dataclass(slots=True)
class FoundSetting:
    """Something that a person says for themselves; `ref` is what it is about."""

    ref: str
    value: Any
    raw: str


@dataclass(slots=True)
class FlatAssistant:
    """An assistant out of a flat table."""

    made: "assistants.Brought"


@dataclass(slots=True)
class FlatPrompt:
    """A prompt out of the table beside it."""

    made: "assistants.BroughtPrompt"


Belonging = FoundProject | FoundPrompt | FoundProfile | FoundSetting
"""What a person has beside conversations and assistants."""
Found = Thread | Document | Skipped | Newcomer | FlatAssistant | FlatPrompt | Belonging


def digest(*said: Any) -> bytes:
    """Return 16 bytes that stand for values of JSON (and bytes): the same for the same ones, in any process."""
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).digest()[:16]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return ["bytes", bytes(value).hex()]
    raise TypeError(type(value).__name__)


def arranged(messages: Sequence[Incoming]) -> list[Incoming]:
    """Return the messages with parents before children, otherwise in their order, each under a message that is there.

    Who hangs under a message that is not there becomes a root; a cycle is cut where it is met.
    """
    by_ref: dict[str, Incoming] = {}
    for message in messages:
        if message.ref in by_ref:
            # Two of one id: both are kept, and what names the id means the first.
            message.ref = f"{message.ref}#{len(by_ref)}"
        by_ref[message.ref] = message
    ordered: dict[str, Incoming] = {}
    for message in messages:
        path: list[Incoming] = []
        at: Incoming | None = message
        while at is not None and at.ref not in ordered and at not in path:
            path.append(at)
            at = by_ref.get(at.parent) if at.parent is not None else None
        if path and (path[-1].parent not in ordered):
            path[-1].parent = None
        ordered.update((one.ref, one) for one in reversed(path))
    return list(ordered.values())
