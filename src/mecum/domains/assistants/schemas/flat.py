"""The shapes of assistants by their flat names, and of the roll-out of the readers."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, create_model

from mecum.domains.assistants.rules.flat.names import FIELD_OF, NAMES, place_of

_DOCS: Final[dict[str, tuple[str, Any]]] = {
    "id": ("Its id in the flat table; one that was never there has its own.", "a55157b0-0000-4000-8000-000000000007"),
    "slug": ("Its slug.", "muse"),
    "name": ("Its name.", "Muse"),
    "is_active": ("Whether it is in use.", True),
    "is_demo": ("Whether it is a demo.", False),
    "created_at": ("When it was made.", "2024-05-01T10:00:00.123456Z"),
    "updated_at": ("When it was changed last.", "2024-05-01T10:00:00.123456Z"),
    "parent_assistant": ("The one it belongs under.", "a55157b0-0000-4000-8000-000000000001"),
    "current_project": ("Its project.", 3),
    "created_by": ("Who made it.", 1),
    "tone_profile": ("A tone by name.", "friendly"),
    "archetype_summary": ("The figure it is modelled on, in a few sentences.", None),
    "rag_certified": ("Whether it was certified.", False),
    "document_set": ("Its set of documents.", 4),
    "documents": ("Its documents.", [4, 9]),
    "assigned_documents": ("Documents it was given.", []),
}


def _described(name: str) -> tuple[str, Any]:
    if name in FIELD_OF:
        field = FIELD_OF[name][1]
        return field.doc, [0.12, 0.5] if field.kind == "vector" else field.example
    return _DOCS[name]


def _shape(*, optional: bool) -> dict[str, Any]:
    shape: dict[str, Any] = {}
    for name in NAMES:
        doc, example = _described(name)
        said = (
            Field(None, description=f"{doc} Now `{place_of(name)}`.", examples=[example])
            if optional
            else Field(description=f"{doc} Now `{place_of(name)}`.", examples=[example])
        )
        shape[name] = Annotated[Any, said]
    return shape


class Deprecated(BaseModel):
    """That the flat names are old, and what to use in their place."""

    sentence: str = Field(description="For people.", examples=["These are the names of the flat table."])
    reader: str = Field(description="Which readers answered: old or new.", examples=["new"])
    use: str = Field(description="What to ask in its place.", examples=["/api/v1/assistants/ast_06hq3k8w2m5v9"])
    names: dict[str, str] = Field(
        description="Each old name that was asked for or written, and where it is now.",
        examples=[{"tone": "identity.tone"}],
    )


class _FlatBase(BaseModel):
    model_config = ConfigDict(extra="allow")

    deprecated: Deprecated = Field(description="That these names are old.")


class _FlatWritten(BaseModel):
    model_config = ConfigDict(extra="allow")


FlatView: Final[type[BaseModel]] = create_model(
    "FlatAssistantView",
    __base__=_FlatBase,
    __doc__="An assistant by every name of the flat table, and by whatever other columns its row had.",
    **_shape(optional=False),
)
FlatChange: Final[type[BaseModel]] = create_model(
    "FlatAssistantChange",
    __base__=_FlatWritten,
    __doc__="What is to change, by flat name; what is absent stays.",
    **_shape(optional=True),
)


class ReaderView(BaseModel):
    """What one of the readers was like."""

    reads: int = Field(description="How often it read.", examples=[120])
    queries: int = Field(description="Statements it took for that.", examples=[240])
    queries_each: float | None = Field(description="Statements a read; null before the first.", examples=[2.0])
    p50_ms: float | None = Field(description="Milliseconds, the middle of the last thousand reads.", examples=[0.4])
    p95_ms: float | None = Field(description="Milliseconds of the slowest twentieth of them.", examples=[0.9])
    errors: int = Field(description="Reads that failed.", examples=[0])
    left: int = Field(description="What the old readers left to the new ones.", examples=[2])


class ReadersView(BaseModel):
    """Both readers."""

    old: ReaderView = Field(description="Those that read the row as it came.")
    new: ReaderView = Field(description="Those that read the facets.")


class RollOutView(BaseModel):
    """Who answers for the flat names, and how both readers do."""

    share: int = Field(description="Percent of the assistants that the new readers answer for.", examples=[10])
    compare: bool = Field(description="Whether each read is made by both and compared.", examples=[True])
    changed_at: str | None = Field(
        description="When that was said; null where nobody said.", examples=["2026-11-21T06:40:00.123Z"]
    )
    since: str = Field(description="From when on the figures count.", examples=["2026-11-21T06:40:00.123Z"])
    brought: int = Field(description="Assistants whose rows are still kept, at most 1000.", examples=[120])
    readers: ReadersView = Field(description="The figures of both.")
    compared: int = Field(description="Reads that were compared.", examples=[120])
    differing: int = Field(description="Those of them in which something was different.", examples=[0])
    names: list[str] = Field(description="The names that were, the most frequent first.", examples=[[]])


class RollOutChange(BaseModel):
    """What is to change of the roll-out."""

    model_config = ConfigDict(extra="forbid")

    share: float | None = Field(
        description="Percent of the assistants that the new readers answer for: a whole number from 0 to 100.",
        examples=[10],
    )
    compare: bool = Field(False, description="Whether each read is made by both and compared.", examples=[True])


class RollOutCheck(BaseModel):
    """How many assistants are to be read by both."""

    model_config = ConfigDict(extra="forbid")

    many: int = Field(100, ge=1, le=1000, description="The last so many that came.", examples=[100])


class ReferenceView(BaseModel):
    """Something that an assistant named when it came and that was not here."""

    field: str = Field(description="The flat name.", examples=["system_prompt"])
    kind: str = Field(description="What it is.", examples=["prompt"])
    original: str = Field(description="Its id there.", examples=["41"])
    target: str | None = Field(description="Its id here; null until it comes.", examples=["prm_06hq3k8w2m5v9"])


class ReferenceList(BaseModel):
    """What an assistant named."""

    items: list[ReferenceView] = Field(description="By field.")
    next_cursor: str | None = Field(description="Always null.", examples=[None])
