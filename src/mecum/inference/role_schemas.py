"""The wire shapes of roles, of what was considered for one, of capabilities and notices."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from mecum.inference.capabilities import Source


class ByDifficultyView(BaseModel):
    """Two models for one role."""

    strong: str = Field(description="The model for the harder questions.", examples=["openai:gpt-4o-mini"])
    weak: str = Field(description="The model for all others.", examples=["llama3.1:8b"])
    share: float = Field(description="The most of all questions, 0 to 1, that go to the strong one.", examples=[0.5])


class QuestionWeigh(BaseModel):
    """A question to look at."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=100_000, description="Its text; it is not kept.", examples=["What is 7 % of 3?"])


class VerdictView(BaseModel):
    """Whether a question would go to the strong model of a role, and why."""

    strong: bool = Field(description="Whether it would.", examples=[True])
    score: float = Field(description="How hard it seems by its text, 0 to 1.", examples=[0.61])
    usual: float = Field(description="How hard the usual question is.", examples=[0.42])
    share: float = Field(description="The most of all questions that go to the strong one.", examples=[0.5])
    asked: int = Field(description="How many questions that is of, this one among them.", examples=[24])
    sent: int = Field(description="How many of those before it went to the strong one.", examples=[11])
    reason: str = Field(description="Why, in a sentence.", examples=["Harder than usual by its text …"])


class RoleView(BaseModel):
    """A role: how it is mapped, which model fills it and why."""

    role: str = Field(description="Its name.", examples=["planner"])
    mapped: bool = Field(description="Whether a configuration maps it.", examples=[True])
    preferred: list[str] = Field(description="The models to take, in order.", examples=[["llama3.1:8b"]])
    cloud_fallback: str | None = Field(
        description="The model elsewhere that may stand in.", examples=["openai:gpt-4o-mini"]
    )
    requirements: dict[str, Any] = Field(
        description="What a model must have to be taken.", examples=[{"reasoning_strength": 0.7}]
    )
    temperature: float | None = Field(description="The temperature it answers with.", examples=[0.2])
    by_difficulty: ByDifficultyView | None = Field(
        description="The two models its questions go to by their difficulty; null where there are none.",
        examples=[None],
    )
    chosen: str | None = Field(
        description="The model that fills it; null when none can.", examples=["ollama/llama3.1:8b"]
    )
    reason: str = Field(description="Why that one, or why none.", examples=["Your first choice for planner."])
    problem: str | None = Field(
        description="What the role asks for and the model lacks, with the way out; null when it has all.",
        examples=[None],
    )


class RoleList(BaseModel):
    """All roles."""

    items: list[RoleView] = Field(description="The built-in roles, then your own by name.", examples=[[]])
    next_cursor: str | None = Field(None, description="Always null: the list is short.", examples=[None])


class ConsideredView(BaseModel):
    """A model that was looked at for a role."""

    ref: str | None = Field(
        description="Its reference; null for a name that means no model here.", examples=["ollama/qwen2.5:14b"]
    )
    named: str | None = Field(description="How the configuration names it.", examples=["qwen2.5:14b"])
    rule: str | None = Field(
        description="The rule that took it out (`memory`, `requirement`, `heat`, `consent`, …); `order` where another "
        "comes before it; null for the chosen one.",
        examples=["memory"],
    )
    why: str = Field(description="Why, with the numbers.", examples=["it needs 9.4 GB, 6.1 GB are free"])
    score: float | None = Field(
        description="How well it meets what the role asks for, from 0 to 1; null where nothing is asked.",
        examples=[0.71],
    )


class ResourcesView(BaseModel):
    """What the machine had left when it was last read; null is unknown."""

    memory_free: int | None = Field(description="Free memory in bytes.", examples=[6100000000])
    memory_capacity: int | None = Field(description="Memory in bytes.", examples=[16000000000])
    graphics_free: int | None = Field(description="Free graphics memory in bytes.", examples=[None])
    heat: float | None = Field(description="How far from cool (0) to throttling (1).", examples=[0.35])
    battery_percent: int | None = Field(description="How full the battery is.", examples=[80])
    charging: bool | None = Field(description="False while it is drained.", examples=[True])


class RoleExplanation(RoleView):
    """A role with everything that was considered for it, in order."""

    considered: list[ConsideredView] = Field(description="The models, in the order they were looked at.", examples=[[]])
    resources: ResourcesView = Field(description="What the machine had left.", examples=[{}])
    hot_swap: bool = Field(
        description="Whether roles are filled anew while the server runs; otherwise a role keeps its model while no "
        "rule takes it out.",
        examples=[False],
    )


class FactView(BaseModel):
    """A fact about a model and where it is from."""

    value: bool | int | float | str | None = Field(description="What is known; null is unknown.", examples=[0.8])
    source: Source | None = Field(
        description="`explicit`: a person wrote it; `measured` when it was asked or loaded; `reported` by its "
        "server or file; `table`: a table of known models; `name`: guessed from its name or size; null where nobody "
        "says it.",
        examples=["table"],
    )


class CapabilitiesView(BaseModel):
    """What is known of a model, and what is not."""

    ref: str = Field(description="The model.", examples=["ollama/llama3.1:8b"])
    capabilities: dict[str, FactView] = Field(
        description="Every one by its name.",
        examples=[
            {"creativity": {"value": None, "source": None}, "reasoning_strength": {"value": 0.8, "source": "table"}}
        ],
    )


class NoticeView(BaseModel):
    """Something about the models that a person should know."""

    id: str = Field(description="One a role and a swap.", examples=["role:planner"])
    kind: str = Field(
        description="`role.unmet`: no model here has all that a role asks for. `model.swapped`: a model answers in the "
        "place of another one.",
        examples=["role.unmet"],
    )
    about: str = Field(description="The role or the model it is about.", examples=["planner"])
    role: str | None = Field(description="The role, where it is about one.", examples=["planner"])
    model: str | None = Field(description="The model that was swapped in; else null.", examples=[None])
    message: str = Field(description="What it lacks, and the way out.", examples=["No model here has all that …"])
    created_at: str = Field(description="Since when.", examples=["2026-11-28T08:00:00.000Z"])
    dismissed_at: str | None = Field(description="Since when it is put away; null while it is not.", examples=[None])


class NoticeList(BaseModel):
    """What holds now."""

    items: list[NoticeView] = Field(description="The newest first.", examples=[[]])
    next_cursor: str | None = Field(None, description="Always null: the list is short.", examples=[None])
