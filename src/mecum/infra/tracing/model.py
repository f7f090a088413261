"""The table of errors, grouped by code and fingerprint."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, UtcTime


class ErrorGroup(Entity):
    """All occurrences of one error: how often, when first, when last, and one run to look at."""

    __tablename__ = "error_groups"

    code: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    message: Mapped[str]
    count: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(UtcTime)
    last_at: Mapped[datetime] = mapped_column(UtcTime)
    run_id: Mapped[str | None] = mapped_column(Id("run"))
