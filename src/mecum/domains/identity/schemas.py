"""The wire shapes of sessions, the owner's password and keys."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from mecum.domains.identity.model import ApiKey
from mecum.kernel import clock

_AT = "2026-11-21T06:40:00.123Z"


class Named(BaseModel):
    """A person or an organisation, by name."""

    id: str = Field(description="The id.", examples=["per_06hq3k8w2m5v9"])
    name: str = Field(description="The name to show.", examples=["Owner"])


class SessionView(BaseModel):
    """Who this browser or program is."""

    authenticated: bool = Field(description="Whether somebody is signed in.", examples=[True])
    password_set: bool = Field(description="Whether signing in needs the owner's password.", examples=[False])
    csrf_token: str | None = Field(
        description="What to send as `X-CSRF-Token` with every unsafe method; null without a session's cookie.",
        examples=["9f2c…"],
    )
    person: Named | None = Field(description="Who is signed in.", examples=[{"id": "per_…", "name": "Owner"}])
    organisation: Named | None = Field(description="In which organisation.", examples=[{"id": "org_…", "name": "Home"}])
    version: str = Field(description="The version of Mecum.", examples=["0.1.0"])


class SignIn(BaseModel):
    """The owner's password."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field(description="The password.", examples=["correct horse battery"])


class PasswordChange(BaseModel):
    """A new password for the owner."""

    model_config = ConfigDict(extra="forbid")

    current_password: str | None = Field(
        default=None, description="The present password; null when none is set.", examples=["correct horse battery"]
    )
    new_password: str = Field(description="The new password, at least 8 characters.", examples=["purple monkey lamp"])


class KeyCreate(BaseModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="What the key is for, 1 to 100 characters.", examples=["backup script"])


class KeyView(BaseModel):
    """A key, without its secret."""

    id: str = Field(description="The id.", examples=["key_06hq3k8w2m5v9"])
    name: str = Field(description="What the key is for.", examples=["backup script"])
    prefix: str = Field(description="How its secret begins.", examples=["mk_4fT9aQ"])
    created_at: str = Field(description="When it was made.", examples=[_AT])
    last_used_at: str | None = Field(
        description="When it was last used, to the minute; null for never.", examples=[_AT]
    )


class KeyCreated(KeyView):
    """A key just made."""

    secret: str = Field(
        description="The key itself, for `Authorization: Bearer`; shown this once.",
        examples=["mk_4fT9aQ0000000000000000000000000000000000"],
    )


class KeyPage(BaseModel):
    """A page of keys."""

    items: list[KeyView] = Field(description="The keys, the newest first.", examples=[[]])
    next_cursor: str | None = Field(description="Where the next page begins; null at the end.", examples=[None])


def key_view(key: ApiKey) -> KeyView:
    """Return a key as the wire shows it."""
    return KeyView(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        created_at=_iso(key.created_at),
        last_used_at=None if key.last_used_at is None else _iso(key.last_used_at),
    )


def _iso(moment: datetime) -> str:
    return clock.iso(clock.to_milliseconds(moment))
