"""The wire shapes of transfer."""

from pydantic import BaseModel, Field


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
