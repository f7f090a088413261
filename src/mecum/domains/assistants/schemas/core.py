"""The shapes of assistants as a whole: made, changed, listed, shown."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mecum.domains.assistants.rules.slugs import LONGEST, PATTERN

_AST, _AT = "ast_06hq3k8w2m5v9", "2026-11-21T06:40:00.123Z"
Status = Literal["draft", "active", "archived"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NamedView(BaseModel):
    """Another assistant."""

    id: str = Field(description="Its id.", examples=[_AST])
    slug: str = Field(description="Its slug.", examples=["letters"])
    name: str = Field(description="Its name.", examples=["Letters"])


class CoreView(BaseModel):
    """The slim core of an assistant."""

    id: str = Field(description="Its id.", examples=[_AST])
    slug: str = Field(
        description="Its name in addresses; `assistant:SLUG` is a model's name.", examples=["short-letters"]
    )
    name: str = Field(description="Its name.", examples=["Short letters"])
    status: Status = Field(description="Whether it is in use.", examples=["active"])
    is_active: bool = Field(description="Whether its status is `active`.", examples=[True])
    is_demo: bool = Field(description="Whether it is a demo, to be cloned.", examples=[False])
    parent_assistant: str | None = Field(description="The id of the one it belongs under.", examples=[_AST])
    current_project: str | None = Field(description="The id of the project it works in.", examples=[None])
    created_by: str = Field(description="The id of the person whose it is.", examples=["per_06hq3k8w2m5v9"])
    version: int = Field(description="The version of the core, for `version` of a change.", examples=[1])
    revision: int = Field(description="The number of its newest version as a whole.", examples=[4])
    created_at: str = Field(description="When it was made.", examples=[_AT])
    updated_at: str = Field(description="When anything of it was changed last.", examples=[_AT])
    deleted_at: str | None = Field(description="When it was moved to the trash.", examples=[None])


class CoreChange(_Strict):
    """What is to change of the core; what is absent stays."""

    version: int | None = Field(
        None,
        ge=1,
        description="The version that was read; with it, a change in the meantime is refused. Absent: whatever it is "
        "now.",
        examples=[1],
    )
    name: str | None = Field(None, min_length=1, max_length=255, description="Its name.", examples=["Letters"])
    slug: str | None = Field(
        None, max_length=LONGEST, pattern=f"^{PATTERN}$", description="Its slug.", examples=["letters"]
    )
    status: Status | None = Field(None, description="Whether it is in use.", examples=["archived"])
    is_demo: bool | None = Field(None, description="Whether it is a demo.", examples=[True])
    parent_assistant: str | None = Field(
        None, description="The id or slug of the one it belongs under; null is none.", examples=[_AST]
    )
    current_project: str | None = Field(None, description="The id of a project; null is none.", examples=[None])


class CloneCreate(_Strict):
    """A clone."""

    name: str | None = Field(
        None, min_length=1, max_length=255, description="Its name; absent is that of its source.", examples=["Letters"]
    )
    slug: str | None = Field(
        None, max_length=LONGEST, pattern=f"^{PATTERN}$", description="Its slug.", examples=["letters"]
    )
    status: Status = Field("active", description="Whether it is in use.", examples=["draft"])


class SpawnCreate(_Strict):
    """A spawned assistant."""

    name: str = Field(min_length=1, max_length=255, description="Its name.", examples=["Very short letters"])
    slug: str | None = Field(
        None, max_length=LONGEST, pattern=f"^{PATTERN}$", description="Its slug.", examples=["very-short-letters"]
    )
    reason: str = Field(min_length=1, max_length=5000, description="Why it is.", examples=["Half the length."])
    traits: list[Any] | dict[str, Any] | None = Field(
        None, description="Its traits in the place of its parent's.", examples=[["terse"]]
    )


class PromptWrite(_Strict):
    """A new version of an assistant's prompt."""

    text: str = Field(max_length=200_000, description="The text.", examples=["Write letters of three sentences."])
    note: str | None = Field(None, max_length=500, description="Why it was changed.", examples=["shorter"])
    version: int | None = Field(None, ge=1, description="The version of the configuration that was read.", examples=[1])


class PreviewCreate(_Strict):
    """What an assistant might be: anything absent is as it is stored."""

    name: str | None = Field(None, max_length=255, description="Its name.", examples=["Letters"])
    prompt: str | None = Field(None, max_length=200_000, description="Its prompt.", examples=["Be brief."])
    identity: dict[str, Any] | None = Field(None, description="Fields of the identity.", examples=[{"tone": "warm"}])
    configuration: dict[str, Any] | None = Field(
        None, description="Fields of the configuration.", examples=[{"thinking_style": "direct"}]
    )


class PreviewView(BaseModel):
    """The system prompt that would be sent."""

    text: str = Field(description="The prompt.", examples=["You are Letters.\nYour tone is warm."])
    template: str = Field(
        description="What it is made by: a line stands where all it names is there.", examples=["You are {name}."]
    )


