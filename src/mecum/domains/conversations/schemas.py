"""The wire shapes of conversations, messages, files and search."""

from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from mecum.kernel.text import is_storable

_CNV, _MSG, _RUN, _FIL, _BAT, _PRJ = (
    "cnv_06hq3k8w2m5v9",
    "msg_06hq3k8w2m5v9",
    "run_06hq3k8w2m5v9",
    "fil_06hq3k8w2m5v9",
    "bat_06hq3k8w2m5v9",
    "prj_06hq3k8w2m5v9",
)
_AT = "2026-11-21T06:40:00.123Z"
_MOST_METADATA = 64 * 1024


def _storable(value: str) -> str:
    if not is_storable(value):
        raise ValueError("must hold no NUL character and no half of a surrogate pair")
    return value


def _visible(value: str) -> str:
    if not value.strip():
        raise ValueError("must hold more than spaces")
    return value


def _small(value: dict[str, Any]) -> dict[str, Any]:
    try:
        size = len(orjson.dumps(value))
    except TypeError as error:
        raise ValueError("must be JSON without halves of surrogate pairs, and integers of at most 64 bits") from error
    if size > _MOST_METADATA:
        raise ValueError(f"must be at most {_MOST_METADATA} bytes of JSON")
    return value


Role = Literal["user", "assistant", "system", "tool"]
Text = Annotated[str, AfterValidator(_storable)]
TagName = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_storable), AfterValidator(_visible)]
Metadata = Annotated[dict[str, Any], AfterValidator(_small)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConfigView(BaseModel):
    """What the next answer in a conversation is made with."""

    assistant_id: str | None = Field(description="The assistant that answers.", examples=["ast_06hq3k8w2m5v9"])
    model: str | None = Field(
        description="The chosen model; null is the best available.", examples=["ollama/llama3.2:3b"]
    )
    system_prompt: str | None = Field(description="What every request begins with.", examples=["Answer briefly."])
    temperature: float | None = Field(description="From 0 to 2; null is the model's own.", examples=[0.7])
    metadata: dict[str, Any] = Field(description="Whatever a program wants to keep here.", examples=[{"project": "x"}])


class ConfigChange(_Strict):
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


class ConversationCreate(_Strict):
    """A new conversation."""

    title: Text | None = Field(None, min_length=1, max_length=500, description="Its title.", examples=["Holiday"])
    config: ConfigChange | None = Field(None, description="Its configuration.", examples=[{"temperature": 0.2}])
    project_id: str | None = Field(
        None,
        max_length=40,
        description="The project it is made in, whose default assistant and model answer unless `config` says "
        "otherwise.",
        examples=[_PRJ],
    )


class ConversationChange(_Strict):
    """What is to change; what is absent stays."""

    tags: list[TagName] | None = Field(None, max_length=100, description="All its tags.", examples=[["work"]])
    archived: bool | None = Field(
        None, description="Whether it is put away; what is said in it brings it back.", examples=[True]
    )

    title: Text | None = Field(
        None, min_length=1, max_length=500, description="The title; null lets one be made.", examples=["Holiday"]
    )
    config: ConfigChange | None = Field(None, description="The configuration.", examples=[{"temperature": 0.2}])
    leaf_id: str | None = Field(
        None, description="Any message: its newest continuation becomes the current branch.", examples=[_MSG]
    )
    project_id: str | None = Field(
        None,
        max_length=40,
        description="The project to move it to; null takes it out of the one it is in.",
        examples=[_PRJ],
    )


class ConversationView(BaseModel):
    """A conversation."""

    id: str = Field(description="Its id.", examples=[_CNV])
    title: str | None = Field(description="Its title, if it has one.", examples=["Holiday"])
    title_source: Literal["auto", "person"] | None = Field(description="Who made the title.", examples=["auto"])
    config: ConfigView = Field(description="What the next answer is made with.")
    project_id: str | None = Field(description="The project it is in.", examples=[_PRJ])
    leaf_id: str | None = Field(
        description="Where the current branch ends; the answer being made counts.", examples=[_MSG]
    )
    created_at: str = Field(description="When it began.", examples=[_AT])
    last_activity_at: str = Field(description="When something was last said.", examples=[_AT])
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


class BatchCreate(_Strict):
    """One change of many conversations. What `tag`, `rename` and `move` need stands beside the action."""

    action: Literal["tag", "rename", "move", "archive", "unarchive", "delete", "restore"] = Field(
        description="What to do. `restore` takes them out of the trash.", examples=["tag"]
    )
    ids: list[str] = Field(min_length=1, max_length=1000, description="Which conversations.", examples=[[_CNV]])
    add: list[TagName] = Field([], max_length=100, description="`tag`: tags to give.", examples=[["work"]])
    remove: list[TagName] = Field([], max_length=100, description="`tag`: tags to take away.", examples=[["later"]])
    title: Text | None = Field(
        None,
        min_length=1,
        max_length=500,
        description="`rename`: the new title. `{title}` stands for the old one, `{n}` for the place in `ids`, from 1, "
        "and `{date}` for the day of the last activity.",
        examples=["Rome: {title}"],
    )
    project_id: str | None = Field(
        None, max_length=40, description="`move`: the project to move them to; null takes them out.", examples=[_PRJ]
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

    id: str = Field(description="The conversation.", examples=[_CNV])
    code: str = Field(description="The stable code of the reason.", examples=["conversation.not_found"])
    message: str = Field(description="The reason, for people.", examples=["There is no such conversation."])


class BatchView(BaseModel):
    """What became of a change of many conversations."""

    id: str | None = Field(description="What undoes it, for 30 days; null when nothing changed.", examples=[_BAT])
    action: str = Field(description="What was done.", examples=["tag"])
    changed: list[str] = Field(description="The conversations that changed.", examples=[[_CNV]])
    skipped: list[SkippedConversation] = Field(description="The others, each with its reason.", examples=[[]])


class ForkCreate(_Strict):
    """A copy of a branch."""

    message_id: str = Field(description="The last message to copy.", examples=[_MSG])


class Purged(BaseModel):
    """What was deleted for ever."""

    purged: int = Field(description="How many conversations.", examples=[3])


class TextPart(BaseModel):
    """Text, exactly as written."""

    type: Literal["text"] = Field(description="Which kind of part this is.", examples=["text"])
    text: str = Field(description="The text.", examples=["Because blue light scatters more."])
    logprobs: list[dict[str, Any]] | None = Field(
        None,
        description="How likely its tokens were, where that was asked for.",
        examples=[[{"token": "Because", "logprob": -0.1, "bytes": None, "top_logprobs": []}]],
    )


class ReasoningPart(BaseModel):
    """What a model thought before it answered."""

    type: Literal["reasoning"] = Field(description="Which kind of part this is.", examples=["reasoning"])
    text: str = Field(description="The text.", examples=["The person asks about Rayleigh scattering."])


class ToolCallPart(BaseModel):
    """A model's wish to use a tool."""

    type: Literal["tool_call"] = Field(description="Which kind of part this is.", examples=["tool_call"])
    call_id: str = Field(description="Ties the result to the call.", examples=["call_1"])
    name: str = Field(description="The tool.", examples=["weather"])
    arguments: str = Field(
        description="The arguments as JSON text, as the model wrote them.", examples=['{"city":"Rome"}']
    )


class ToolResultPart(BaseModel):
    """What a tool answered."""

    type: Literal["tool_result"] = Field(description="Which kind of part this is.", examples=["tool_result"])
    call_id: str = Field(description="The call it answers.", examples=["call_1"])
    name: str = Field(description="The tool.", examples=["weather"])
    content: str = Field(description="What it answered.", examples=["18 degrees"])
    is_error: bool = Field(False, description="Whether it failed.", examples=[False])


class FilePart(BaseModel):
    """An attached image or file."""

    type: Literal["image", "file"] = Field(description="Which kind of part this is.", examples=["image"])
    file_id: str = Field(description="The file.", examples=[_FIL])
    name: str = Field(description="Its name.", examples=["beach.png"])
    media_type: str = Field(description="What its bytes are.", examples=["image/png"])
    size: int = Field(description="Bytes.", examples=[48211])


class CitationPart(BaseModel):
    """A source that the answer rests on."""

    type: Literal["citation"] = Field(description="Which kind of part this is.", examples=["citation"])
    conversation_id: str | None = Field(None, description="The conversation quoted.", examples=[_CNV])
    message_id: str | None = Field(None, description="The message quoted.", examples=[_MSG])
    file_id: str | None = Field(None, description="The file quoted.", examples=[None])
    title: str = Field(description="What to call the source.", examples=["Holiday"])
    quote: str = Field(description="The words quoted.", examples=["The ferry leaves at nine."])
    start: int | None = Field(None, description="Where the quote begins in the source, in characters.", examples=[120])
    end: int | None = Field(None, description="Where it ends.", examples=[145])
    url: str | None = Field(None, description="The page it was taken from.", examples=["https://example.org/"])
    said: tuple[int, int] | None = Field(
        None, description="The characters of the answer that it proves, where the vendor says which.", examples=[[0, 8]]
    )


class DataPart(BaseModel):
    """Bytes that cannot be stored as text."""

    type: Literal["data"] = Field(description="Which kind of part this is.", examples=["data"])
    media_type: str = Field(description="What the bytes are.", examples=["text/plain;charset=utf-8"])
    base64: str = Field(description="The exact bytes.", examples=["YQBi"])
    shown: str = Field(description="What to show, with replacement characters.", examples=["a\ufffdb"])


Part = Annotated[
    TextPart | ReasoningPart | ToolCallPart | ToolResultPart | FilePart | CitationPart | DataPart,
    Field(discriminator="type"),
]


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
    ids: list[str] = Field(description="All of them, oldest first.", examples=[[_MSG]])


class MessageView(BaseModel):
    """A message."""

    id: str = Field(description="Its id.", examples=[_MSG])
    conversation_id: str = Field(description="Its conversation.", examples=[_CNV])
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
    run_id: str | None = Field(description="The run that made it.", examples=[_RUN])
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
    created_at: str = Field(description="When it was written.", examples=[_AT])


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
    conversation_id: str = Field(description="Its conversation.", examples=[_CNV])
    message_id: str = Field(description="The last message it covers; the first is that of the branch.", examples=[_MSG])
    messages: int = Field(description="How many messages it stands for.", examples=[34])
    text: str = Field(description="The summary.", examples=["They plan a trip to Lisbon in May with two children."])
    model: str = Field(description="The model that wrote it.", examples=["ollama/llama3.2:3b"])
    run_id: str = Field(description="The run that made it, of the kind `job`.", examples=[_RUN])
    created_at: str = Field(description="When it was written.", examples=[_AT])


class MessageChange(_Strict):
    """New text for a message that still waits for its answer."""

    text: str = Field(description="The text, stored exactly.", examples=["Why is the sky blue?"])


class FeedbackChange(_Strict):
    """A thumb."""

    value: Literal[1, -1] | None = Field(description="1 is up, -1 down, null neither.", examples=[1])


class FileView(BaseModel):
    """An uploaded file."""

    id: str = Field(description="Its id.", examples=[_FIL])
    name: str = Field(description="Its name.", examples=["beach.png"])
    media_type: str = Field(description="What its bytes are, whatever the client said.", examples=["image/png"])
    size: int = Field(description="Bytes.", examples=[48211])
    sha256: str = Field(description="Of its content, in hexadecimal.", examples=["9f86d081884c7d659a2feaa0c55ad015"])
    created_at: str = Field(description="When it was uploaded.", examples=[_AT])


class PieceView(BaseModel):
    """A piece of a snippet."""

    text: str = Field(description="The text.", examples=["ferry"])
    hit: bool = Field(description="Whether it is one of the words looked for.", examples=[True])


class HitView(BaseModel):
    """A message that was found."""

    conversation_id: str = Field(description="Its conversation.", examples=[_CNV])
    conversation_title: str | None = Field(description="The conversation's title.", examples=["Holiday"])
    message_id: str = Field(description="The message.", examples=[_MSG])
    role: Role = Field(description="Who spoke.", examples=["user"])
    snippet: list[PieceView] = Field(description="Where the words stand.")
    created_at: str = Field(description="When it was written.", examples=[_AT])


class HitList(BaseModel):
    """A page of hits."""

    items: list[HitView] = Field(description="The messages, newest first.")
    next_cursor: str | None = Field(description="For the next page; null at the end.", examples=[None])
