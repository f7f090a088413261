"""The shapes of whole assistants, put together from those of their facets."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, create_model

from mecum.domains.assistants.model import FACETS
from mecum.domains.assistants.rules.slugs import LONGEST, PATTERN
from mecum.domains.assistants.schemas import core, derived

_LISTED: Final = (
    "identity.avatar identity.specialty display.is_featured display.featured_rank display.is_guide display.is_primary"
).split()
_CARD: Final = (
    *_LISTED,
    *(
        "identity.description identity.tone identity.traits identity.archetype identity.motto "
        "configuration.preferred_model configuration.prompt_title growth.growth_stage quality.last_trust_score "
        "display.is_ephemeral display.expires_at"
    ).split(),
)


class _Related(core.CoreView):
    parent: core.NamedView | None = Field(description="The one it belongs under.")
    mentor: core.NamedView | None = Field(description="The one it learns from.")


class _Counted(_Related):
    children: int = Field(description="How many belong under it.", examples=[2])


class _WithVectors(BaseModel):
    vectors: dict[str, derived.VectorView] = Field(
        description="Its vectors by field; their numbers are not shown.",
        examples=[{"embedding": {"model": "nomic-embed-text", "dimension": 768}}],
    )


class _WithFigures(BaseModel):
    measured: dict[str, derived.MeasuredFieldView] = Field(
        description="Of each field that shows what was measured, how. The others show what an import brought, or null.",
        examples=[
            {
                "success_rate": {
                    "method": "share",
                    "explanation": "38 / 40 = 0.95.",
                    "at": "2026-11-21T06:40:00.123Z",
                    "imported": None,
                }
            }
        ],
    )


class _Made(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=255, description="Its name.", examples=["Short letters"])
    slug: str | None = Field(
        None,
        max_length=LONGEST,
        pattern=f"^{PATTERN}$",
        description="Its slug; absent is made of the name.",
        examples=["short-letters"],
    )
    status: core.Status = Field("active", description="Whether it is in use.", examples=["draft"])
    is_demo: bool = Field(False, description="Whether it is a demo, to be cloned.", examples=[False])
    parent_assistant: str | None = Field(
        None, description="The id or slug of the one it belongs under.", examples=["ast_06hq3k8w2m5v9"]
    )
    prompt: str | None = Field(
        None, max_length=200_000, description="The text of its prompt.", examples=["Write letters of three sentences."]
    )


class _Full(_Related):
    prompt: core.PinnedPrompt | None = Field(description="Its prompt.")
    spawned_by: core.NamedView | None = Field(description="The one it was spawned from.")
    children: list[core.NamedView] = Field(description="Those that belong under it.")
    brought: list[core.BroughtView] = Field(
        description="What a character card brought that does nothing here; it goes out again with the card.",
        examples=[[{"name": "character_book", "count": 12, "says": "Kept, and not yet in effect."}]],
    )


def _facets(shapes: dict[str, type[BaseModel]], *, optional: bool) -> dict[str, Any]:
    if optional:
        return {f: Annotated[s | None, Field(None, description=f"Its {f}.")] for f, s in shapes.items()}
    return {facet: Annotated[shape, Field(description=f"Its {facet}.")] for facet, shape in shapes.items()}


_BASES: Final[dict[str, type[BaseModel]]] = {
    "capabilities": _WithVectors,
    "growth": _WithFigures,
    "quality": _WithFigures,
}
FACET_VIEWS: Final = {facet: derived.facet_view(facet, _BASES.get(facet, BaseModel)) for facet in FACETS}
FACET_CHANGES: Final = {facet: derived.facet_change(facet) for facet in FACETS}
_FACET_CREATES: Final = {facet: derived.facet_create(facet) for facet in FACETS if facet != "quality"}

AssistantCreate: Final[type[BaseModel]] = create_model(
    "AssistantCreate", __base__=_Made, __doc__="A new assistant.", **_facets(_FACET_CREATES, optional=True)
)
_item: Final = derived.shown("AssistantItem", "An assistant in a list.", core.CoreView, _LISTED)
AssistantCard: Final = derived.shown("AssistantCard", "An assistant as a card shows it.", _Counted, _CARD)
AssistantFull: Final[type[BaseModel]] = create_model(
    "AssistantFull",
    __base__=_Full,
    __doc__="Everything there is of an assistant.",
    **_facets(FACET_VIEWS, optional=False),
)
_SHOWN: Final[Any] = AssistantCard | _item
_PAGE: Final[dict[str, Any]] = {
    "items": Annotated[list[_SHOWN], Field(description="The assistants, in the order asked for.")],
    "next_cursor": Annotated[str | None, Field(description="For the next page; null at the end.", examples=[None])],
}
AssistantList: Final[type[BaseModel]] = create_model(
    "AssistantList",
    __doc__="A page of assistants.",
    **_PAGE,
)
