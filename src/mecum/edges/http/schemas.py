"""The wire shapes of runs."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mecum.domains.runs.events import Phase
from mecum.engine.chat.turn import Kind
from mecum.inference.ports import WindowSource
from mecum.inference.role_schemas import ConsideredView

Status = Literal["queued", "waiting", "running", "completed", "cancelled", "failed", "interrupted"]


class RunCreate(BaseModel):
    """What is asked for. Exactly one of text or files, `regenerate`, `edit` (with text) and `continue` says how."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    conversation_id: str | None = Field(
        None, description="The conversation; absent makes a new one.", examples=["cnv_06hq3k8w2m5v9"]
    )
    project_id: str | None = Field(
        None,
        max_length=40,
        description="The project that a new conversation is made in; one that is there is moved by its own route.",
        examples=["prj_06hq3k8w2m5v9"],
    )
    parent_id: str | None = Field(
        None,
        description="The message the new one hangs under; absent is the end of the current branch, null the root.",
        examples=["msg_06hq3k8w2m5v9"],
    )
    text: str | None = Field(
        None, description="What the person says, stored exactly.", examples=["Why is the sky blue?"]
    )
    files: list[str] = Field(
        default_factory=list, description="Ids of uploaded files to attach.", examples=[["fil_06hq3k8w2m5v9"]]
    )
    regenerate: str | None = Field(
        None, description="An answer to be given again, beside the old one.", examples=["msg_06hq3k8w2m5v9"]
    )
    edit: str | None = Field(
        None,
        description="A person's message to be said differently, as a new branch beside the old one.",
        examples=["msg_06hq3k8w2m5v9"],
    )
    resume: str | None = Field(
        None,
        alias="continue",
        description="An interrupted answer to go on with, beside the old one, beginning with its text.",
        examples=["msg_06hq3k8w2m5v9"],
    )
    model: str | None = Field(
        None,
        description="A model for this answer: its reference, `role:NAME` or `assistant:SLUG`; absent is the "
        "conversation's.",
        examples=["ollama/llama3.2:3b"],
    )
    temperature: float | None = Field(
        None, ge=0, le=2, description="From 0, always the likeliest, to 2.", examples=[0.7]
    )
    system_prompt: str | None = Field(
        None, description="A system prompt for this answer instead of the conversation's.", examples=["Answer briefly."]
    )
    mode: Literal["chat", "raw"] = Field(
        "chat", description="`raw` sends the branch's text untemplated, to be continued.", examples=["chat"]
    )
    parameters: dict[str, Any] = Field(
        default_factory=dict,
        description="Further parameters of the model, in the names of the OpenAI wire.",
        examples=[{"max_tokens": 200}],
    )
    wait_for_model: bool = Field(
        False, description="Wait for a language model instead of letting the built-in search answer.", examples=[False]
    )
    wait: bool = Field(False, description="Answer when the run has settled, with its whole text.", examples=[False])

    @model_validator(mode="after")
    def _one_way(self) -> "RunCreate":
        if self.parent_id is not None and self.conversation_id is None:
            raise ValueError("parent_id needs its conversation_id")
        if self.project_id is not None and (self.conversation_id or self.regenerate or self.edit or self.resume):
            raise ValueError("project_id is for a new conversation")
        ways = [name for name in ("regenerate", "edit", "resume") if getattr(self, name) is not None]
        if len(ways) > 1:
            raise ValueError(f"only one of {', '.join(ways)} can be asked for")
        if ways and ways[0] != "edit" and (self.text is not None or self.files):
            raise ValueError(f"{ways[0]} takes no text and no files")
        return self


class RunError(BaseModel):
    """Why a run failed."""

    code: str = Field(description="The stable code of the error.", examples=["model.unavailable"])
    message: str = Field(description="A sentence for people.", examples=["The model does not answer now."])


class RunCost(BaseModel):
    """What a run cost."""

    amount: float = Field(description="The amount.", examples=[0.0021])
    currency: str = Field(description="Its currency.", examples=["USD"])


class DroppedView(BaseModel):
    """What was not sent."""

    messages: int | None = Field(None, description="How many messages; null when not known.", examples=[4])
    images: int | None = Field(None, description="How many images.", examples=[None])
    files: int | None = Field(None, description="How many files of the project.", examples=[None])
    reason: str = Field(description="Why not.", examples=["older than what fits the model's context window"])


class SummarisedView(BaseModel):
    """Messages that a summary was sent in place of."""

    messages: int = Field(description="How many messages.", examples=[34])
    summary_id: str = Field(description="The summary, at `/summaries/{summary_id}`.", examples=["sum_06hq3k8w2m5v9"])
    message_id: str = Field(description="The last message it covers.", examples=["msg_06hq3k8w2m5v9"])
    model: str = Field(description="The model that wrote it.", examples=["ollama/llama3.2:3b"])
    reason: str = Field(description="Why.", examples=["older than what fits the model's context window"])


class ProjectFileTold(BaseModel):
    """A file of the project."""

    file_id: str = Field(description="The file.", examples=["fil_06hq3k8w2m5v9"])
    name: str = Field(description="Its name.", examples=["tickets.md"])
    included: bool = Field(description="Whether all of it was sent; otherwise its name was.", examples=[True])
    reason: str | None = Field(description="Why it was not.", examples=["it does not fit the model's context window"])


class ProjectTold(BaseModel):
    """What of the conversation's project went into the request."""

    id: str = Field(description="The project.", examples=["prj_06hq3k8w2m5v9"])
    name: str = Field(description="Its name then.", examples=["Rome trip"])
    instructions: bool = Field(description="Whether its instructions were in the system prompt.", examples=[True])
    files: list[ProjectFileTold] = Field(description="Its files.", examples=[[]])