class BroughtView(BaseModel):
    """Something an import brought that does nothing here."""

    name: str = Field(description="What it is called there.", examples=["character_book"])
    count: int = Field(description="How many there are: entries of a lorebook, greetings.", examples=[12])
    says: str = Field(description="What becomes of it.", examples=["Kept, and not yet in effect."])


class PinnedPrompt(BaseModel):
    """The prompt of an assistant."""

    id: str = Field(description="The prompt.", examples=["prm_06hq3k8w2m5v9"])
    version: int = Field(description="The version of it that counts.", examples=[2])
    title: str = Field(description="What it is called.", examples=["Letters"])
    text: str = Field(description="Its text.", examples=["Write letters of three sentences."])


class ChatView(CoreView):
    """What somebody who chats with it needs."""

    avatar: str | None = Field(description="An emoji, or the address of an image.", examples=["🖋️"])
    specialty: str | None = Field(description="What it is best at.", examples=["short letters"])
    model: str | None = Field(description="The model that answers; null is the role chat.", examples=["role:chat"])
    temperature: float | None = Field(description="Its temperature.", examples=[0.7])
    prompt: str = Field(description="The whole system prompt.", examples=["You are Letters."])
    recalls: bool = Field(description="Whether the person's own record may be looked up.", examples=[True])
    intro: str | None = Field(description="What it says before anybody asks.", examples=["What shall we write?"])


class EffectView(BaseModel):
    """A field, and where it acts."""

    facet: str = Field(description="The facet it belongs to.", examples=["identity"])
    field: str = Field(description="The field.", examples=["tone"])
    kind: str = Field(description="What kind of value it takes.", examples=["line"])
    doc: str = Field(description="What it means.", examples=["How it sounds."])
    choices: list[str] = Field(description="Its values, where they are given.", examples=[["direct", "cot"]])
    default: Any = Field(description="What it behaves as while nothing is stored.", examples=["balanced"])
    least: float | None = Field(description="The smallest number it takes.", examples=[0])
    most: float | None = Field(description="The largest number it takes.", examples=[2])
    longest: int | None = Field(description="The most characters it takes.", examples=[500])
    writer: Literal["person", "life", "measured"] = Field(
        description="Who writes it: a person; what is done with assistants (spawn, clone, prompt); a method that "
        "measures.",
        examples=["person"],
    )
    editable: bool = Field(description="Whether a person changes it.", examples=[True])
    in_effect: bool = Field(description="Whether it does anything yet.", examples=[True])
    effect: str = Field(description="Where it acts.", examples=["Part of the system prompt."])


class EffectList(BaseModel):
    """The table of effects."""

    items: list[EffectView] = Field(description="Every field of every facet.")
    next_cursor: str | None = Field(description="Always null: the table is one page.", examples=[None])


class VersionView(BaseModel):
    """A version of an assistant."""

    number: int = Field(description="Its number, from 1.", examples=[3])
    reason: str = Field(description="What was done.", examples=["changed"])
    facets: list[str] = Field(description="What was touched; `core` is the slim core.", examples=[["identity"]])
    created_at: str = Field(description="When.", examples=[_AT])


class VersionList(BaseModel):
    """A page of versions."""

    items: list[VersionView] = Field(description="The versions, the newest first.")
    next_cursor: str | None = Field(description="For the next page; null at the end.", examples=[None])


class VersionState(VersionView):
    """A version with what the assistant was then."""

    state: dict[str, dict[str, Any]] = Field(
        description="Each facet's fields, what is null left out.", examples=[{"identity": {"tone": "warm"}}]
    )


class DifferenceView(BaseModel):
    """A field that is different."""

    facet: str = Field(description="Its facet.", examples=["identity"])
    field: str = Field(description="The field.", examples=["tone"])
    before: Any = Field(description="What it was.", examples=["warm"])
    after: Any = Field(description="What it is.", examples=["dry"])


class DifferenceList(BaseModel):
    """What is different between two versions."""

    before: int = Field(description="The one version.", examples=[1])
    after: int = Field(description="The other.", examples=[3])
    items: list[DifferenceView] = Field(description="Every field that is different.")


class VersionRestore(_Strict):
    """How much of a version is to come back."""

    facets: list[str] | None = Field(
        None, description="Only these facets (`core` among them); absent is all.", examples=[["identity"]]
    )


class StarterView(BaseModel):
    """An assistant to begin with."""

    slug: str = Field(description="Its slug.", examples=["editor"])
    name: str = Field(description="Its name.", examples=["Editor"])
    avatar: str | None = Field(description="An emoji.", examples=["🖋️"])
    specialty: str | None = Field(description="What it is best at.", examples=["clear prose"])
    description: str | None = Field(description="What it is for.", examples=["Edits what you wrote."])
    there: bool = Field(description="Whether you have one of this slug.", examples=[False])


class StarterList(BaseModel):
    """The starters there are."""

    items: list[StarterView] = Field(description="The starters.")
    next_cursor: str | None = Field(description="Always null: the list is one page.", examples=[None])


class StartersCreate(_Strict):
    """Which starters to make."""

    slugs: list[str] | None = Field(
        None, description="Their slugs; absent is all. What is there already is left alone.", examples=[["editor"]]
    )
