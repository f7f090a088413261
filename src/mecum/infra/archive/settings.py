"""What can be set about backups."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class BackupSettings(BaseModel):
    """Where backups are kept, and how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path | None = Field(
        default=None,
        description="The folder of backups, better on another disk (default: `backups` in the data folder).",
    )
    keep_days: int = Field(
        default=30, ge=0, le=36500, description="How many days a backup is kept unless it was asked otherwise; 0: ever."
    )
    copy_days: int = Field(
        default=30,
        ge=0,
        le=36500,
        description="How many days the copies are kept that are made by themselves before a change of schema or a "
        "restore; 0: ever.",
    )
