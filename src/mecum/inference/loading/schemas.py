"""The wire shapes of loading, swapping and measured performance."""

from pydantic import BaseModel, ConfigDict, Field

from mecum.inference.configuration.document import KeepAlive
from mecum.inference.schemas import EstimatedView

_REF = "Its reference, or its name where only one has it."


class ModelNamed(BaseModel):
    """A model to load or unload."""

    model_config = ConfigDict(extra="forbid")

    ref: str = Field(max_length=500, description=_REF, examples=["llama_cpp/qwen3-8b"])


class ModelLoad(ModelNamed):
    """A model to load, and for how long."""

    keep_alive: KeepAlive | None = Field(
        None,
        description="How long it stays when nobody asks it, until it is unloaded: seconds, or a text like `5m`; -1 for "
        "ever. Absent, as its configuration or the settings say.",
        examples=["1h"],
    )


class LoadedModel(BaseModel):
    """A model in memory; null is unknown."""

    ref: str = Field(description="Its reference.", examples=["llama_cpp/qwen3-8b"])
    memory_bytes: int | None = Field(description="What it takes, in bytes.", examples=[6312451584])
    busy: int | None = Field(description="How many answers it makes now.", examples=[0])
    until: str | None = Field(
        description="When it leaves the memory if nobody asks for it.", examples=["2026-11-28T08:40:00.000Z"]
    )


class LoadedList(BaseModel):
    """The models in memory."""

    items: list[LoadedModel] = Field(description="The models.", examples=[[]])


class SwapCreate(BaseModel):
    """Which model answers in the place of which."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    source: str = Field(
        alias="from", max_length=500, description="A role (`chat`) or a model that is swapped out.", examples=["chat"]
    )
    target: str = Field(
        alias="to",
        max_length=500,
        description="The model that answers from the next turn on; the same as `from` swaps back.",
        examples=["ollama/llama3.2:3b"],
    )


class SwapView(BaseModel):
    """A swap, which holds until it is swapped back, also over a restart."""

    source: str = Field(
        alias="from", description="The role (`role:chat`) or model swapped out.", examples=["role:chat"]
    )
    target: str = Field(alias="to", description="The model that answers.", examples=["ollama/llama3.2:3b"])
    in_force: bool = Field(description="Whether it counts now.", examples=[True])
    detail: str | None = Field(
        description="Why it does not count, with the way out; null when it does, or was taken back.", examples=[None]
    )
    swapped_at: str | None = Field(
        description="Since when; null when it was taken back.", examples=["2026-11-28T08:40:00.000Z"]
    )


class SwapList(BaseModel):
    """All swaps."""

    items: list[SwapView] = Field(description="The swaps.", examples=[[]])


class PerformanceView(BaseModel):
    """What was measured of a model's answers, a day ago counting half; null is not measured."""

    ref: str = Field(description="The model's reference.", examples=["ollama/llama3.2:3b"])
    tokens_per_second: float | None = Field(description="Tokens a second, once it speaks.", examples=[41.7])
    first_token_seconds: float | None = Field(
        description="Seconds to its first word; where it had to be loaded first, that is left out.", examples=[0.31]
    )
    failure_rate: float | None = Field(
        description="The share, 0 to 1, of what it was asked that it did not answer.", examples=[0.02]
    )
    answers: float = Field(description="How many answers this rests on.", examples=[48.2])
    estimated: EstimatedView | None = Field(
        description="How fast it would be here, until its speed was measured; null from then on and where nobody can "
        "say.",
        examples=[None],
    )
    failures: dict[str, float] = Field(description="Failures by their error code.", examples=[{"model.limited": 1.0}])
    measured_at: str | None = Field(description="When it was measured last.", examples=["2026-11-28T08:40:00.000Z"])
