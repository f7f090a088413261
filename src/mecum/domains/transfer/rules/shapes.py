"""What an own export must look like; whatever it holds beyond that is reported."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from mecum.domains.transfer.errors import NotAConversation

_Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$")]


class _Shape(BaseModel):
    # Checked in Python values, not as JSON: half surrogates are welcome here and dealt with later.
    model_config = ConfigDict(extra="allow", strict=True)


class Config(_Shape):
    """The configuration."""

    assistant_id: Any = None
    model: Any = None
    system_prompt: Any = None
    temperature: Annotated[float, Field(ge=0, le=2, strict=False, allow_inf_nan=False)] | None = None
    metadata: dict[str, Any] = {}


class ConversationShape(_Shape):
    """The conversation's own fields."""

    id: Any = None
    title: Any = None
    title_source: Literal["auto", "person"] | None = None
    config: Config = Config()
    project: Any = None
    tags: list[Any] = []
    archived_at: _Moment | None = None
    listed: bool = True
    leaf_id: str | int | None = None
    created_at: _Moment | None = None
    last_activity_at: _Moment | None = None


class MessageShape(_Shape):
    """A message's fields."""

    id: str | int
    parent_id: str | int | None = None
    role: Literal["user", "assistant", "system", "tool"]
    mode: Literal["chat", "raw"] = "chat"
    state: Literal["complete", "interrupted", "failed", "cancelled"] = "complete"
    parts: list[dict[str, Any]]
    model: Any = None
    model_reason: Any = None
    token_count: int | None = None
    processing_time_ms: int | None = None
    confidence: Annotated[float, Field(strict=False, allow_inf_nan=False)] | None = None
    confidence_method: Any = None
    metadata: dict[str, Any] = {}
    feedback: Literal[1, -1] | None = None
    error: dict[str, Any] | None = None
    created_at: _Moment | None = None


class FileShape(_Shape):
    """A file with its bytes."""

    id: str
    name: str
    media_type: str = "application/octet-stream"
    base64: str


_PARTS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "text": {"text": str},
    "reasoning": {"text": str},
    "tool_call": {"call_id": str, "name": str, "arguments": str},
    "tool_result": {"call_id": str, "name": str, "content": str},
    "image": {"file_id": str, "name": str, "media_type": str, "size": int},
    "file": {"file_id": str, "name": str, "media_type": str, "size": int},
    "citation": {"title": str, "quote": str},
    "data": {"media_type": str, "base64": str, "shown": str},
}


def known_part(part: dict[str, Any]) -> bool:
    """Whether `part` is one of ours with everything it needs."""
    kind = part.get("type")
    needs = _PARTS.get(kind) if isinstance(kind, str) else None
    return needs is not None and all(isinstance(part.get(name), shape) for name, shape in needs.items())


def checked(shape: TypeAdapter[Any], value: Any, path: str) -> Any:
    """Return `value` as its shape; raises NotAConversation that names every place that is wrong."""
    try:
        return shape.validate_python(value)
    except ValidationError as error:
        problems = [
            {"path": ".".join([path, *(str(step) for step in problem["loc"])]), "message": problem["msg"]}
            for problem in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise NotAConversation(errors=problems[:50]) from error


CONVERSATION: TypeAdapter[ConversationShape] = TypeAdapter(ConversationShape)
MESSAGES: TypeAdapter[list[MessageShape]] = TypeAdapter(list[MessageShape])
FILES: TypeAdapter[list[FileShape]] = TypeAdapter(list[FileShape])
