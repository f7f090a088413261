"""Conversations and messages written straight into a store."""

from collections.abc import Sequence
from typing import Any

import orjson

from mecum.domains.conversations.repository import insert_conversation, insert_message
from mecum.infra.storage import Database, Op
from mecum.kernel import clock, ids
from mecum.kernel.subject import Subject


def conversation(subject: Subject, **values: Any) -> tuple[str, Op]:
    """Return the id of a new conversation and its write."""
    now = clock.milliseconds()
    row = {
        "id": ids.new("cnv"),
        "organisation_id": subject.organisation_id,
        "person_id": subject.person_id,
        "listed": True,
        "created_at": now,
        "last_activity_at": now,
        **values,
    }
    return str(row["id"]), insert_conversation(row)


def message(conversation_id: str, text: str = "", **values: Any) -> tuple[str, Op]:
    """Return the id of a new message and its write; `parts` may stand for a text."""
    parts: Sequence[dict[str, Any]] = values.pop("parts", None) or [{"type": "text", "text": text}]
    row = {
        "id": ids.new("msg"),
        "conversation_id": conversation_id,
        "role": "user",
        "mode": "chat",
        "state": "complete",
        "parts": orjson.dumps(parts).decode(),
        "created_at": clock.milliseconds(),
        **values,
    }
    return str(row["id"]), insert_message(row)


async def chat(database: Database, subject: Subject, *texts: str, **values: Any) -> tuple[str, list[str]]:
    """Store a conversation of one branch, person and model in turns; return its id and the messages' ids."""
    conversation_id, write = conversation(subject, **values)
    ops, message_ids = [write], list[str]()
    for place, text in enumerate(texts):
        role = "assistant" if place % 2 else "user"
        parent = message_ids[-1] if message_ids else None
        message_id, op = message(conversation_id, text, role=role, parent_id=parent)
        message_ids.append(message_id)
        ops.append(op)
    if message_ids:
        ops[0] = conversation(subject, **values, id=conversation_id, leaf_id=message_ids[-1])[1]
    await database.commit(ops)
    return conversation_id, message_ids
