"""What an assistant was and how it did: its versions, its vectors, what was measured; and its picture."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from mecum.domains.assistants.model.core import OfAssistant
from mecum.infra.storage import Entity, Json, UtcTime


class AssistantVersion(OfAssistant, Entity):
    """A change: the whole state, afterwards, of each facet that it touched; the others are as the version before."""

    __tablename__ = "assistant_versions"

    number: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    state: Mapped[Any] = mapped_column(Json)
    """`{facet: {field: value}}`, what is null left out; `core` is the slim core."""
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class AssistantVector(OfAssistant, Entity):
    """A vector of an assistant, as it was brought in or made."""

    __tablename__ = "assistant_vectors"

    field: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str | None]
    """The model it is of; null where nobody said."""
    dimension: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """Little-endian floats: four bytes each where that is exact, otherwise eight."""


class AssistantMeasures(OfAssistant, Entity):
    """What was measured of an assistant when somebody looked last; it is made again of runs and thumbs."""

    __tablename__ = "assistant_measures"

    body: Mapped[Any] = mapped_column(Json)
    """`{fields: {name: {value, method, explanation}}, reflection}`."""
    measured_at: Mapped[datetime] = mapped_column(UtcTime)


class AssistantPicture(OfAssistant, Entity):
    """The picture of an assistant, where its avatar is one that is kept here."""

    __tablename__ = "assistant_pictures"

    media_type: Mapped[str]
    sha256: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)
