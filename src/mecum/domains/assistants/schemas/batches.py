"""The shapes of changes of many assistants."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class AssistantBatchCreate(BaseModel):
    """One change of many assistants."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["delete", "restore", "archive", "activate", "purge"] = Field(
        description="What to do. `restore` takes them out of the trash, `activate` out of the archive; `purge` deletes "
        "them for ever, from the trash or not.",
        examples=["archive"],
    )
    ids: list[str] = Field(min_length=1, max_length=1000, description="Which, by id or slug.", examples=[["letters"]])


class SkippedAssistant(BaseModel):
    """An assistant that was left as it is."""

    id: str = Field(description="What it was named by.", examples=["letters"])
    code: str = Field(description="The stable code of the reason.", examples=["assistant.not_found"])
    message: str = Field(description="The reason, for people.", examples=["There is no such assistant."])


class AssistantBatchView(BaseModel):
    """What became of a change of many assistants."""

    action: str = Field(description="What was done; its opposite undoes it, but for `purge`.", examples=["archive"])
    changed: list[str] = Field(description="The ids of those that changed.", examples=[["ast_06hq3k8w2m5v9"]])
    skipped: list[SkippedAssistant] = Field(description="The others, each with its reason.", examples=[[]])
