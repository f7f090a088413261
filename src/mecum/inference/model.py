"""The table of endpoints a person configured."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, UtcTime


class Endpoint(Entity):
    """A model server of the organisation; its key is sealed."""

    __tablename__ = "endpoints"

    id: Mapped[str] = mapped_column(Id("end"), primary_key=True, autoincrement=False)
    organisation_id: Mapped[str] = mapped_column(Id("org"))
    name: Mapped[str] = mapped_column(unique=True)
    wire: Mapped[str]
    base_url: Mapped[str]
    sealed_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
