"""The table of what left this machine."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, UtcTime


class Egress(Entity):
    """One call that left: to whom, why, which class of data, how many bytes. Never its content."""

    __tablename__ = "egress"

    n: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    organisation_id: Mapped[str | None] = mapped_column(Id("org"))
    person_id: Mapped[str | None] = mapped_column(Id("per"))
    host: Mapped[str]
    purpose: Mapped[str]
    data_class: Mapped[str]
    bytes_out: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[int | None]
