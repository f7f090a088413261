"""What can be set about the server."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

HostName = Annotated[str, Field(min_length=1, max_length=253)]


class ServerSettings(BaseModel):
    """Where the server listens, who may reach it, and how much it takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: HostName = Field(
        default="127.0.0.1",
        description="The address to listen on. Beyond this machine only with an owner's password.",
    )
    port: int = Field(default=8321, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    allowed_hosts: tuple[HostName, ...] = Field(
        default=(),
        description="Further host names under which the server may be addressed, besides this machine's loopback names "
        "and `host`; `*.example.org` stands for every name below it.",
    )
    public_url: str | None = Field(
        default=None,
        description="The address people open when a proxy stands in front, such as `https://mecum.example.org`: its "
        "host is allowed, and with https the session's cookie travels over TLS only.",
    )
    max_sockets: int = Field(default=10_000, ge=1, le=100_000, description="The most WebSocket connections at a time.")
    max_message_mb: int = Field(
        default=4, ge=1, le=64, description="The longest message, in MB; longer text goes into a file."
    )
    max_body_mb: int = Field(
        default=32, ge=1, le=1024, description="The largest body of a request that is not a file, in MB."
    )
    max_upload_mb: int = Field(
        default=512, ge=1, le=102_400, description="The largest file that can be uploaded, in MB."
    )

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an http or https address with a host name")
        return value.rstrip("/")
