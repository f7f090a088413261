"""From a conversation as it is stored to one between formats, and back to rows."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from mecum.domains.conversations import api as conversations
from mecum.domains.retrieval import api as retrieval
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.record import Json, Record
from mecum.kernel import clock, ids

_MOST_TITLE: Final = 500
_LARGEST: Final = 2**31
_VIEW: Final = "id parent_id role mode state parts model model_reason run_id token_count".split()


def record_of(whole: conversations.Whole, project: str | None = None) -> Record:
    """Return a stored conversation as a record; `project` is the name of the one it is in."""
    source = whole.conversation
    conversation: Json = {
        "id": source.id,
        "title": source.title,
        "title_source": source.title_source,
        "config": {
            "assistant_id": source.assistant_id,
            "model": source.model,
            "system_prompt": source.system_prompt,
            "temperature": source.temperature,
            "metadata": source.metadata_ or {},
        },
        **({} if project is None else {"project": project}),
        **_state(whole),
        "leaf_id": whole.branch[-1].id if whole.branch else None,
        "created_at": _iso(source.created_at),
        "last_activity_at": _iso(source.last_activity_at),
        "exported_at": clock.iso(clock.milliseconds()),
    }
    messages = [_message(whole, message) for message in whole.messages]
    files = {
        file.id: {"id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size}
        for file in whole.files.values()
    }
    return Record(conversation, messages, files, [message.id for message in whole.branch])


def _state(whole: conversations.Whole) -> Json:
    """Return what most conversations are without: tags, that it was put away, that no list shows it."""
    source = whole.conversation
    said: Json = {"tags": list(whole.tags)} if whole.tags else {}
    if source.archived_at is not None:
        said["archived_at"] = _iso(source.archived_at)
    return said if source.listed else {**said, "listed": False}


def _message(whole: conversations.Whole, message: conversations.Message) -> Json:
    parent_id: str | None = message.parent_id
    # An answer still being made is not in the export: what waits behind it hangs under what it answers.
    while parent_id is not None and parent_id in whole.pending:
        parent_id = whole.pending[parent_id]
    return {
        **{name: getattr(message, name) for name in _VIEW},
        "parent_id": parent_id,
        "processing_time_ms": message.processing_ms,
        "confidence": message.confidence,
        "confidence_method": message.confidence_method,
        "metadata": message.metadata_ or {},
        "feedback": whole.feedback.get(message.id),
        "error": message.error,
        "created_at": _iso(message.created_at),
    }


class Rows:
    """A record's rows under ids that are free: its own where `taken` does not hold them and `fresh` does not ask."""

    def __init__(
        self, record: Record, files: Mapping[str, Json], taken: Collection[str], *, fresh: bool = False
    ) -> None:
        self._record, self._files, self._now = record, files, clock.now()
        given = str(record.conversation.get("id", ""))
        self.conversation_id = _id("cnv", given, taken, fresh=fresh)
        self._ids = {m["id"]: _id("msg", str(m["id"]), taken, fresh=fresh) for m in record.messages}
        self._conversations = {given: self.conversation_id}

    def conversation(self) -> Json:
        """Return the conversation's row."""
        source, config = self._record.conversation, self._record.conversation["config"]
        last = self._record.messages[-1]["id"] if self._record.messages else None
        leaf_id = source.get("leaf_id") if source.get("leaf_id") in self._ids else last
        created = _moment(source.get("created_at")) or self._now
        return {
            "id": self.conversation_id,
            **self._title(),
            "assistant_id": config.get("assistant_id"),
            "model": _text(config.get("model")),
            "system_prompt": _text(config.get("system_prompt")),
            "temperature": config.get("temperature"),
            "metadata_": config.get("metadata") or None,
            "leaf_id": None if leaf_id is None else self._ids[leaf_id],
            "created_at": created,
            "archived_at": _moment(source.get("archived_at")),
            "listed": source.get("listed") is not False,
            "last_activity_at": _moment(source.get("last_activity_at")) or self._now,
        }

    def tags(self) -> list[str]:
        """Return its tags."""
        return pieces.texts(self._record.conversation.get("tags"))

    def messages(self) -> list[Json]:
        """Return the messages' rows, parents first."""
        return [self._row(message) for message in self._record.messages]

    def feedback(self) -> dict[str, int]:
        """Return the thumbs by message."""
        return {self._ids[m["id"]]: m["feedback"] for m in self._record.messages if m.get("feedback") is not None}

    def _row(self, message: Json) -> Json:
        parent_id = message["parent_id"]
        return {
            "id": self._ids[message["id"]],
            "conversation_id": self.conversation_id,
            "parent_id": None if parent_id is None else self._ids[parent_id],
            "role": message["role"],
            "mode": message.get("mode", "chat"),
            "state": message.get("state", "complete"),
            "parts": [self._part(part) for part in message["parts"]],
            "model": _text(message.get("model")),
            "model_reason": _text(message.get("model_reason")),
            "token_count": _whole(message.get("token_count")),
            "processing_ms": _whole(message.get("processing_time_ms")),
            "confidence": message.get("confidence"),
            "confidence_method": _text(message.get("confidence_method")),
            "error": message.get("error"),
            "metadata_": message.get("metadata") or None,
            "created_at": _moment(message.get("created_at")) or self._now,
        }

    def _part(self, part: Json) -> Json:
        if part["type"] in ("image", "file"):
            return self._files.get(part["file_id"]) or _without(part)
        if part["type"] == "citation":
            message_id, conversation_id = part.get("message_id"), part.get("conversation_id")
            return {
                **part,
                "message_id": self._ids.get(message_id, message_id),
                "conversation_id": self._conversations.get(str(conversation_id), conversation_id),
            }
        return part

    def _title(self) -> Json:
        title = _text(self._record.conversation.get("title"))
        if title:
            source = self._record.conversation.get("title_source") or "person"
            return {"title": title[:_MOST_TITLE], "title_source": source}
        said: list[list[Json]] = [m["parts"] for m in self._record.messages if m["role"] == "user"]
        made = conversations.title_of(retrieval.findable_text(said[0])) if said else None
        # A conversation of our own that had no title comes back without one.
        if made is None or "created_at" in self._record.conversation:
            return {"title": None, "title_source": None}
        return {"title": made, "title_source": "auto"}


def _without(part: Json) -> Json:
    """A file that could not be brought along leaves its name."""
    return {"type": "text", "text": f"[{part['name']} ({part['media_type']}, {part['size']} bytes)]"}


def _id(prefix: str, given: str, taken: Collection[str], *, fresh: bool) -> str:
    return given if not fresh and ids.is_id(given, prefix) and given not in taken else ids.new(prefix)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value < _LARGEST else None


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None


def _iso(moment: datetime) -> str:
    return clock.iso(clock.to_milliseconds(moment))
