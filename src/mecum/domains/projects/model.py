"""The table of projects; what belongs to one says so itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Json, Owned, UtcTime, only


class Project(Owned, Entity):
    """A name, what holds for every conversation under it, and what a new one begins with."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(Id("prj"), primary_key=True, autoincrement=False)
    name: Mapped[str]
    key: Mapped[str]
    """The name without case and accents: two that differ in nothing else are one."""
    instructions: Mapped[str | None]
    assistant_id: Mapped[str | None] = mapped_column(Id("ast"))
    model: Mapped[str | None]
    version: Mapped[int]
    """For optimistic locking: counts the changes."""
    held: Mapped[Any | None] = mapped_column(Json)
    """What was in it when it was moved to the trash, by kind; null while it is not there."""
    batch_id: Mapped[str | None] = mapped_column(Id("bat"))
    """The change by which its conversations went to the trash with it."""
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index("uq_projects_key", "person_id", "key", unique=True, info=only("deleted_at IS NULL")),
        Index("ix_projects_deleted_at", "person_id", "deleted_at", info=only("deleted_at IS NOT NULL")),
    )
