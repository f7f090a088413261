"""The shapes of changes of many conversations."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from mecum.domains.conversations.schemas.fields import BAT, CNV, PRJ, Strict, TagName, Title, visible


class BatchCreate(Strict):
    """One change of many conversations. What `tag`, `rename` and `move` need stands beside the action."""

    action: Literal["tag", "rename", "move", "archive", "unarchive", "delete", "restore", "purge"] = Field(
        description="What to do. `restore` takes them out of the trash; `purge` deletes them for ever, from the trash "
        "or not.",
        examples=["tag"],
    )
    ids: list[str] = Field(min_length=1, max_length=1000, description="Which conversations.", examples=[[CNV]])
    add: list[TagName] = Field([], max_length=100, description="`tag`: tags to give.", examples=[["work"]])
    remove: list[TagName] = Field([], max_length=100, description="`tag`: tags to take away.", examples=[["later"]])
    title: Annotated[Title, AfterValidator(visible)] | None = Field(
        None,
        description="`rename`: the new title. `{title}` stands for the old one, `{n}` for the place in `ids`, from 1, "
        "and `{date}` for the day of the last activity.",
        examples=["Rome: {title}"],
    )
    project_id: str | None = Field(
        None, max_length=40, description="`move`: the project to move them to; null takes them out.", examples=[PRJ]
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.action == "tag" and not (self.add or self.remove):
            raise ValueError("`tag` needs `add` or `remove`")
        if self.action == "rename" and self.title is None:
            raise ValueError("`rename` needs `title`")
        return self


class SkippedConversation(BaseModel):
    """A conversation that was left as it is."""

    id: str = Field(description="The conversation.", examples=[CNV])
    code: str = Field(description="The stable code of the reason.", examples=["conversation.not_found"])
    message: str = Field(description="The reason, for people.", examples=["There is no such conversation."])


class BatchView(BaseModel):
    """What became of a change of many conversations."""

    id: str | None = Field(
        description="What undoes it, for 30 days; null when nothing changed, or when nothing can undo it.",
        examples=[BAT],
    )
    action: str = Field(description="What was done.", examples=["tag"])
    changed: list[str] = Field(description="The conversations that changed.", examples=[[CNV]])
    skipped: list[SkippedConversation] = Field(description="The others, each with its reason.", examples=[[]])
