"""The tables of endpoints a person configured, of what was measured of models, of swaps and of notices."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Json, UtcTime


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


class ModelMeasurement(Entity):
    """Decaying sums of what the answers of one model took; `failures` counts by error code. `at` is when they held."""

    __tablename__ = "model_measurements"

    ref: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    answers: Mapped[float]
    waits: Mapped[float]
    wait_seconds: Mapped[float]
    tokens: Mapped[float]
    token_seconds: Mapped[float]
    failures: Mapped[dict[str, Any]] = mapped_column(Json)


class ModelSwap(Entity):
    """That the model `target` answers in the place of `source`: a reference, or `role:NAME`."""

    __tablename__ = "model_swaps"

    source: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str]
    swapped_at: Mapped[datetime] = mapped_column(UtcTime)


class ModelNotice(Entity):
    """What a person should know of their models, and whether they put it away; `about` is a role or a model."""

    __tablename__ = "model_notices"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    about: Mapped[str]
    model: Mapped[str | None]
    message: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcTime)
