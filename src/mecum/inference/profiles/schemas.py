"""The wire shapes of profiles."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from mecum.inference.configuration.reading import models_named
from mecum.inference.configuration.schemas import ProblemView, UpgradeStep
from mecum.inference.configuration.text import Format
from mecum.inference.profiles.service import Keeper, Owner, Removed, Stored

_DOCUMENT = {"version": 1, "role_mappings": {"chat": {"preferred": ["llama3.1:8b"]}}}


class ProfileView(BaseModel):
    """A profile."""

    id: str = Field(description="Its id; the name of one that is a file.", examples=["prf_06hq3k8w2m5v9"])
    address: str = Field(
        description="What means it and no other: the level of its owner (`instance`, `organisation`, `person`), a "
        "colon, and its name. Files, also those that came with Mecum, are of the instance.",
        examples=["instance:coding"],
    )
    name: str = Field(description="Its name, which another owner's may have too.", examples=["coding"])
    owner: Owner = Field(
        description="Whose it is: `shipped` came with Mecum, `instance` is a file of this installation.",
        examples=["shipped"],
    )
    description: str | None = Field(description="What it is for.", examples=["For programming."])
    active: bool = Field(description="Whether it counts for its owner now.", examples=[False])
    etag: str = Field(description="What names its content.", examples=["9f86d081884c7d65"])
    models: list[str] = Field(description="The models it names.", examples=[["llama3.1:8b"]])
    created_at: str | None = Field(description="When it was made.", examples=["2026-11-21T06:40:00.123Z"])
    modified_at: str | None = Field(description="When it was last changed.", examples=["2026-11-21T06:40:00.123Z"])
    problems: list[ProblemView] = Field(description="What is wrong with it.", examples=[[]])
    upgraded: list[UpgradeStep] = Field(
        description="What was read otherwise than it stands there, because it is an older one.", examples=[[]]
    )


class RemovedProfile(ProfileView):
    """A profile in the trash."""

    deleted_at: str = Field(description="When it was removed.", examples=["2026-11-21T06:40:00.123Z"])


class RemovedProfileList(BaseModel):
    """The profiles in the trash."""

    items: list[RemovedProfile] = Field(description="The profiles, the last removed first.", examples=[[]])
    next_cursor: str | None = Field(None, description="Always null: the list is short.", examples=[None])


class ProfileDetail(ProfileView):
    """A profile with its text."""

    text: str = Field(description="Its text.", examples=['{"version": 1}'])
    document: dict[str, Any] = Field(
        description="What it says, in the shape of today; empty when it does not hold.", examples=[_DOCUMENT]
    )


class ProfileList(BaseModel):
    """All profiles."""

    items: list[ProfileView] = Field(description="The profiles, by name.", examples=[[]])
    next_cursor: str | None = Field(None, description="Always null: the list is short.", examples=[None])


class ProfileCreate(BaseModel):
    """A profile to be made: of a document, or like another one."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=40, description="Its name: small letters, digits, `_`, `-`.", examples=["evenings"])
    owner: Keeper = Field("instance", description="Whose it shall be.", examples=["instance"])
    document: dict[str, Any] = Field(
        description="What it says; `GET /config/schema` has the shape.", examples=[_DOCUMENT]
    )


class ProfileCopy(BaseModel):
    """What a copy shall be called."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=40, description="Its name: small letters, digits, `_`, `-`.", examples=["evenings"])
    owner: Keeper = Field("instance", description="Whose it shall be.", examples=["person"])


class ProfileImport(BaseModel):
    """A text to make a profile of, also an older one."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=32 << 20, description="The whole text.", examples=['{"name": "coding"}'])
    format: Format = Field("json", description="How it is written.", examples=["json"])
    name: str | None = Field(None, max_length=40, description="Its name; else the one in it.", examples=["coding"])
    owner: Keeper = Field("instance", description="Whose it shall be.", examples=["instance"])


def profile_view(found: Stored) -> dict[str, Any]:
    """Return a profile as the wire shows it."""
    return {
        "id": found.id,
        "address": found.address,
        "name": found.name,
        "owner": found.owner,
        "description": found.said.tree.get("description"),
        "active": found.active,
        "etag": found.etag,
        "models": models_named(found.said.tree) if found.said.valid else [],
        "created_at": found.created_at,
        "modified_at": found.modified_at,
        "problems": [problem.view() for problem in found.said.problems],
        "upgraded": [step.view() for step in found.said.steps],
    }


def removed_view(found: Removed) -> dict[str, Any]:
    """Return a profile in the trash as the wire shows it."""
    return {**profile_view(found.profile), "deleted_at": found.deleted_at}


def detail(found: Stored) -> dict[str, Any]:
    """Return a profile with its text."""
    document = dict(found.said.tree) if found.said.valid else {}
    return {**profile_view(found), "text": found.body.decode("utf-8", "replace"), "document": document}
