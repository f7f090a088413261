"""The wire shapes of pulls."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_AT = "2026-11-21T06:40:00.123Z"


class PullCreate(BaseModel):
    """A model to fetch."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(
        max_length=4000,
        description="The address of a GGUF file, or `ollama:` and a name that the Ollama of this instance fetches.",
        examples=["https://files.example.org/tiny.gguf"],
    )
    name: str | None = Field(None, max_length=200, description="What the file is called here.", examples=["tiny.gguf"])
    sha256: str | None = Field(
        None,
        pattern=r"^[0-9a-fA-F]{64}$",
        description="The checksum that the file must have.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    hosts: list[str] = Field(
        default_factory=list[str],
        max_length=10,
        description="Hosts that the server may send on to; to any other it may not.",
        examples=[["cdn.example.org"]],
    )


class PullView(BaseModel):
    """A pull as it stands."""

    id: str = Field(description="Its id.", examples=["job_06hq3k8w2m5v9"])
    source: str = Field(
        description="What is fetched, without what an address carries after its `?`.",
        examples=["https://files.example.org/tiny.gguf"],
    )
    state: Literal["queued", "running", "done", "failed", "cancelled"] = Field(
        description="`queued` also between two tries.", examples=["running"]
    )
    says: str | None = Field(description="What is being done.", examples=["fetching"])
    done_bytes: int = Field(description="How much is there.", examples=[1048576])
    total_bytes: int | None = Field(description="How much it is in all; null while not known.", examples=[2019393189])
    attempts: int = Field(description="How often it was tried.", examples=[1])
    model: str | None = Field(description="The model, when it is done.", examples=["llama_cpp/tiny"])
    sha256: str | None = Field(
        description="The checksum of the file, when it is done.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    verified: Literal["person", "server", "no"] | None = Field(
        description="Whose checksum it was compared with; `no` when nobody said one. Null before, and where Ollama "
        "verifies by itself.",
        examples=["server"],
    )
    code: str | None = Field(description="The stable code of the last error.", examples=[None])
    detail: str | None = Field(description="The last error, as a sentence.", examples=[None])
    created_at: str = Field(description="When it was asked for.", examples=[_AT])
    finished_at: str | None = Field(description="When it was over.", examples=[None])


class PullList(BaseModel):
    """Pulls of the last week."""

    items: list[PullView] = Field(description="The pulls, the newest first.")
    next_cursor: str | None = Field(None, description="Always null: the list is short.", examples=[None])
