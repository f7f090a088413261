"""The table that counts who still needs a blob."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id


class Blob(Entity):
    """Bytes by their SHA-256, per organisation."""

    __tablename__ = "blobs"

    organisation_id: Mapped[str] = mapped_column(Id("org"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    holders: Mapped[int]
