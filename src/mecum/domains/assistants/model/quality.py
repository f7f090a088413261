"""The facet of how good an assistant is: trust, certification, health, performance. All of it measured, or null."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped

from mecum.domains.assistants.model.core import Facet
from mecum.domains.assistants.model.fields import count, flag, mapping, moment, number, prose
from mecum.infra.storage import Entity


class Quality(Facet, Entity):
    """Figures of quality. Nothing here is written by hand, and nothing is invented."""

    __tablename__ = "assistant_qualities"
    facet = "quality"

    last_trust_score: Mapped[float | None] = number(
        "How far it can be trusted.", 0.8, most=1e9, effect="measured", writer="measured"
    )
    last_trust_components: Mapped[Any | None] = mapping(
        "What the trust consists of.", {"thumbs": 0.9}, effect="measured", writer="measured"
    )

    certified_rag_ready: Mapped[bool | None] = flag(
        "Whether it was certified to answer from documents.", default=None, effect="measured", writer="measured"
    )
    rag_certification_date: Mapped[datetime | None] = moment(
        "The day of that certificate.", effect="measured", writer="measured"
    )
    rag_certification_notes: Mapped[str | None] = prose(
        "What was found then.", "9 of 10 cited.", effect="measured", writer="measured"
    )
    last_rag_certified_at: Mapped[datetime | None] = moment(
        "When it was certified last.", effect="measured", writer="measured"
    )

    last_drift_check: Mapped[datetime | None] = moment(
        "When its drift was looked at.", effect="measured", writer="measured"
    )
    needs_recovery: Mapped[bool | None] = flag(
        "Whether it drifted too far.", default=None, effect="measured", writer="measured"
    )

    last_reflection_attempted_at: Mapped[datetime | None] = moment(
        "When it tried to reflect.", effect="measured", writer="measured"
    )
    last_reflection_successful: Mapped[bool | None] = flag(
        "Whether it could.", default=None, effect="measured", writer="measured"
    )
    reflection_error: Mapped[str | None] = prose(
        "Why it could not.", "No model answered.", effect="measured", writer="measured"
    )
    birth_reflection_retry_count: Mapped[int | None] = count(
        "How often it tried at first.", 1, effect="measured", writer="measured"
    )
    can_retry_birth_reflection: Mapped[bool | None] = flag(
        "Whether it may again.", default=None, effect="measured", writer="measured"
    )

    avg_response_time: Mapped[float | None] = number(
        "Seconds to an answer, on average.", 2.4, most=1e9, effect="measured", writer="measured"
    )
    total_interactions: Mapped[int | None] = count(
        "How many answers it gave.", 120, effect="measured", writer="measured"
    )
    success_rate: Mapped[float | None] = number(
        "The part of them that came to their end.", 0.98, effect="measured", writer="measured"
    )
