"""Prompts: each a row of versions that never change."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Owned, UtcTime
from mecum.infra.storage.scope import OwnedThroughParent


class Prompt(Owned, Entity):
    """A prompt; its text is in its versions."""

    __tablename__ = "prompts"

    id: Mapped[str] = mapped_column(Id("prm"), primary_key=True, autoincrement=False)
    title: Mapped[str]
    newest: Mapped[int]
    """The number of its newest version."""
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class PromptVersion(OwnedThroughParent, Entity):
    """A text a prompt had, numbered from 1; never changed once it is there."""

    __tablename__ = "prompt_versions"

    prompt_id: Mapped[str] = mapped_column(Id("prm"), ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    sha256: Mapped[str]
    note: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    @classmethod
    def owner(cls, organisation_id: Any, person_id: Any) -> ColumnElement[bool]:
        return (
            select(Prompt.id)
            .where(Prompt.id == cls.prompt_id, Prompt.owner(organisation_id, person_id))
            .correlate_except(Prompt)
            .exists()
        )
