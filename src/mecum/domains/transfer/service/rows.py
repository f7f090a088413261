"""From what a reader found to rows: new ids, times that go on, parts that can be stored."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from mecum.domains.conversations import api as conversations
from mecum.domains.retrieval import api as retrieval
from mecum.domains.transfer.rules.incoming import Incoming, Thread
from mecum.domains.transfer.rules.record import Json
from mecum.kernel import ids
from mecum.kernel.text import shown

_MOST_REF: Final = 300
_DIGITS: Final = 18


class Placed:
    """A conversation on its way in: the ids of its messages here, and their times."""

    def __init__(self, thread: Thread, conversation_id: str, known: Mapping[str, str], fallback: int) -> None:
        self.thread, self.conversation_id = thread, conversation_id
        self.ids: dict[str, str] = dict(known)
        """Here, by their ids there."""
        times = [message.at for message in thread.messages if message.at is not None]
        first = thread.created_at if thread.created_at is not None else min(times, default=fallback)
        self.created_at = first
        self.last_activity_at = max([first, thread.last_activity_at or first, *times])
        if thread.own_id is not None and thread.last_activity_at is not None:
            # A record of ours says it exactly: an answer may be a little younger than what asked for it.
            self.last_activity_at = thread.last_activity_at
        self._at = first

    def conversation(self, owner: Mapping[str, str], leaf_id: str | None, mark: Json | None) -> Json:
        """Return the row of the conversation; `mark` says in its metadata where it came from."""
        thread = self.thread
        title, source = thread.title, thread.title_source
        if title is None and source is not None:
            title, source = _made_title(thread), "auto"
        metadata = thread.metadata if mark is None else {**thread.metadata, "import": mark}
        return {
            "id": self.conversation_id,
            **owner,
            "listed": thread.listed,
            "title": title,
            "title_source": None if title is None else source,
            "assistant_id": thread.assistant_id,
            "model": thread.model,
            "system_prompt": thread.system_prompt,
            "temperature": thread.temperature,
            "metadata": json_text(metadata) if metadata else None,
            "leaf_id": leaf_id,
            "created_at": self.created_at,
            "last_activity_at": self.last_activity_at,
            "archived_at": thread.archived_at,
        }

    def message(self, message: Incoming, files: Mapping[str, Json]) -> tuple[Json, list[str], str]:
        """Return the row of a message, the files it holds, and its text for the word index."""
        self._at = message.at if message.at is not None else self._at
        parts = [_with_file(part, files) for part in message.parts]
        held = [str(part["file_id"]) for part in parts if part["type"] in ("image", "file")]
        row = {
            "id": self.ids[message.ref],
            "conversation_id": self.conversation_id,
            "parent_id": None if message.parent is None else self.ids.get(message.parent),
            "role": message.role,
            "mode": message.mode,
            "state": message.state,
            "parts": json_text(parts),
            "model": message.model,
            "model_reason": message.model_reason,
            "token_count": message.token_count,
            "processing_ms": message.processing_ms,
            "confidence": message.confidence,
            "confidence_method": message.confidence_method,
            "error": None if message.error is None else json_text(message.error),
            "metadata": json_text(message.metadata) if message.metadata else None,
            "created_at": self._at,
        }
        return row, list(dict.fromkeys(held)), retrieval.findable_text(parts)

    def skip(self, message: Incoming) -> None:
        """Pass a message that is there already: what follows goes on from its time."""
        self._at = message.at if message.at is not None else self._at

    def name(self, message: Incoming, *, keep: bool) -> None:
        """Give a message its id; `keep` leaves it the one it had in a record of ours."""
        self.ids[message.ref] = message.own_id if keep and message.own_id is not None else ids.new("msg")

    @property
    def leaf_id(self) -> str | None:
        """Where the branch that was current there ends."""
        messages = self.thread.messages
        if self.thread.leaf is not None and self.thread.leaf in self.ids:
            return self.ids[self.thread.leaf]
        return self.ids[messages[-1].ref] if messages else None

    def branch(self) -> list[str]:
        """Return the ids of that branch, its end first."""
        by_ref = {message.ref: message for message in self.thread.messages}
        last = self.thread.messages[-1].ref if self.thread.messages else None
        at: str | None = self.thread.leaf if self.thread.leaf in by_ref else last
        found: list[str] = []
        while at is not None and at in by_ref:
            found.append(self.ids[at])
            at = by_ref[at].parent
        return found


def json_text(value: Any) -> str:
    """Return JSON text as the store keeps it."""
    return orjson.dumps(value).decode()


def ref_text(ref: str) -> str:
    """Return an id of another system as the store keeps it."""
    return shown(ref)[:_MOST_REF]


def integer(ref: str) -> int | None:
    """Return the number that an id of another system is, None for any other."""
    return int(ref) if ref.isascii() and ref.isdecimal() and len(ref) <= _DIGITS else None


def _with_file(part: Json, files: Mapping[str, Json]) -> Json:
    if part["type"] not in ("image", "file"):
        return part
    return files.get(part["file_id"]) or {"type": "text", "text": f"[{part['name']}]"}


def _made_title(thread: Thread) -> str | None:
    said = next((message.parts for message in thread.messages if message.role == "user"), None)
    return None if said is None else conversations.title_of(retrieval.findable_text(said))
