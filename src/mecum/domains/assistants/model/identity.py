"""The facet of who an assistant is: character, tone, and how it introduces itself."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped

from mecum.domains.assistants.model.core import Facet
from mecum.domains.assistants.model.fields import choice, items, items_or_mapping, line, moment, number, prose
from mecum.infra.storage import Entity

PERSONA_MODES = ("balanced", "default", "improviser", "planner", "reflector")


class Identity(Facet, Entity):
    """Personality and character."""

    __tablename__ = "assistant_identities"
    facet = "identity"

    description: Mapped[str | None] = prose(
        "What it is and what it is for.", "Helps to write letters that are read.", effect="prompt"
    )
    specialty: Mapped[str | None] = line("What it is best at.", "short letters", effect="prompt")
    avatar: Mapped[str | None] = line("An emoji, or the address of an image.", "🖋️", longest=512, effect="shown")

    personality: Mapped[str | None] = prose("Its personality.", "Patient and exact.", effect="prompt")
    tone: Mapped[str | None] = line("How it sounds.", "warm", effect="prompt")
    traits: Mapped[Any | None] = items_or_mapping("Its traits, as words or by name.", ["curious"], effect="prompt")
    values: Mapped[Any | None] = items("What it holds to.", ["honesty"], effect="prompt")
    motto: Mapped[str | None] = prose("Its motto.", "Less is read more.", effect="prompt")

    archetype: Mapped[str | None] = line("The figure it is modelled on.", "the editor", effect="prompt")
    archetype_path: Mapped[str | None] = line("The way of that figure.", "craft")
    dream_symbol: Mapped[str | None] = line("A symbol that stands for it.", "a lamp")

    persona_mode: Mapped[str | None] = choice(
        "How it goes about an answer.", PERSONA_MODES, default="balanced", effect="prompt"
    )
    persona_summary: Mapped[str | None] = prose("Who it is, in a few sentences.", "A retired editor.", effect="prompt")
    personality_description: Mapped[str | None] = prose(
        "Its personality at length.", "Asks before it assumes.", effect="prompt"
    )

    mood_stability_index: Mapped[float | None] = number("How steady its mood was.", 0.7, writer="measured")
    last_mood_shift: Mapped[datetime | None] = moment("When its mood changed last.", writer="measured")
    created_from_mood: Mapped[str | None] = line("The mood it was made in.", "calm", writer="measured")

    intro_text: Mapped[str | None] = prose("What it says before anybody asks.", "What shall we write?", effect="shown")
    init_reflection: Mapped[str | None] = prose("What it thought of itself at first.", "I am new here.")
