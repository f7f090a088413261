"""The shapes of conversations: made, changed, listed, shown; their tags."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from mecum.domains.conversations.schemas.fields import AT, CNV, MSG, PRJ, Metadata, Strict, TagName, Text, Title


class ConfigView(BaseModel):
    """What the next answer in a conversation is made with."""

    assistant_id: str | None = Field(description="The assistant that answers.", examples=["ast_06hq3k8w2m5v9"])
    model: str | None = Field(
        description="The chosen model; null is the best available.", examples=["ollama/llama3.2:3b"]
    )
    system_prompt: str | None = Field(description="What every request begins with.", examples=["Answer briefly."])
    temperature: float | None = Field(description="From 0 to 2; null is the model's own.", examples=[0.7])
    metadata: dict[str, Any] = Field(description="Whatever a program wants to keep here.", examples=[{"project": "x"}])


class ConfigChange(Strict):
    """What is to change; what is absent stays, null means the default again."""

    assistant_id: Text | None = Field(
        None, max_length=255, description="The assistant that answers, by its id or slug.", examples=["short-letters"]
    )
    model: Text | None = Field(None, max_length=300, description="The model.", examples=["ollama/llama3.2:3b"])
    system_prompt: Text | None = Field(
        None, max_length=200_000, description="The system prompt.", examples=["Be brief."]
    )
    temperature: float | None = Field(None, ge=0, le=2, description="The temperature.", examples=[0.7])
    metadata: Metadata | None = Field(None, description="Replaces the metadata.", examples=[{"project": "x"}])


class ConversationCreate(Strict):
    """A new conversation."""

    title: Title | None = Field(None, description="Its title.", examples=["Holiday"])
    config: ConfigChange | None = Field(None, description="Its configuration.", examples=[{"temperature": 0.2}])
    project_id: str | None = Field(
        None,
        max_length=40,
        description="The project it is made in, whose default assistant and model answer unless `config` says "
        "otherwise.",
        examples=[PRJ],
    )


class ConversationChange(Strict):
    """What is to change; what is absent stays."""

    tags: list[TagName] | None = Field(None, max_length=100, description="All its tags.", examples=[["work"]])
    archived: bool | None = Field(
        None, description="Whether it is put away; what is said in it brings it back.", examples=[True]
    )

    title: Title | None = Field(None, description="The title; null lets one be made.", examples=["Holiday"])
    config: ConfigChange | None = Field(None, description="The configuration.", examples=[{"temperature": 0.2}])
    leaf_id: str | None = Field(
        None, description="Any message: its newest continuation becomes the current branch.", examples=[MSG]
    )
    project_id: str | None = Field(
        None,
        max_length=40,
        description="The project to move it to; null takes it out of the one it is in.",
        examples=[PRJ],
    )


class ConversationView(BaseModel):
    """A conversation."""

    id: str = Field(description="Its id.", examples=[CNV])
    title: str | None = Field(description="Its title, if it has one.", examples=["Holiday"])
    title_source: Literal["auto", "person"] | None = Field(description="Who made the title.", examples=["auto"])
    config: ConfigView = Field(description="What the next answer is made with.")
    project_id: str | None = Field(description="The project it is in.", examples=[PRJ])
    leaf_id: str | None = Field(
        description="Where the current branch ends; the answer being made counts.", examples=[MSG]
    )
    created_at: str = Field(description="When it began.", examples=[AT])
    last_activity_at: str = Field(description="When something was last said.", examples=[AT])
    archived_at: str | None = Field(description="When it was put away.", examples=[None])
    deleted_at: str | None = Field(description="When it was moved to the trash.", examples=[None])
    tags: list[str] = Field(description="Its tags, in order.", examples=[["work"]])
    running: bool = Field(description="Whether an answer is being made or waits to be.", examples=[False])


class ConversationList(BaseModel):
    """A page of conversations."""

    items: list[ConversationView] = Field(description="The conversations, last activity first.")
    next_cursor: str | None = Field(description="For the next page; null at the end.", examples=[None])


class TagView(BaseModel):
    """A tag in use."""

    name: str = Field(description="Its name, as it was first written.", examples=["work"])
    conversations: int = Field(description="How many conversations outside the trash have it.", examples=[12])


class TagList(BaseModel):
    """The tags in use."""

    items: list[TagView] = Field(description="The tags, in order.")


class ForkCreate(Strict):
    """A copy of a branch."""

    message_id: str = Field(description="The last message to copy.", examples=[MSG])


class Purged(BaseModel):
    """What was deleted for ever."""

    purged: int = Field(description="How much in all.", examples=[4])
    conversations: int = Field(description="How many conversations.", examples=[3])
    assistants: int = Field(description="How many assistants.", examples=[1])
    projects: int = Field(description="How many projects.", examples=[0])
