"""The wire shapes of projects."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from mecum.kernel.text import is_storable

_PRJ, _CNV, _AST, _FIL = (
    "prj_06hq3k8w2m5v9",
    "cnv_06hq3k8w2m5v9",
    "ast_06hq3k8w2m5v9",
    "fil_06hq3k8w2m5v9",
)
_AT = "2026-11-21T06:40:00.123Z"
_MOST_ITEMS = 1000


def _storable(value: str) -> str:
    if not is_storable(value):
        raise ValueError("must hold no NUL character and no half of a surrogate pair")
    return value


def _visible(value: str) -> str:
    if not value.strip():
        raise ValueError("must hold more than spaces")
    return value


Name = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_storable), AfterValidator(_visible)]
Instructions = Annotated[str, Field(max_length=200_000), AfterValidator(_storable)]
Model = Annotated[str, Field(max_length=300), AfterValidator(_storable)]
Reference = Annotated[str, Field(max_length=255), AfterValidator(_storable)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProjectCreate(_Strict):
    """A new project."""

    name: Name = Field(description="Its name; no two of a person are called the same.", examples=["Rome trip"])
    instructions: Instructions | None = Field(
        None, description="What every answer in it is told.", examples=["Prices in euros."]
    )
    assistant: Reference | None = Field(
        None, description="The assistant that answers new conversations in it, by id or slug.", examples=["guide"]
    )
    model: Model | None = Field(
        None, description="The model that answers new conversations in it.", examples=["ollama/llama3.2:3b"]
    )


class ProjectChange(_Strict):
    """What is to change; what is absent stays, null takes it away."""

    version: int | None = Field(
        None,
        ge=1,
        description="The version that was read; with it, a change in the meantime is refused. Absent: whatever it is "
        "now.",
        examples=[3],
    )
    name: Name | None = Field(None, description="Its name.", examples=["Rome in May"])
    instructions: Instructions | None = Field(
        None, description="What every answer in it is told.", examples=["Prices in euros."]
    )
    assistant: Reference | None = Field(
        None, description="The assistant that answers new conversations in it, by id or slug.", examples=["guide"]
    )
    model: Model | None = Field(
        None, description="The model that answers new conversations in it.", examples=["ollama/llama3.2:3b"]
    )


class ProjectView(BaseModel):
    """A project in a list."""

    id: str = Field(description="Its id.", examples=[_PRJ])
    name: str = Field(description="Its name.", examples=["Rome trip"])
    assistant_id: str | None = Field(description="Who answers new conversations in it.", examples=[_AST])
    model: str | None = Field(description="The model that answers them.", examples=["ollama/llama3.2:3b"])
    version: int = Field(description="Its version, for `version` of a change.", examples=[3])
    conversation_count: int = Field(
        description="How many conversations are in it; in the trash, how many were.", examples=[12]
    )
    file_count: int = Field(description="How many files it holds.", examples=[2])
    created_at: str = Field(description="When it was made.", examples=[_AT])
    updated_at: str = Field(description="When it was changed last.", examples=[_AT])
    deleted_at: str | None = Field(description="When it was moved to the trash.", examples=[None])


class ProjectList(BaseModel):
    """A page of projects."""

    items: list[ProjectView] = Field(description="The projects, by name.")
    next_cursor: str | None = Field(description="For the next page; null at the end.", examples=[None])


class ProjectAssistant(BaseModel):
    """An assistant in a project."""

    id: str = Field(description="Its id.", examples=[_AST])
    slug: str = Field(description="Its slug.", examples=["guide"])
    name: str = Field(description="Its name.", examples=["Guide"])


class ProjectFileView(BaseModel):
    """A file that a project holds."""

    id: str = Field(description="Its id.", examples=[_FIL])
    name: str = Field(description="Its name.", examples=["tickets.md"])
    media_type: str = Field(description="What its bytes are.", examples=["text/markdown"])
    size: int = Field(description="Bytes.", examples=[48211])
    text: bool = Field(description="Whether it is text, so that answers can be told all of it.", examples=[True])


class ProjectFull(ProjectView):
    """A project with what is in it; its conversations are listed by `GET /conversations?project=`."""

    instructions: str | None = Field(description="What every answer in it is told.", examples=["Prices in euros."])
    assistant: ProjectAssistant | None = Field(
        description="Who answers new conversations in it; null also while that assistant is in the trash."
    )
    assistants: list[ProjectAssistant] = Field(description="The assistants in it.")
    files: list[ProjectFileView] = Field(description="The files it holds, in the order they came.")


class ProjectContents(_Strict):
    """What is to be put into a project, or taken out of it."""

    conversations: list[Reference] = Field(
        [], max_length=_MOST_ITEMS, description="Conversations, by id.", examples=[[_CNV]]
    )
    assistants: list[Reference] = Field(
        [], max_length=_MOST_ITEMS, description="Assistants, by id or slug.", examples=[["guide"]]
    )
    files: list[Reference] = Field([], max_length=_MOST_ITEMS, description="Uploaded files, by id.", examples=[[_FIL]])

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.conversations or self.assistants or self.files):
            raise ValueError("needs `conversations`, `assistants` or `files`")
        return self


class ProjectSkipped(BaseModel):
    """Something that stayed where it was."""

    kind: Literal["conversations", "assistants", "files"] = Field(description="What it is.", examples=["files"])
    id: str = Field(description="What it was named by.", examples=[_FIL])
    code: str = Field(description="The stable code of the reason.", examples=["project.item_not_found"])
    message: str = Field(
        description="The reason, for people.", examples=["There is nothing with this id that could be put there."]
    )


class ProjectMoved(BaseModel):
    """What became of a move into a project or out of it."""

    conversations: list[str] = Field(description="The conversations that moved.", examples=[[_CNV]])
    assistants: list[str] = Field(description="The assistants that moved, by id.", examples=[[_AST]])
    files: list[str] = Field(description="The files that moved.", examples=[[_FIL]])
    skipped: list[ProjectSkipped] = Field(description="What did not move, each with its reason.", examples=[[]])


class ProjectRemoved(BaseModel):
    """What became of a project that was deleted, and of what was in it."""

    id: str = Field(description="The project.", examples=[_PRJ])
    purged: bool = Field(description="Whether it is gone for ever; otherwise it is in the trash.", examples=[False])
    conversations_kept: int = Field(description="Conversations that stay, in no project.", examples=[12])
    conversations_deleted: int = Field(description="Conversations that went to the trash with it.", examples=[0])
    assistants_kept: int = Field(description="Assistants that stay, in no project.", examples=[1])
    files: int = Field(description="Files that went with it, unless a message holds them too.", examples=[2])
