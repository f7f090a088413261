"""The slim core of an assistant, and what every facet has in common."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Json, Owned, UtcTime, only
from mecum.infra.storage.scope import OwnedThroughParent


class Assistant(Owned, Entity):
    """What an assistant is called, whose it is, and whether it is in use; everything else is in its facets."""

    __tablename__ = "assistants"

    id: Mapped[str] = mapped_column(Id("ast"), primary_key=True, autoincrement=False)
    slug: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    """`draft`, `active` or `archived`."""
    is_demo: Mapped[bool]
    parent_assistant: Mapped[str | None] = mapped_column(Id("ast"))
    current_project: Mapped[str | None] = mapped_column(Id("prj"))
    version: Mapped[int]
    """Of this row's own fields, for optimistic locking; each facet has its own."""
    revision: Mapped[int]
    """Of the whole: the number of its newest version."""
    legacy: Mapped[Any | None] = mapped_column(Json)
    """What an import brought that has no field here."""
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index("uq_assistants_slug", "person_id", "slug", unique=True),
        Index(
            "ix_assistants_updated",
            "person_id",
            "updated_at",
            "id",
            info=only("deleted_at IS NULL"),
        ),
        Index(
            "ix_assistants_deleted_at",
            "person_id",
            "deleted_at",
            info=only("deleted_at IS NOT NULL"),
        ),
        Index(
            "ix_assistants_parent",
            "parent_assistant",
            info=only("parent_assistant IS NOT NULL"),
        ),
    )


class OfAssistant(OwnedThroughParent):
    """Mixin of tables whose rows belong to whoever owns the assistant."""

    assistant_id: Mapped[str] = mapped_column(
        Id("ast"), ForeignKey("assistants.id", ondelete="CASCADE"), primary_key=True
    )

    @classmethod
    def owner(cls, organisation_id: Any, person_id: Any) -> ColumnElement[bool]:
        return (
            select(Assistant.id)
            .where(Assistant.id == cls.assistant_id, Assistant.owner(organisation_id, person_id))
            .correlate_except(Assistant)
            .exists()
        )


class Facet(OfAssistant):
    """Mixin of the six facets: one row each, with its own version, so that different aspects change side by side."""

    facet: ClassVar[str]

    version: Mapped[int]
    unknown: Mapped[Any | None] = mapped_column(Json)
    """What was brought in for a field and is none of its values: kept as it was, by the field's name."""
