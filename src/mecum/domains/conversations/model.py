"""Tables of conversations, their messages, summaries and files, and of who holds a file."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, Integer, select
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Json, Owned, UtcTime, only
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
    archived_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When it was put away; what is said in it brings it back."""
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    assistant_id: Mapped[str | None] = mapped_column(Id("ast"))
    project_id: Mapped[str | None] = mapped_column(Id("prj"))

    __table_args__ = (
        Index(
            "ix_conversations_activity",
            "person_id",
            "last_activity_at",
            "id",
            info=only("listed AND archived_at IS NULL AND deleted_at IS NULL"),
        ),
        Index(
            "ix_conversations_archived_at",
            "person_id",
            "archived_at",
            info=only("archived_at IS NOT NULL AND deleted_at IS NULL"),
        ),
        Index(
            "ix_conversations_deleted_at",
            "person_id",
            "deleted_at",
            info=only("deleted_at IS NOT NULL"),
        ),
        Index(
            "ix_conversations_project",
            "project_id",
            "last_activity_at",
            "id",
            info=only("project_id IS NOT NULL"),
        ),
    )


class Tag(Owned, Entity):
    """A word that a person gave to a conversation."""

    __tablename__ = "conversation_tags"

    conversation_id: Mapped[str] = mapped_column(
        Id("cnv"), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    """The name without case and accents: two that differ in nothing else are one."""
    name: Mapped[str]

    __table_args__ = (Index("ix_conversation_tags_key", "person_id", "key"),)


class Batch(Owned, Entity):
    """One change of many conversations."""

    __tablename__ = "conversation_batches"

    id: Mapped[str] = mapped_column(Id("bat"), primary_key=True, autoincrement=False)
    action: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcTime)


class BatchItem(OwnedThroughParent, Entity):
    """What one conversation had before; it goes with the conversation."""

    __tablename__ = "conversation_batch_items"

    batch_id: Mapped[str] = mapped_column(
        Id("bat"), ForeignKey("conversation_batches.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    conversation_id: Mapped[str] = mapped_column(
        Id("cnv"), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    before: Mapped[Any | None] = mapped_column(Json)

    @classmethod
    def owner(cls, organisation_id: Any, person_id: Any) -> ColumnElement[bool]:
        return (
            select(Batch.id)
            .where(Batch.id == cls.batch_id, Batch.owner(organisation_id, person_id))
            .correlate_except(Batch)
            .exists()
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


class Summary(OwnedThroughParent, Entity):
    """In fewer words, everything that is said from the first message of a branch to `message_id`.

    It holds for every branch through that message and for no other one.
    """

    __tablename__ = "summaries"

    id: Mapped[str] = mapped_column(Id("sum"), primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(
        Id("cnv"), ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[str] = mapped_column(Id("msg"), ForeignKey("messages.id", ondelete="CASCADE"), unique=True)
    messages: Mapped[int]
    """How many messages it stands for."""
    complete: Mapped[bool]
    """Whether it goes as far as it was asked to; what a job keeps on its way is for that job only."""
    text: Mapped[str]
    model: Mapped[str]
    run_id: Mapped[str] = mapped_column(Id("run"))
    """The run of kind job that made it."""
    created_at: Mapped[datetime] = mapped_column(UtcTime)

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


class ProjectFile(OwnedThroughParent, Entity):
    """That a project holds a file."""

    __tablename__ = "project_files"

    project_id: Mapped[str] = mapped_column(Id("prj"), primary_key=True, autoincrement=False)
    file_id: Mapped[str] = mapped_column(Id("fil"), ForeignKey("files.id"), primary_key=True, index=True)
    added_at: Mapped[datetime] = mapped_column(UtcTime)
    hidden: Mapped[bool]
    """Whether the project is in the trash, and the file with it."""

    @classmethod
    def owner(cls, organisation_id: Any, person_id: Any) -> ColumnElement[bool]:
        return (
            select(File.id)
            .where(File.id == cls.file_id, File.owner(organisation_id, person_id))
            .correlate_except(File)
            .exists()
        )
