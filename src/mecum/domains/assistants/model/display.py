"""The facet of where and how an assistant is shown, and how long it lives."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from mecum.domains.assistants.model.core import Facet
from mecum.domains.assistants.model.fields import flag, line, moment, reference, whole
from mecum.infra.storage import Entity, only


class Display(Facet, Entity):
    """Display and lifecycle. `expires_at` is ours."""

    __tablename__ = "assistant_displays"
    facet = "display"

    is_featured: Mapped[bool | None] = flag("Whether it is featured.", default=False, effect="order")
    featured_rank: Mapped[int | None] = whole("Its place among the featured ones, from 1.", 1, effect="order")
    is_guide: Mapped[bool | None] = flag("Whether it shows people around.", default=False, effect="order")
    is_primary: Mapped[bool | None] = flag("Whether it is the person's first one.", default=False, effect="order")

    show_intro_splash: Mapped[bool | None] = flag(
        "Whether its introduction is shown before a chat.", default=True, effect="shown"
    )
    show_trail_recap: Mapped[bool | None] = flag("Whether what was said last is summed up.", default=True)
    auto_start_chat: Mapped[bool | None] = flag("Whether opening it begins a chat.", default=False)
    avatar_style: Mapped[str | None] = line("How its avatar is drawn.", "default", default="default")

    demo_slug: Mapped[str | None] = line("The name of the demo it is or came from.", "letters-demo")
    is_demo_clone: Mapped[bool | None] = flag(
        "Whether it is a clone of a demo.", default=False, effect="life", writer="life"
    )
    boosted_from_demo: Mapped[bool | None] = flag("Whether it took over what a demo had learnt.", default=False)

    is_ephemeral: Mapped[bool | None] = flag("Whether it goes by itself.", default=False, effect="life")
    expires_at: Mapped[datetime | None] = moment("When an ephemeral one goes to the trash.", effect="life")
    expiration_event: Mapped[str | None] = reference("What ends it.", "swarm-memory/5")

    __table_args__ = (
        Index(
            "ix_assistant_displays_featured",
            "featured_rank",
            info=only("is_featured"),
        ),
    )