class ContextFlag(BaseModel):
    """What the model did not take as it was sent, or may not have."""

    code: Literal["cut", "outgrown", "unverified", "window_unknown", "temperature"] = Field(
        description="`cut`: its server's count shows that a part was left out; `outgrown`: question and answer "
        "together are longer than the window; `unverified`: it may have been too long, and no count shows "
        "that it was not; `window_unknown`: nobody says how large the window is; `temperature`: it takes none, so "
        "that of the conversation or the assistant did not count.",
        examples=["cut"],
    )
    message: str = Field(description="A sentence for people.", examples=["It read a part only."])


class ContextReportView(BaseModel):
    """What a model was shown, and what its server says it read."""

    window: int | None = Field(description="The tokens it reads at once; null when unknown.", examples=[8192])
    window_from: WindowSource | None = Field(
        description="Who says so: `sent` with the call, `started` with it, `configured` by a person, `reported` by its "
        "server, `learned` from it when it refused more, the `table` of known models, or the `model`, whose server may "
        "have been given less.",
        examples=["sent"],
    )
    included: int = Field(description="How many messages were sent.", examples=[3])
    summarised: list[SummarisedView] = Field(description="What a summary was sent in place of.", examples=[[]])
    dropped: list[DroppedView] = Field(description="What was not sent.", examples=[[]])
    estimated_tokens: int | None = Field(
        description="What was sent in tokens, rather too many than too few; null when not known any more.",
        examples=[412],
    )
    counted_tokens: int | None = Field(
        description="The same as the model's server counted it; null when it did not.", examples=[391]
    )
    flag: ContextFlag | None = Field(description="What is not certain; null when all of it was read.", examples=[None])
    project: ProjectTold | None = Field(
        None, description="What of the conversation's project was sent; null where it was in none."
    )
    derived: bool = Field(
        False,
        description="Whether it was worked out when it was asked for: all there was went, and `window` is what is "
        "known of the model now.",
        examples=[True],
    )


class RunSelection(BaseModel):
    """What was considered when the model of a run was chosen."""

    role: str = Field(description="The role it was chosen for.", examples=["chat"])
    chosen: str | None = Field(
        description="What was chosen for it; another one answered where that was swapped out or did not begin to.",
        examples=["ollama/llama3.2:3b"],
    )
    considered: list[ConsideredView] = Field(
        description="The models in the order they were looked at, each but the chosen one with the rule that took it "
        "out.",
        examples=[[]],
    )


class RunView(BaseModel):
    """A run as it stands."""

    id: str = Field(description="The run's id.", examples=["run_06hq3k8w2m5v9"])
    kind: Kind = Field(description="What made the run.", examples=["chat"])
    conversation_id: str = Field(description="Its conversation.", examples=["cnv_06hq3k8w2m5v9"])
    user_message_id: str | None = Field(
        description="The message it answers, if it came with one.", examples=["msg_06hq3k8w2m5v9"]
    )
    message_id: str = Field(description="The id of the answer, known from the start.", examples=["msg_06hq3k8w2m5v9"])
    parent_id: str | None = Field(description="The message the answer hangs under.", examples=["msg_06hq3k8w2m5v9"])
    status: Status = Field(description="How far it is, or how it ended.", examples=["completed"])
    phase: Phase | None = Field(description="What an unfinished run does.", examples=["writing"])
    position: int | None = Field(description="How many runs are before it in its branch.", examples=[1])
    waits_because: RunError | None = Field(
        None, description="Why no model can answer now, of a run that waits for one.", examples=[None]
    )
    model: str | None = Field(description="The model that answers.", examples=["ollama/llama3.2:3b"])
    model_reason: str | None = Field(description="Why this model.", examples=["You chose it."])
    stood_in_for: str | None = Field(
        description="The model in whose place this one answers, as that one did not begin to.", examples=[None]
    )
    served_by: str | None = Field(
        None, description="Which model of a pool answered, once it has.", examples=["box/llama3.1:8b"]
    )
    text: str = Field(description="The text of the answer so far.", examples=["Because of Rayleigh scattering."])
    parts: list[dict[str, Any]] = Field(
        description="The parts of the answer so far.", examples=[[{"type": "text", "text": "Because"}]]
    )
    last_seq: int = Field(description="The number of its newest event.", examples=[12])
    usage: dict[str, Any] | None = Field(
        description="Usage as the model's server reported it.", examples=[{"prompt_tokens": 12}]
    )
    cost: RunCost | None = Field(
        description="What it cost; null until it is over, when not known, and for a model of this machine.",
        examples=[{"amount": 0.0021, "currency": "USD"}],
    )
    price_table: str | None = Field(
        description="The table of prices that the cost is counted by.", examples=["genai-prices 0.2.3"]
    )
    error: RunError | None = Field(description="Why it failed.", examples=[None])
    created_at: str = Field(description="When it was asked for.", examples=["2026-11-21T06:40:00.123Z"])
    started_at: str | None = Field(description="When it began.", examples=["2026-11-21T06:40:00.125Z"])
    finished_at: str | None = Field(description="When it settled.", examples=["2026-11-21T06:40:02.480Z"])
    context_report: ContextReportView | None = Field(
        description="What of the history went into the request, and whether its server read it; null before a model "
        "was asked.",
        examples=[{"window": 8192, "included": 3, "dropped": []}],
    )
    selection: RunSelection | None = Field(
        None,
        description="What was considered when its model was chosen, as it was then; null where the model was named. "
        "Told where one run is looked at (`GET /runs/{run_id}`), and null elsewhere.",
        examples=[None],
    )
