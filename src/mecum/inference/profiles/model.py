"""The tables of profiles: those of persons and organisations, and which ones are active."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Owned, UtcTime, only


class Profile(Owned, Entity):
    """A profile of a person, or with nobody's id of their whole organisation; `body` is its text."""

    __tablename__ = "profiles"
    __table_args__ = (
        Index(
            "uq_profiles_person",
            "person_id",
            "name",
            unique=True,
            info=only("person_id IS NOT NULL AND deleted_at IS NULL"),
        ),
        Index(
            "uq_profiles_organisation",
            "organisation_id",
            "name",
            unique=True,
            info=only("person_id IS NULL AND deleted_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Id("prf"), primary_key=True, autoincrement=False)
    organisation_id: Mapped[str] = mapped_column(Id("org"))
    person_id: Mapped[str | None] = mapped_column(Id("per"))  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleVariableOverride]
    name: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    modified_at: Mapped[datetime] = mapped_column(UtcTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)

    @classmethod
    def owner(cls, organisation_id: Any, person_id: Any) -> ColumnElement[bool]:
        """A person sees their own and those of their organisation."""
        return and_(cls.organisation_id == organisation_id, or_(cls.person_id == person_id, cls.person_id.is_(None)))


class ActiveProfile(Entity):
    """Which profile counts at a level: `owner` is the id of a person or organisation, empty for the instance.

    `profile` is the id of a row, or the name of a file.
    """

    __tablename__ = "active_profiles"

    owner: Mapped[str] = mapped_column(primary_key=True)
    profile: Mapped[str]
    activated_at: Mapped[datetime] = mapped_column(UtcTime)
