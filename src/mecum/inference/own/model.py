"""The table of what persons say for themselves."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Owned, UtcTime


class OwnSettings(Owned, Entity):
    """A person's own settings; null where they say nothing, so that what is configured counts."""

    __tablename__ = "own_settings"

    organisation_id: Mapped[str] = mapped_column(Id("org"))
    person_id: Mapped[str] = mapped_column(Id("per"), primary_key=True, autoincrement=False)
    summaries: Mapped[bool | None]
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
