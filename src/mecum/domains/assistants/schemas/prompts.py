"""The shapes of prompts."""

from pydantic import BaseModel, ConfigDict, Field

_PRM, _AT = "prm_06hq3k8w2m5v9", "2026-11-21T06:40:00.123Z"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PromptCreate(_Strict):
    """A new prompt."""

    title: str = Field(min_length=1, max_length=255, description="What it is called.", examples=["Letters"])
    text: str = Field(max_length=200_000, description="Its first version.", examples=["Write short letters."])
    note: str | None = Field(None, max_length=500, description="What it is for.", examples=["for clients"])


class PromptVersionCreate(_Strict):
    """A new version of a prompt."""

    text: str = Field(max_length=200_000, description="The text.", examples=["Write very short letters."])
    note: str | None = Field(None, max_length=500, description="Why it was changed.", examples=["shorter"])


class PromptVersionView(BaseModel):
    """A version of a prompt; it never changes."""

    prompt_id: str = Field(description="The prompt.", examples=[_PRM])
    number: int = Field(description="Its number, from 1.", examples=[2])
    text: str = Field(description="The text.", examples=["Write very short letters."])
    sha256: str = Field(
        description="Of the text in UTF-8, in hexadecimal.", examples=["9f86d081884c7d659a2feaa0c55ad015"]
    )
    note: str | None = Field(description="Why it was changed.", examples=["shorter"])
    created_at: str = Field(description="When it was written.", examples=[_AT])


class PromptView(BaseModel):
    """A prompt."""

    id: str = Field(description="Its id.", examples=[_PRM])
    title: str = Field(description="What it is called.", examples=["Letters"])
    newest: int = Field(description="The number of its newest version.", examples=[2])
    created_at: str = Field(description="When it was made.", examples=[_AT])
    updated_at: str = Field(description="When its newest version was written.", examples=[_AT])


class PromptList(BaseModel):
    """A page of prompts."""

    items: list[PromptView] = Field(description="The prompts, those changed last first.")
    next_cursor: str | None = Field(description="For the next page; null at the end.", examples=[None])


class PromptVersionList(BaseModel):
    """The versions of a prompt."""

    items: list[PromptVersionView] = Field(description="Every version, the newest first.")
    next_cursor: str | None = Field(description="Always null: the list is one page.", examples=[None])
