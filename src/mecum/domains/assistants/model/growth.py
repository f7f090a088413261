"""The facet of where an assistant comes from and how it grew. Growth is derived from what was measured, or null."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped

from mecum.domains.assistants.model.core import Facet
from mecum.domains.assistants.model.fields import (
    assistant,
    count,
    flag,
    items_or_mapping,
    line,
    moment,
    prose,
    reference,
)
from mecum.infra.storage import Entity


class Growth(Facet, Entity):
    """Growth, origin and mentor."""

    __tablename__ = "assistant_growths"
    facet = "growth"

    growth_stage: Mapped[str | None] = line("How far it has grown.", "seed", effect="measured", writer="measured")
    growth_points: Mapped[int | None] = count("What it grew by.", 12, effect="measured", writer="measured")
    nurture_started_at: Mapped[datetime | None] = moment("When it began to grow.", effect="measured", writer="measured")
    growth_unlocked_at: Mapped[datetime | None] = moment(
        "When it reached its stage.", effect="measured", writer="measured"
    )

    growth_summary_memory: Mapped[str | None] = reference("The memory that sums its growth up.", "memory/41")
    memory_context: Mapped[str | None] = reference("The memories it works with.", "memory-context/7")
    default_memory_chain: Mapped[str | None] = reference("The chain of memories it begins with.", "memory-chain/3")

    spawned_by: Mapped[str | None] = assistant("The assistant it was spawned from.", effect="life", writer="life")
    spawn_reason: Mapped[str | None] = prose("Why it was.", "Shorter letters.", effect="life", writer="life")
    spawned_traits: Mapped[Any | None] = items_or_mapping(
        "The traits it was given then.", ["curious"], effect="life", writer="life"
    )
    inherited_tone: Mapped[str | None] = line("The tone it was given then.", "warm", effect="life", writer="life")

    mentor_assistant: Mapped[str | None] = assistant("The assistant it learns from.", effect="life")
    mentor_for_demo_clone: Mapped[bool | None] = flag(
        "Whether clones of it as a demo have it as their mentor.", default=False, effect="life"
    )
