"""The facet of how an assistant works: model, prompt, style, and the switches of what surrounds an answer."""

from typing import Any, Final

from sqlalchemy.orm import Mapped

from mecum.domains.assistants.model.core import Facet
from mecum.domains.assistants.model.fields import (
    choice,
    flag,
    line,
    mapping,
    number,
    prompt,
    prose,
    several,
    whole,
)
from mecum.infra.storage import Entity

THINKING_STYLES = ("analytical", "direct", "reflective", "cot")
MEMORY_MODES = ("standard", "none", "session", "long_term")
COLLABORATION_STYLES = ("cooperative", "harmonizer", "challenger", "strategist", "supporter", "autonomous")
CONFLICT_RESOLUTIONS = ("consensus", "pause_and_reflect", "delegate_to_mediator", "suppress_and_continue")
PROMPT_MEASURES: Final = tuple(
    (
        "total_interactions success_rate avg_response_time last_trust_score last_trust_components needs_recovery "
        "last_drift_check certified_rag_ready rag_certification_date rag_certification_notes last_rag_certified_at "
        "growth_points growth_stage nurture_started_at growth_unlocked_at last_reflection_attempted_at "
        "last_reflection_successful reflection_error birth_reflection_retry_count can_retry_birth_reflection"
    ).split()
)
"""The figures that may stand in a system prompt: every one that is kept."""


class Configuration(Facet, Entity):
    """Technical and behavioural configuration. `temperature`, `prompt_version` and
    `prompt_measures` are ours."""

    __tablename__ = "assistant_configurations"
    facet = "configuration"

    preferred_model: Mapped[str | None] = line(
        "The model that answers: its reference, or `role:NAME`; without one the role chat.", "role:chat", effect="turn"
    )
    temperature: Mapped[float | None] = number(
        "From 0 to 2; without one the model's own.", 0.7, most=2.0, effect="turn"
    )
    thinking_style: Mapped[str | None] = choice(
        "How it thinks before it answers.", THINKING_STYLES, default="analytical", effect="prompt"
    )
    memory_mode: Mapped[str | None] = choice("What it remembers.", MEMORY_MODES, default="standard")

    system_prompt: Mapped[str | None] = prompt(
        "Its prompt; `PUT /assistants/{assistant}/prompt` changes it.", effect="prompt"
    )
    prompt_version: Mapped[int | None] = whole("The version of it that counts.", 3, effect="prompt", writer="life")
    prompt_title: Mapped[str | None] = line("What its prompt is called.", "Letters, short")
    prompt_notes: Mapped[str | None] = prose("Notes on its prompt.", "The reader is in a hurry.", effect="prompt")
    boost_prompt_in_system: Mapped[bool | None] = flag(
        "Whether the notes stand in the system prompt.", default=False, effect="prompt"
    )
    prompt_measures: Mapped[Any | None] = several(
        "Which of its figures stand in the system prompt, as they were kept last; none unless named.",
        PROMPT_MEASURES,
        effect="prompt",
    )

    delegation_threshold_tokens: Mapped[int | None] = whole(
        "From how many tokens on it hands work over.", 1000, default=1000
    )
    auto_delegate_on_feedback: Mapped[bool | None] = flag("Whether a thumb down hands work over.", default=False)
    collaboration_style: Mapped[str | None] = choice(
        "How it works with others.", COLLABORATION_STYLES, default="cooperative"
    )
    preferred_conflict_resolution: Mapped[str | None] = choice(
        "What it does where others disagree.", CONFLICT_RESOLUTIONS, default="consensus"
    )

    live_relay_enabled: Mapped[bool | None] = flag("Whether its thoughts are passed on live.", default=False)
    memory_summon_enabled: Mapped[bool | None] = flag(
        "Whether passages of the person's own record may be looked up for an answer.", default=True, effect="turn"
    )
    auto_reflect_on_message: Mapped[bool | None] = flag("Whether it reflects on each message.", default=True)

    preferred_rag_vector: Mapped[str | None] = line("Which vectors it searches by.", "contextual", default="contextual")
    min_score_threshold: Mapped[float | None] = number("The least score of a passage.", 0.7, default=0.7)
    require_trusted_anchors: Mapped[bool | None] = flag("Whether passages must be trusted.", default=False)
    suppress_unstable_anchors: Mapped[bool | None] = flag("Whether passages that change are left out.", default=True)
    anchor_weight_profile: Mapped[Any | None] = mapping("How much each kind of passage counts.", {"glossary": 2.0})
