"""The facet of what an assistant can do: capabilities, badges, beliefs, and its vectors."""

from typing import Any, Final

from sqlalchemy.orm import Mapped

from mecum.domains.assistants.model.core import Facet
from mecum.domains.assistants.model.fields import (
    Field,
    count,
    flag,
    items,
    line,
    mapping,
    number,
    vector_field,
)
from mecum.infra.storage import Entity

VECTORS: Final[tuple[Field, ...]] = (
    vector_field("capability_embedding", "The vector of its capabilities."),
    vector_field("embedding", "The vector of what it is."),
    vector_field("initial_embedding", "The vector of what it was at first."),
    vector_field("belief_vector", "The vector of what it believes."),
)


class Capabilities(Facet, Entity):
    """Skills and knowledge. Its vectors are rows of their own."""

    __tablename__ = "assistant_capabilities"
    facet = "capabilities"

    capabilities: Mapped[Any | None] = mapping("What it can do, by name.", {"letters": True})

    skill_badges: Mapped[Any | None] = items("Badges it earned.", ["first-letter"], writer="measured")
    primary_badge: Mapped[str | None] = line("The badge that is shown first.", "first-letter", writer="measured")
    badge_history: Mapped[Any | None] = items(
        "When it earned each.", [{"badge": "first-letter", "at": "2026-11-21"}], writer="measured"
    )

    glossary_score: Mapped[float | None] = number(
        "How well it keeps to the glossary.", 0.8, most=1e9, writer="measured"
    )
    embedding_index: Mapped[int | None] = count("Its place in an index of vectors.", 7, writer="measured")

    ideology: Mapped[str | None] = line("What it believes in.", "plain language")
    is_alignment_flexible: Mapped[bool | None] = flag("Whether that may change.", default=True)

    avg_empathy_score: Mapped[float | None] = number("How well it met people's mood.", 0.5, writer="measured")
    empathy_tags: Mapped[Any | None] = items("Moods it meets well.", ["grief"], writer="measured")
    preferred_scene_tags: Mapped[Any | None] = items("Situations it is made for.", ["letters"])
