"""The shapes of messages, threads and summaries."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from mecum.domains.conversations.schemas.fields import AT, CNV, MSG, RUN, Role, Strict
from mecum.domains.conversations.schemas.parts import Part


class CostView(BaseModel):
    """What an answer cost."""

    amount: float = Field(description="The amount.", examples=[0.0021])
    currency: str = Field(description="Its currency.", examples=["USD"])


class ErrorView(BaseModel):
    """Why an answer failed."""

    code: str = Field(description="The stable code of the error.", examples=["model.unavailable"])
    message: str = Field(description="A sentence for people.", examples=["The model does not answer now."])


class SiblingsView(BaseModel):
    """The messages under the same parent."""

    index: int = Field(description="The place of this one, from 1.", examples=[2])
    count: int = Field(description="How many there are.", examples=[3])
    ids: list[str] = Field(description="All of them, oldest first.", examples=[[MSG]])


class MessageView(BaseModel):
    """A message."""

    id: str = Field(description="Its id.", examples=[MSG])
    conversation_id: str = Field(description="Its conversation.", examples=[CNV])
    parent_id: str | None = Field(description="The message it answers or follows; null at the root.", examples=[None])
    role: Role = Field(description="Who speaks.", examples=["user"])
    parts: list[Part] = Field(description="What is said, in order.")
    mode: Literal["chat", "raw"] = Field(
        description="`raw`: the branch's text was continued untemplated.", examples=["chat"]
    )
    state: Literal["complete", "interrupted", "failed", "cancelled"] = Field(
        description="How it ended.", examples=["complete"]
    )
    model: str | None = Field(description="The model that answered.", examples=["ollama/llama3.2:3b"])
    model_reason: str | None = Field(description="Why that one.", examples=["the largest that fits"])
    run_id: str | None = Field(description="The run that made it.", examples=[RUN])
    token_count: int | None = Field(description="Tokens of the answer, as reported.", examples=[42])
    processing_time_ms: int | None = Field(description="From the start of its run to its end.", examples=[810])
    cost: CostView | None = Field(
        description="What it cost; null when unknown, and for a model of this machine.", examples=[None]
    )
    confidence: float | None = Field(description="Null unless a named method made it.", examples=[None])
    confidence_method: str | None = Field(description="The method that made the confidence.", examples=[None])
    metadata: dict[str, Any] = Field(description="Whatever a program attached.", examples=[{}])
    feedback: Literal[1, -1] | None = Field(description="The person's thumb.", examples=[1])
    error: ErrorView | None = Field(description="Why it failed, if it did.", examples=[None])
    siblings: SiblingsView = Field(description="Its branches.")
    created_at: str = Field(description="When it was written.", examples=[AT])


class MessageList(BaseModel):
    """A page of a thread."""

    items: list[MessageView] = Field(description="The messages of the page, oldest first.")
    next_cursor: str | None = Field(description="For the page before (older); null at the beginning.", examples=[None])
    runs: list[dict[str, Any]] = Field(
        description="The unfinished runs of the conversation, oldest first, as `GET /runs/{id}` shows them.",
        examples=[[]],
    )


class SummaryView(BaseModel):
    """What a model is told of messages that no longer fit its window."""

    id: str = Field(description="Its id.", examples=["sum_06hq3k8w2m5v9"])
    conversation_id: str = Field(description="Its conversation.", examples=[CNV])
    message_id: str = Field(description="The last message it covers; the first is that of the branch.", examples=[MSG])
    messages: int = Field(description="How many messages it stands for.", examples=[34])
    text: str = Field(description="The summary.", examples=["They plan a trip to Lisbon in May with two children."])
    model: str = Field(description="The model that wrote it.", examples=["ollama/llama3.2:3b"])
    run_id: str = Field(description="The run that made it, of the kind `job`.", examples=[RUN])
    created_at: str = Field(description="When it was written.", examples=[AT])


class MessageChange(Strict):
    """New text for a message that still waits for its answer."""

    text: str = Field(description="The text, stored exactly.", examples=["Why is the sky blue?"])


class FeedbackChange(Strict):
    """A thumb."""

    value: Literal[1, -1] | None = Field(description="1 is up, -1 down, null neither.", examples=[1])
