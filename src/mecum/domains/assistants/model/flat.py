"""Where assistants and prompts came from that were rows of a flat table, what they name, and the roll-out."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, Integer, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from mecum.domains.assistants.model.core import OfAssistant
from mecum.domains.assistants.model.prompts import Prompt
from mecum.infra.storage import Entity, Id, Json, Owned, UtcTime, only
from mecum.infra.storage.scope import OwnedThroughParent

_BigKey = BigInteger().with_variant(Integer, "sqlite")


class AssistantArrival(Owned, Entity):
    """Where an assistant came from, and for thirty days the row it was there. It goes with its assistant."""

    __tablename__ = "assistant_arrivals"

    assistant_id: Mapped[str] = mapped_column(
        Id("ast"), ForeignKey("assistants.id", ondelete="CASCADE"), primary_key=True
    )
    import_id: Mapped[str] = mapped_column(Id("imp"))
    original: Mapped[str]
    """Its id there."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """16 bytes of a hash over the row: the same row again has the same."""
    revision: Mapped[int]
    """The assistant's revision that the kept row and its changes say."""
    row: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The row as it came, as JSON; what was null is left out. Null once its thirty days are over."""
    changes: Mapped[Any | None] = mapped_column(Json)
    """What was written by the old names since."""
    expires_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        Index("uq_assistant_arrivals_original", "person_id", "original", unique=True),
        Index("ix_assistant_arrivals_import_id", "import_id", "assistant_id"),
    )


class PromptArrival(OwnedThroughParent, Entity):
    """Where a prompt came from."""

    __tablename__ = "prompt_arrivals"

    prompt_id: Mapped[str] = mapped_column(Id("prm"), ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True)
    import_id: Mapped[str] = mapped_column(Id("imp"))
    original: Mapped[str] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_prompt_arrivals_import_id", "import_id", "prompt_id"),)

    @classmethod
    def owner(cls, organisation_id: Any, person_id: Any) -> ColumnElement[bool]:
        return (
            select(Prompt.id)
            .where(Prompt.id == cls.prompt_id, Prompt.owner(organisation_id, person_id))
            .correlate_except(Prompt)
            .exists()
        )


class AssistantReference(OfAssistant, Entity):
    """What a brought-in assistant named that was not here then; `target` is its id here, once it came."""

    __tablename__ = "assistant_references"

    field: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    """What it is, such as `prompt` or `memory`."""
    original: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str | None]

    __table_args__ = (Index("ix_assistant_references_waiting", "kind", "assistant_id", info=only("target IS NULL")),)


class RollOut(Owned, Entity):
    """How many of a person's brought-in assistants are read by the new readers, in percent."""

    __tablename__ = "assistant_rollouts"

    n: Mapped[int] = mapped_column(_BigKey, primary_key=True)
    share: Mapped[int]
    compare: Mapped[bool]
    """Whether each read is made by both, and what differs counted."""
    changed_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index("uq_assistant_rollouts_person_id", "person_id", unique=True),)
