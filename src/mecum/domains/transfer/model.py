"""Tables of imports: each with its reckoning, where every imported row came from, and what has no room here yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, Integer, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Json, Owned, UtcTime, only
from mecum.infra.storage.scope import OwnedThroughParent

_BigKey = BigInteger().with_variant(Integer, "sqlite")


class Import(Owned, Entity):
    """One import: what was asked for, how far it is, and its reckoning."""

    __tablename__ = "imports"

    id: Mapped[str] = mapped_column(Id("imp"), primary_key=True, autoincrement=False)
    state: Mapped[str]
    """queued, running, done, failed, cancelled, undoing, undone."""
    dry_run: Mapped[bool]
    format: Mapped[str | None]
    """What was asked for, then what was found."""
    files: Mapped[Any] = mapped_column(Json)
    """`{id, name, size}` of each upload; the bytes go when the import is over."""
    secrets: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed, and gone when the import is over."""
    job_id: Mapped[str | None]
    counts: Mapped[Any | None] = mapped_column(Json)
    """found, imported, already, skipped, by kind."""
    fields: Mapped[Any | None] = mapped_column(Json)
    """Of a flat table: count, nulls and hash of each column as it came and as it is stored."""
    kept: Mapped[Any | None] = mapped_column(Json)
    """What an undo left in place, and why."""
    error: Mapped[str | None]
    detail: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_imports_person_id_created_at", "person_id", "created_at"),)


class Origin(Owned, Entity):
    """Where an imported row came from. It goes with its conversation: what was purged can be imported again."""

    __tablename__ = "import_origins"

    n: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    import_id: Mapped[str] = mapped_column(Id("imp"), ForeignKey("imports.id", ondelete="CASCADE"))
    system: Mapped[str]
    """Whose ids these are, such as `chatgpt`."""
    kind: Mapped[str]
    """conversation, message, document, assistant, project, prompt, profile or setting."""
    original: Mapped[str]
    integer: Mapped[int | None] = mapped_column(BigInteger)
    """The original id where it is a whole number."""
    key: Mapped[bytes] = mapped_column(LargeBinary)
    """16 bytes of a hash over system, kind, original id and content: the same thing again has the same key."""
    conversation_id: Mapped[str | None] = mapped_column(Id("cnv"), ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[str | None] = mapped_column(Id("msg"))
    document_id: Mapped[str | None] = mapped_column(Id("leg"))
    assistant_id: Mapped[str | None] = mapped_column(Id("ast"))
    """Whoever purges an assistant has its origins forgotten."""
    target: Mapped[str | None]
    """The id of a project, a prompt or a profile; of a setting, what was said, as JSON."""

    __table_args__ = (
        Index("uq_import_origins_key", "person_id", "key", unique=True),
        Index("ix_import_origins_import_id", "import_id"),
        Index("ix_import_origins_conversation_id", "conversation_id"),
        Index(
            "ix_import_origins_integer",
            "person_id",
            "kind",
            "integer",
            info=only("integer IS NOT NULL"),
        ),
    )


class LegacyDocument(Owned, Entity):
    """A row of a table that has no room here yet, as it was, with its import."""

    __tablename__ = "legacy_documents"

    id: Mapped[str] = mapped_column(Id("leg"), primary_key=True, autoincrement=False)
    import_id: Mapped[str] = mapped_column(Id("imp"), ForeignKey("imports.id", ondelete="CASCADE"), index=True)
    system: Mapped[str]
    table: Mapped[str] = mapped_column("table_name")
    ref: Mapped[str]
    body: Mapped[Any] = mapped_column(Json)

    __table_args__ = (Index("ix_legacy_documents_ref", "person_id", "table_name", "ref"),)


class ImportSkip(OwnedThroughParent, Entity):
    """Something that was not imported, why, and what it says where anybody can read it."""

    __tablename__ = "import_skips"

    n: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    import_id: Mapped[str] = mapped_column(Id("imp"), ForeignKey("imports.id", ondelete="CASCADE"))
    kind: Mapped[str]
    ref: Mapped[str]
    reason: Mapped[str]
    document: Mapped[Any | None] = mapped_column(Json)

    __table_args__ = (Index("ix_import_skips_import_id_n", "import_id", "n"),)

    @classmethod
    def owner(cls, organisation_id: Any, person_id: Any) -> ColumnElement[bool]:
        return (
            select(Import.id)
            .where(Import.id == cls.import_id, Import.owner(organisation_id, person_id))
            .correlate_except(Import)
            .exists()
        )
