"""The wire shapes of transfer."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ReportView(BaseModel):
    """What was carried, and what was not."""

    messages: int = Field(description="Messages carried.", examples=[12])
    parts: int = Field(description="Their parts.", examples=[14])
    notes: list[str] = Field(
        description="What the format cannot carry, or what could not be read, one sentence each.",
        examples=[["2 messages of other branches are not in it."]],
    )


class Imported(BaseModel):
    """An imported conversation."""

    conversation_id: str = Field(description="The new conversation.", examples=["cnv_06hq3k8w2m5v9"])
    report: ReportView = Field(description="What was carried, and what was not.")


class BackupCreate(BaseModel):
    """What is wanted of a backup."""

    model_config = ConfigDict(extra="forbid")

    keep_days: int | None = Field(
        default=None,
        ge=0,
        le=36500,
        description="How many days it is kept; 0 for ever; null as long as `backup.keep_days` says.",
        examples=[30],
    )
    verify: bool = Field(
        default=True, description="Whether all of it is read again and compared at the end.", examples=[True]
    )


class BackupKeep(BaseModel):
    """How long a backup is kept."""

    model_config = ConfigDict(extra="forbid")

    keep_days: int | None = Field(ge=0, le=36500, description="Days from now; 0 or null for ever.", examples=[90])


class BackupView(BaseModel):
    """A backup. What is not known of it is null."""

    model_config = ConfigDict(defer_build=True)

    id: str = Field(description="Its id; the file's name where it has none.", examples=["bak_06hq3k8w2m5v9"])
    name: str = Field(description="The file's name.", examples=["mecum-2026-11-28T110502123Z.tar"])
    size: int = Field(description="Bytes.", examples=[104857600])
    made_at: str | None = Field(description="Of which moment it is.", examples=["2026-11-28T11:05:02.123Z"])
    mecum: str | None = Field(description="The version that made it.", examples=["0.1.0"])
    database: str | None = Field(description="`sqlite` or `postgresql`.", examples=["sqlite"])
    revision: str | None = Field(description="The schema of the store in it.", examples=["0002"])
    sealed: bool = Field(description="Whether it is encrypted: it is when the store is.", examples=[False])
    copy_: bool = Field(
        alias="copy",
        description="Whether it is only the store as an upgrade found it, without files and configuration.",
        examples=[False],
    )
    conversations: int | None = Field(description="How many conversations are in it.", examples=[412])
    messages: int | None = Field(description="How many messages.", examples=[9120])
    files: int | None = Field(description="How many files.", examples=[33])
    missing: int | None = Field(description="Files whose bytes were not there when it was made.", examples=[0])
    verified_at: str | None = Field(
        description="When all of it was last read and compared.", examples=["2026-11-28T11:05:30.000Z"]
    )
    problem: str | None = Field(description="What that found; null when it is sound.", examples=["backup.damaged"])
    expires_at: str | None = Field(
        description="When it is removed by itself; null is never.", examples=["2026-12-28T11:05:02.123Z"]
    )


class BackupWork(BaseModel):
    """Work on a backup, done in the background."""

    model_config = ConfigDict(defer_build=True)

    id: str = Field(description="The job.", examples=["job_06hq3k8w2m5v9"])
    backup_id: str = Field(description="The backup, which is listed once it is made.", examples=["bak_06hq3k8w2m5v9"])
    does: Literal["make", "verify"] = Field(description="What is done.", examples=["make"])
    state: Literal["queued", "running", "done", "failed", "cancelled"] = Field(
        description="Where it stands.", examples=["running"]
    )
    says: str | None = Field(
        description="What goes on: `copying`, `writing`, `reading`, `checking`.", examples=["writing"]
    )
    done_bytes: int = Field(description="Bytes done of that.", examples=[1048576])
    total_bytes: int | None = Field(description="Of how many, where it is known.", examples=[104857600])
    code: str | None = Field(description="Why it failed.", examples=["store.no_room"])
    detail: str | None = Field(
        description="The same as a sentence.", examples=["There is not enough free disk space for this."]
    )
    started_at: str = Field(description="When it was asked for.", examples=["2026-11-28T11:05:02.123Z"])
    finished_at: str | None = Field(description="When it ended.", examples=["2026-11-28T11:05:30.000Z"])


class BackupList(BaseModel):
    """The backups of this instance."""

    model_config = ConfigDict(defer_build=True)

    items: list[BackupView] = Field(description="The backups, the newest first.", examples=[[]])
    work: list[BackupWork] = Field(description="The work of the last week, the newest first.", examples=[[]])
    folder: str = Field(description="Where they are.", examples=["/home/ada/.local/share/mecum/backups"])
