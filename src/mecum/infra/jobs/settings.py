"""What can be set about background work."""

from pydantic import BaseModel, ConfigDict, Field


class JobSettings(BaseModel):
    """How background work shares the machine with people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    concurrency: int = Field(default=2, ge=1, le=64, description="The most jobs at a time.")
    yield_seconds: float = Field(
        default=30.0,
        ge=0,
        le=3600,
        description="The longest a job waits, in seconds, while answers to people are being written.",
    )
    lease_seconds: float = Field(
        default=30.0,
        ge=1,
        le=3600,
        description="How long a job stays with a process that is silent, in seconds; then another one does it. "
        "A server with an embedded store takes up at its start what the one before it left, without waiting.",
    )
