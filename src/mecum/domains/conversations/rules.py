"""What holds of messages and conversations without asking a database: their view, their text, what may be stored."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from mecum.domains.conversations.errors import ConversationInTrash, ConversationNotFound, MessageUnstorable, TooManyTags
from mecum.domains.conversations.model import Conversation, File, Message, Summary
from mecum.domains.retrieval import api as retrieval
from mecum.kernel import clock
from mecum.kernel.text import exact_base64, is_storable, shown

Part = dict[str, Any]

TITLE_LENGTH: Final = 60
MOST_TAGS: Final = 30
_NAME_LENGTH: Final = 200
_MILLIONTHS: Final = 1_000_000
_CURRENCY: Final = "USD"

TEXT_MEDIA_TYPE: Final = "text/plain;charset=utf-8"
"""The media type of a data part that holds a text which cannot be stored as one."""


def message_view(
    message: Message, *, siblings: Sequence[str], feedback: int | None, cost: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return a message as the wire shows it.

    `siblings` are the ids of all stored messages under the same parent, oldest first (the message itself included, or
    not yet); `cost` is `{amount, currency}`, or None when unknown.
    """
    ids = list(siblings) if message.id in siblings else [*siblings, message.id]
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "parent_id": message.parent_id,
        "role": message.role,
        "parts": message.parts,
        "mode": message.mode,
        "state": message.state,
        "model": message.model,
        "model_reason": message.model_reason,
        "run_id": message.run_id,
        "token_count": message.token_count,
        "processing_time_ms": message.processing_ms,
        "cost": cost,
        "confidence": message.confidence,
        "confidence_method": message.confidence_method,
        "metadata": message.metadata_ or {},
        "feedback": feedback,
        "error": message.error,
        "siblings": {"index": ids.index(message.id) + 1, "count": len(ids), "ids": ids},
        "created_at": clock.iso(clock.to_milliseconds(message.created_at)),
    }


def cost_view(millionths: int | None) -> dict[str, Any] | None:
    """Return what an answer cost as the wire shows it; None when that is not known."""
    return None if millionths is None else {"amount": millionths / _MILLIONTHS, "currency": _CURRENCY}


def answer_view(row: Mapping[str, Any], cost: int | None = None) -> dict[str, Any]:
    """Return a just written answer (its row as it is stored) as the wire shows it, before anybody counted siblings.

    `cost` is in millionths.
    """
    return {
        "id": row["id"],
        "conversation_id": row["conversation_id"],
        "parent_id": row["parent_id"],
        "role": row["role"],
        "parts": orjson.Fragment(row["parts"]),
        "mode": row["mode"],
        "state": row["state"],
        "model": row["model"],
        "model_reason": row["model_reason"],
        "run_id": row["run_id"],
        "token_count": row["token_count"],
        "processing_time_ms": row["processing_ms"],
        "cost": cost_view(cost),
        "confidence": None,
        "confidence_method": None,
        "metadata": {} if row.get("metadata") is None else orjson.Fragment(row["metadata"]),
        "feedback": None,
        "error": None if row["error"] is None else orjson.Fragment(row["error"]),
        "siblings": {"index": 1, "count": 1, "ids": [row["id"]]},
        "created_at": clock.iso(row["created_at"]),
    }


