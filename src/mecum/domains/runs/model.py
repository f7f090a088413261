"""Tables of runs, their journal, what they pinned, and the personal channel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

import orjson
from sqlalchemy import BigInteger, Dialect, Index, Integer, LargeBinary, String, Text, TypeDecorator
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Json, Owned, UtcTime, only

BigKey = BigInteger().with_variant(Integer, "sqlite")


CONVERSATION: Final = "c"
"""How the class `conversation` is stored, which nearly every run is of: its name would take more than all its times."""


class DataClass(TypeDecorator[str]):
    """What kind of thing is sent, by its name here; rows of before the short form have the name itself."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return CONVERSATION if value == "conversation" else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return "conversation" if value == CONVERSATION else value


_COUNTED: Final = ("prompt_tokens", "completion_tokens", "total_tokens")


def kept_usage(said: Mapping[str, Any]) -> str:
    """Return what a model's server counted as it is stored: the three numbers nearly all of them say without names."""
    return orjson.dumps([*said.values()] if tuple(said) == _COUNTED else said).decode()


class Usage(TypeDecorator[Any]):
    """What a model's server counted, in its own words, which would take more than the answer's whole row beside it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        return None if value is None else kept_usage(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        said: Any = None if value is None else orjson.loads(value)
        return dict(zip(_COUNTED, cast("list[Any]", said), strict=True)) if isinstance(said, list) else said


class Run(Owned, Entity):
    """One answer being made, or made."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(Id("run"), primary_key=True, autoincrement=False)
    kind: Mapped[str]
    status: Mapped[str]
    priority: Mapped[int]
    conversation_id: Mapped[str] = mapped_column(Id("cnv"))
    user_message_id: Mapped[str | None] = mapped_column(Id("msg"))
    message_id: Mapped[str] = mapped_column(Id("msg"))
    parent_id: Mapped[str | None] = mapped_column(Id("msg"))
    parent_run_id: Mapped[str | None] = mapped_column(Id("run"))
    idempotency_key: Mapped[str | None]
    wants: Mapped[Any] = mapped_column(Json)
    """What was asked for: model, temperature, system prompt, mode, parameters, what it continues."""
    model: Mapped[str | None]
    """Why it was chosen stands in the answer."""
    pins: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The hash of what it was made with (`Pins`); null where its model was named."""
    request: Mapped[Any | None] = mapped_column(Json)
    """The exact request as sent, as references to `request_parts` and to messages."""
    usage: Mapped[Any | None] = mapped_column(Usage)
    cost: Mapped[int | None] = mapped_column(BigInteger)
    """In millionths of the price table's currency; null when unknown, never zero for it."""
    price_table: Mapped[str | None]
    data_class: Mapped[str] = mapped_column(DataClass)
    error: Mapped[Any | None] = mapped_column(Json)
    restarts: Mapped[int]
    last_seq: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index(
            "ix_runs_active",
            "conversation_id",
            info=only("finished_at IS NULL"),
        ),
        Index(
            "uq_runs_idempotency_key",
            "person_id",
            "idempotency_key",
            unique=True,
            info=only("idempotency_key IS NOT NULL"),
        ),
    )


class JournalRow(Entity):
    """The events of all active runs between two ticks, as length-prefixed segments."""

    __tablename__ = "journal"

    n: Mapped[int] = mapped_column(BigKey, primary_key=True)
    writer: Mapped[int]
    at: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Pins(Entity):
    """What runs were made with, once each by its hash: why their model was chosen. No text of a person's.

    `at` in its body is when a run was last known to hold it, in milliseconds.
    """

    __tablename__ = "pins"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body: Mapped[Any] = mapped_column(Json)


class RequestPart(Entity):
    """A distinct part of a request as it was sent, counted by the runs that hold it."""

    __tablename__ = "request_parts"

    organisation_id: Mapped[str] = mapped_column(Id("org"), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body: Mapped[str]
    holders: Mapped[int]


class PersonEvent(Owned, Entity):
    """An event of a person's own channel; ids and kinds, never text. Kept for seven days."""

    __tablename__ = "person_events"

    n: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str]

    __table_args__ = (Index("ix_person_events_at", "person_id", "at"),)


class Feedback(Owned, Entity):
    """A thumb up (1) or down (-1) on an answer."""

    __tablename__ = "feedback"

    message_id: Mapped[str] = mapped_column(Id("msg"), primary_key=True, autoincrement=False)
    run_id: Mapped[str | None] = mapped_column(Id("run"))
    value: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcTime)
