"""What can be set about logs and traces."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _collector(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http or https address")
    return value.rstrip("/")


class LogSettings(BaseModel):
    """What the server writes to standard error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is written."
    )
    format: Literal["text", "json"] = Field(default="text", description="A line for people, or one JSON object a line.")
    message_text: bool = Field(
        default=False, description="Whether text of messages may appear in the log. Without it a log never holds any."
    )


class TelemetrySettings(BaseModel):
    """What is told to other systems; nothing unless set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    otlp_endpoint: Annotated[str, AfterValidator(_collector)] | None = Field(
        default=None,
        description="The address of an OpenTelemetry collector (OTLP over HTTP), such as `http://127.0.0.1:4318`. "
        "Spans hold names, ids and durations, never text.",
    )
