"""Tables of conversations, their messages and attached files."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, Integer, select, text
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Json, Owned, UtcTime
from mecum.infra.storage.scope import OwnedThroughParent

BigKey = BigInteger().with_variant(Integer, "sqlite")


class Conversation(Owned, Entity):
    """A conversation and the configuration of its next answer."""

    __tablename__ = "conversations"

    n: Mapped[int] = mapped_column(BigKey, primary_key=True)
    id: Mapped[str] = mapped_column(Id("cnv"), unique=True)
    listed: Mapped[bool]
    """False for what an API call left behind: recorded, but not in the list."""
    title: Mapped[str | None]
    title_source: Mapped[str | None]
    model: Mapped[str | None]
    system_prompt: Mapped[str | None]
    temperature: Mapped[float | None]
    metadata_: Mapped[Any | None] = mapped_column("metadata", Json)
    leaf_id: Mapped[str | None] = mapped_column(Id("msg"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_activity_at: Mapped[datetime] = mapped_column(UtcTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    assistant_id: Mapped[str | None] = mapped_column(Id("ast"))

    __table_args__ = (
        Index(
            "ix_conversations_activity",
            "person_id",
            "last_activity_at",
            "id",
            sqlite_where=text("listed AND deleted_at IS NULL"),
            postgresql_where=text("listed AND deleted_at IS NULL"),
        ),
        Index(
            "ix_conversations_deleted_at",
            "person_id",
            "deleted_at",
            sqlite_where=text("deleted_at IS NOT NULL"),
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
    )


class Message(OwnedThroughParent, Entity):
    """A message in the tree of its conversation, exactly as it was written."""

    __tablename__ = "messages"

    n: Mapped[int] = mapped_column(BigKey, primary_key=True)
    id: Mapped[str] = mapped_column(Id("msg"), unique=True)
    conversation_id: Mapped[str] = mapped_column(Id("cnv"), ForeignKey("conversations.id", ondelete="CASCADE"))
    parent_id: Mapped[str | None] = mapped_column(Id("msg"))
    role: Mapped[str]
    mode: Mapped[str]
    state: Mapped[str]
    parts: Mapped[Any] = mapped_column(Json)
    run_id: Mapped[str | None] = mapped_column(Id("run"))
    model: Mapped[str | None]
    model_reason: Mapped[str | None]
    token_count: Mapped[int | None]
    processing_ms: Mapped[int | None]
    confidence: Mapped[float | None]
    confidence_method: Mapped[str | None]
    error: Mapped[Any | None] = mapped_column(Json)
    metadata_: Mapped[Any | None] = mapped_column("metadata", Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_messages_tree", "conversation_id", "parent_id"),)

    @classmethod
    def owner(cls, organisation_id: Any, person_id: Any) -> ColumnElement[bool]:
        return (
            select(Conversation.n)
            .where(Conversation.id == cls.conversation_id, Conversation.owner(organisation_id, person_id))
            .correlate_except(Conversation)
            .exists()
        )


class File(Owned, Entity):
    """An uploaded file: its name and sniffed type; the bytes are a blob."""

    __tablename__ = "files"

    id: Mapped[str] = mapped_column(Id("fil"), primary_key=True, autoincrement=False)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    text_length: Mapped[int | None] = mapped_column(BigInteger)
    """Characters, when the file is text; null otherwise."""
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Attachment(OwnedThroughParent, Entity):
    """That a message holds a file."""

    __tablename__ = "attachments"

    message_id: Mapped[str] = mapped_column(Id("msg"), ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[str] = mapped_column(Id("fil"), ForeignKey("files.id"), primary_key=True, index=True)

    @classmethod
    def owner(cls, organisation_id: Any, person_id: Any) -> ColumnElement[bool]:
        return (
            select(File.id)
            .where(File.id == cls.file_id, File.owner(organisation_id, person_id))
            .correlate_except(File)
            .exists()
        )