def title_of(text: str) -> str | None:
    """Return a title made of the first words of a message: its first line, cut at a word, at most 60 characters."""
    line = " ".join(next((line for line in text.splitlines() if line.strip()), "").split())
    if len(line) > TITLE_LENGTH:
        line = line[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
    return line or None


def tags_of(names: Sequence[str]) -> dict[str, str]:
    """Return `{key: name}` of tags as a person wrote them, of those that are one only the first; raises TooManyTags."""
    found = _keyed(names)
    if len(found) > MOST_TAGS:
        raise TooManyTags(most=MOST_TAGS)
    return found


def tags_kept(names: Sequence[str]) -> dict[str, str]:
    """Return the same of tags that come from elsewhere, as many as a conversation may have."""
    return dict(list(_keyed(names).items())[:MOST_TAGS])


def _keyed(names: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        tidy = " ".join(name.split())
        found.setdefault(retrieval.folded(tidy), tidy)
    return found


def absent(conversation_id: str, found: Conversation | None) -> ConversationNotFound:
    """Return why a conversation cannot be used by this person: there is none, or they have it in the trash."""
    kind = ConversationNotFound if found is None else ConversationInTrash
    return kind(conversation_id=conversation_id)


def conversation_view(conversation: Conversation, *, running: bool, tags: Sequence[str]) -> dict[str, Any]:
    """Return a conversation as the wire shows it; `running`: an answer is being made or waits to be."""
    archived, deleted = conversation.archived_at, conversation.deleted_at
    return {
        "id": conversation.id,
        "title": conversation.title,
        "title_source": conversation.title_source,
        "config": {
            "assistant_id": conversation.assistant_id,
            "model": conversation.model,
            "system_prompt": conversation.system_prompt,
            "temperature": conversation.temperature,
            "metadata": conversation.metadata_ or {},
        },
        "project_id": conversation.project_id,
        "leaf_id": conversation.leaf_id,
        "created_at": clock.iso(clock.to_milliseconds(conversation.created_at)),
        "last_activity_at": clock.iso(clock.to_milliseconds(conversation.last_activity_at)),
        "archived_at": None if archived is None else clock.iso(clock.to_milliseconds(archived)),
        "deleted_at": None if deleted is None else clock.iso(clock.to_milliseconds(deleted)),
        "tags": list(tags),
        "running": running,
    }


def listed_view(row: Mapping[str, Any], *, running: bool, tags: Sequence[str]) -> dict[str, Any]:
    """Return a conversation (its row as it is stored) as the wire shows it."""
    metadata, archived, deleted = row["metadata"], row["archived_at"], row["deleted_at"]
    return {
        "id": row["id"],
        "title": row["title"],
        "title_source": row["title_source"],
        "config": {
            "assistant_id": row["assistant_id"],
            "model": row["model"],
            "system_prompt": row["system_prompt"],
            "temperature": row["temperature"],
            "metadata": {} if metadata is None else orjson.Fragment(metadata),
        },
        "project_id": row["project_id"],
        "leaf_id": row["leaf_id"],
        "created_at": clock.iso(row["created_at"]),
        "last_activity_at": clock.iso(row["last_activity_at"]),
        "archived_at": None if archived is None else clock.iso(archived),
        "deleted_at": None if deleted is None else clock.iso(deleted),
        "tags": list(tags),
        "running": running,
    }


def summary_view(summary: Summary) -> dict[str, Any]:
    """Return a summary as the wire shows it."""
    names = ("id", "conversation_id", "message_id", "messages", "text", "model", "run_id")
    created_at = clock.iso(clock.to_milliseconds(summary.created_at))
    return {**{name: getattr(summary, name) for name in names}, "created_at": created_at}


def file_view(file: File) -> dict[str, Any]:
    """Return a file as the wire shows it."""
    view = {name: getattr(file, name) for name in ("id", "name", "media_type", "size", "sha256")}
    return {**view, "created_at": clock.iso(clock.to_milliseconds(file.created_at))}


def file_name(given: str) -> str:
    """Return a name that says nothing of folders, holds no control character and is at most 200 characters long."""
    last = re.split(r"[/\\]", shown(given))[-1]
    printable = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    return printable[-_NAME_LENGTH:] or "file"


def exact_part(text: str, kind: str = "text") -> Part:
    """Return a part for text from a model, a tool or an import: text, or data with the exact bytes."""
    if is_storable(text):
        return {"type": kind, "text": text}
    return {"type": "data", "media_type": TEXT_MEDIA_TYPE, "base64": exact_base64(text), "shown": shown(text)}


def require_storable(text: str) -> str:
    """Return a person's text unchanged; raises MessageUnstorable for NUL or half a surrogate pair."""
    if not is_storable(text):
        raise MessageUnstorable
    return text
