"""Our own exports of conversations, JSON and JSON Lines: ids that are free are kept."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any, Final

from mecum.domains.transfer.errors import NotAConversation
from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.readers.values import is_object
from mecum.domains.transfer.rules import own, pieces
from mecum.domains.transfer.rules.incoming import Attached, Found, Incoming, Skipped, Thread
from mecum.domains.transfer.rules.moments import moment_or_none
from mecum.domains.transfer.rules.record import Json, Record, Report
from mecum.kernel import ids

NAME: Final = "mecum"


def knows(value: Any) -> bool:
    """Whether this is the whole of such a file, or the first of its lines."""
    return is_object(value) and value.get("format") == own.FORMAT


def read(source: Source) -> Iterator[Found]:
    """Return its conversation."""
    body = source.file.read()
    reader = own.read_jsonl if b'"type"' in body[:40] else own.read_json
    try:
        yield _thread(reader(body, Report()))
    except NotAConversation as error:
        yield Skipped("conversation", source.name, error.message)


def _thread(record: Record) -> Thread:
    about = record.conversation
    config: Json = about["config"]
    given = str(about.get("id") or "")
    leaf = about.get("leaf_id")
    thread = Thread(
        ref=given or f"{about.get('created_at')}/{about.get('title')}",
        title=pieces.text_or_none(about.get("title"), 500),
        title_source=about.get("title_source") or ("person" if about.get("title") else None),
        messages=[_message(message) for message in record.messages],
        created_at=moment_or_none(about.get("created_at")),
        last_activity_at=moment_or_none(about.get("last_activity_at")),
        leaf=None if leaf is None else str(leaf),
        assistant_id=config.get("assistant_id"),
        model=pieces.text_or_none(config.get("model")),
        system_prompt=pieces.text_or_none(config.get("system_prompt")),
        temperature=pieces.temperature(config.get("temperature")),
        metadata=config.get("metadata") or {},
        project=pieces.text_or_none(about.get("project")),
        tags=pieces.texts(about.get("tags")),
        archived_at=moment_or_none(about.get("archived_at")),
        listed=about.get("listed") is not False,
        own_id=given if ids.is_id(given, "cnv") else None,
    )
    for file_id, values in record.files.items():
        try:
            thread.files[file_id] = Attached(str(values["name"]), base64.b64decode(values["base64"], validate=True))
        except binascii.Error:
            thread.skipped.append(Skipped("file", f"{thread.ref}/{file_id}", "its file is damaged"))
    return thread


def _message(message: Json) -> Incoming:
    ref = str(message["id"])
    return Incoming(
        ref=ref,
        parent=message["parent_id"],
        role=message["role"],
        parts=message["parts"],
        raw=message["parts"],
        at=moment_or_none(message.get("created_at")),
        model=pieces.text_or_none(message.get("model")),
        model_reason=pieces.text_or_none(message.get("model_reason")),
        state=message.get("state", "complete"),
        mode=message.get("mode", "chat"),
        token_count=pieces.whole(message.get("token_count")),
        processing_ms=pieces.whole(message.get("processing_time_ms")),
        confidence=message.get("confidence"),
        confidence_method=pieces.text_or_none(message.get("confidence_method")),
        feedback=message.get("feedback"),
        error=message.get("error"),
        metadata=message.get("metadata") or {},
        own_id=ref if ids.is_id(ref, "msg") else None,
    )
