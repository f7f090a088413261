"""The shapes of what a search finds."""

from pydantic import BaseModel, Field

from mecum.domains.conversations.schemas.fields import AT, CNV, MSG, Role


class PieceView(BaseModel):
    """A piece of a snippet."""

    text: str = Field(description="The text.", examples=["ferry"])
    hit: bool = Field(description="Whether it is one of the words looked for.", examples=[True])


class HitView(BaseModel):
    """A message that was found."""

    conversation_id: str = Field(description="Its conversation.", examples=[CNV])
    conversation_title: str | None = Field(description="The conversation's title.", examples=["Holiday"])
    message_id: str = Field(description="The message.", examples=[MSG])
    role: Role = Field(description="Who spoke.", examples=["user"])
    snippet: list[PieceView] = Field(description="Where the words stand.")
    created_at: str = Field(description="When it was written.", examples=[AT])


class HitList(BaseModel):
    """A page of hits."""

    items: list[HitView] = Field(description="The messages, newest first.")
    next_cursor: str | None = Field(description="For the next page; null at the end.", examples=[None])
