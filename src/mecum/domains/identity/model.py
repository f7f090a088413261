"""Tables of organisations, persons and what they prove themselves with."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Owned, UtcTime


class Organisation(Entity):
    """An organisation; solo use has one that nobody needs to know of."""

    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(Id("org"), primary_key=True, autoincrement=False)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Person(Entity):
    """A person in an organisation; the owner's password guards the page when there is one."""

    __tablename__ = "persons"

    id: Mapped[str] = mapped_column(Id("per"), primary_key=True, autoincrement=False)
    organisation_id: Mapped[str] = mapped_column(Id("org"), ForeignKey("organisations.id"))
    name: Mapped[str]
    is_owner: Mapped[bool]
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class WebSession(Owned, Entity):
    """A browser that may act for a person. Only the hash of its token is stored."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(Id("ses"), primary_key=True, autoincrement=False)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class ApiKey(Owned, Entity):
    """A key for programs. Only the hash of its secret is stored."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(Id("key"), primary_key=True, autoincrement=False)
    name: Mapped[str]
    prefix: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcTime)
