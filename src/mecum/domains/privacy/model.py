"""The tables of what may leave this machine, and of what left it."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, UtcTime


class Policy(Entity):
    """What an organisation lets leave this machine; without a row it is asked."""

    __tablename__ = "egress_policies"

    organisation_id: Mapped[str] = mapped_column(Id("org"), primary_key=True, autoincrement=False)
    mode: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class Consent(Entity):
    """That conversations may be sent to an endpoint, as long as it is at this place."""

    __tablename__ = "egress_consents"

    organisation_id: Mapped[str] = mapped_column(Id("org"), primary_key=True, autoincrement=False)
    endpoint: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str]
    person_id: Mapped[str | None] = mapped_column(Id("per"))
    given_at: Mapped[datetime] = mapped_column(UtcTime)


class Egress(Entity):
    """One call that left, or was not let out: for whom, to whom, why, which class of data, how many bytes.

    Never its content. `refusal` is what stood against one that was not let out. `endpoint`, `mode` and `decision` say
    which model server that was, what the policy was, and who had agreed; null where nobody knows, as of calls of before
    they were written down.
    """

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
    endpoint: Mapped[str | None]
    mode: Mapped[str | None]
    decision: Mapped[str | None]
    refusal: Mapped[str | None]

    __table_args__ = (Index("ix_egress_organisation_id_n", "organisation_id", "n"),)
