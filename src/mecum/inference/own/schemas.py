"""The wire shapes of a person's own settings."""

from pydantic import BaseModel, ConfigDict, Field


class OwnInForce(BaseModel):
    """What holds for a person."""

    summaries: bool = Field(
        description="Whether what no longer fits a model's window is summarised in their conversations.",
        examples=[True],
    )


class OwnView(BaseModel):
    """What a person says for themselves, and what holds for them."""

    summaries: bool | None = Field(
        description="Whether they want what no longer fits a model's window summarised; null where they say nothing.",
        examples=[None],
    )
    in_force: OwnInForce = Field(description="What holds for them.", examples=[{"summaries": True}])


class OwnChange(BaseModel):
    """What a person says from now on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    summaries: bool | None = Field(
        description="Whether messages that no longer fit a model's window are summarised in your conversations, and "
        "summaries there are sent in their place; null leaves it to what is configured.",
        examples=[False],
    )
