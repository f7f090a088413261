"""The shape of a configuration file and of a profile, as it is checked and as its JSON schema is published."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from mecum.inference.keeping import HOW, seconds_of

VERSION: Final = 1

Strength = Annotated[float, Field(ge=0, le=1)]
Gigabytes = Annotated[float, Field(gt=0, le=1_000_000)]
Temperature = Annotated[float, Field(ge=0, le=2)]
Tokens = Annotated[int, Field(ge=1, le=1_000_000_000)]
Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
"""What roles, pools and providers are called."""
ModelName = Annotated[str, Field(min_length=1, max_length=300)]
"""A model by its reference `endpoint/name`, its name, or `provider:name`."""


def _length_of_time(value: Any) -> Any:
    if value is None:
        return None
    try:
        if isinstance(value, str | int | float):
            seconds_of(value)
            return value
    except ValueError:
        pass
    raise PydanticCustomError("keep_alive", f"Must be {HOW}")


KeepAlive = Annotated[float | str, PlainValidator(_length_of_time, json_schema_input_type=float | str)]
"""How long a model stays in memory when nobody asks it, as Ollama says it."""


class _Document(BaseModel):
    """Strict: a number in quotes is a mistake that is shown, not guessed at. Built when used: many have no file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True, defer_build=True)


class RequirementsDocument(_Document):
    """What a role asks of its model: strengths at least, memory and heat at most; what is left out asks nothing."""

    context_length_min: Tokens | None = Field(None, description="The least context window, in tokens.", examples=[8000])
    memory_gb_max: Gigabytes | None = Field(
        None, description="The most memory it may take, in GB of 10^9 bytes.", examples=[8]
    )
    reasoning_strength: Strength | None = Field(None, description="The least, from 0 to 1.", examples=[0.7])
    coding_strength: Strength | None = Field(None, description="The least, from 0 to 1.", examples=[0.8])
    creativity: Strength | None = Field(None, description="The least, from 0 to 1.", examples=[0.6])
    multilingual_score: Strength | None = Field(None, description="The least, from 0 to 1.", examples=[0.8])
    supports_function_calling: bool | None = Field(None, description="Whether it must call functions.", examples=[True])
    supports_vision: bool | None = Field(None, description="Whether it must see images.", examples=[False])
    supports_tools: bool | None = Field(None, description="Whether it must use tools.", examples=[True])
    thermal_sensitivity_max: Strength | None = Field(
        None, description="The most it may suffer from a hot machine, from 0 to 1.", examples=[0.5]
    )


class DifficultyDocument(_Document):
    """Two models for one role, and which share of its questions goes to the stronger one."""

    strong: ModelName = Field(description="The model for the harder questions.", examples=["openai:gpt-4o-mini"])
    weak: ModelName = Field(description="The model for all others.", examples=["llama3.1:8b"])
    share: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="The most of all questions that go to the strong one; by default half.", examples=[0.5]
    )


class RoleDocument(_Document):
    """How a role is filled."""

    preferred: list[ModelName] | None = Field(
        None, description="Models in the order they are wanted in.", examples=[["llama3.1:8b", "mistral:latest"]]
    )
    requirements: RequirementsDocument | None = Field(
        None, description="What each of them must meet.", examples=[{"reasoning_strength": 0.7}]
    )
    cloud_fallback: ModelName | None = Field(
        None,
        description="The cloud model that may stand in, where cloud fallbacks are enabled.",
        examples=["openai:gpt-4o-mini"],
    )
    temperature: Temperature | None = Field(None, description="How freely it answers, from 0 to 2.", examples=[0.2])
    by_difficulty: DifficultyDocument | None = Field(
        None,
        description="Send hard questions to one model and the rest to another, as far as a question's text tells; by "
        "default no.",
        examples=[{"strong": "openai:gpt-4o-mini", "weak": "llama3.1:8b", "share": 0.5}],
    )


class CapabilitiesDocument(_Document):
    """What you say of a model; it counts more than what anybody else says. Leave out what you do not know."""

    context_length: Tokens | None = Field(None, description="Its context window, in tokens.", examples=[32768])
    quantization_level: str | None = Field(
        None, min_length=1, max_length=40, description="How its weights are stored.", examples=["Q4_K_M"]
    )
    model_size: Annotated[int, Field(ge=1)] | None = Field(
        None, description="How many parameters it has.", examples=[7_240_000_000]
    )
    memory_gb_estimate: Gigabytes | None = Field(
        None, description="The memory it takes, in GB of 10^9 bytes.", examples=[5.0]
    )
    reasoning_strength: Strength | None = Field(None, description="From 0 to 1.", examples=[0.7])
    coding_strength: Strength | None = Field(None, description="From 0 to 1.", examples=[0.6])
    creativity: Strength | None = Field(None, description="From 0 to 1.", examples=[0.5])
    multilingual_score: Strength | None = Field(None, description="From 0 to 1.", examples=[0.8])
    supports_function_calling: bool | None = Field(None, description="Whether it calls functions.", examples=[True])
    supports_vision: bool | None = Field(None, description="Whether it sees images.", examples=[False])
    supports_tools: bool | None = Field(None, description="Whether it uses tools.", examples=[True])
    min_memory_gb: Gigabytes | None = Field(
        None, description="The least memory it runs in, in GB of 10^9 bytes.", examples=[4.0]
    )
    recommended_memory_gb: Gigabytes | None = Field(
        None, description="The memory it runs well in, in GB of 10^9 bytes.", examples=[5.0]
    )
    thermal_sensitivity: Strength | None = Field(
        None, description="How much it suffers from a hot machine, from 0 to 1.", examples=[0.4]
    )
    model_source: str | None = Field(
        None, min_length=1, max_length=40, description="What serves it.", examples=["ollama"]
    )
    requires_api_key: bool | None = Field(None, description="Whether it answers only with a key.", examples=[False])


class ModelDocument(_Document):
    """What is said of one model."""

    capabilities: CapabilitiesDocument | None = Field(
        None, description="What it can do and what it takes.", examples=[{"context_length": 32768}]
    )
    temperature_defaults: dict[Word, Temperature] | None = Field(
        None, description="How freely it answers, by role.", examples=[{"planner": 0.2}]
    )
    keep_alive: KeepAlive | None = Field(
        None,
        description="How long it stays in memory when nobody asks it: seconds, or a text like `5m` or `1h30m`; 0 is "
        "not at all, -1 for ever. By default what the settings say.",
        examples=["30m"],
    )


class ProviderDocument(_Document):
    """What is said of a cloud provider. Its key is never here: it is stored sealed, with its model server."""

    enabled: bool | None = Field(None, description="Whether its models may be chosen; by default yes.", examples=[True])
    api_endpoint: Annotated[str, Field(pattern=r"^https?://[^\s@?#]+$")] | None = Field(
        None, description="Its address.", examples=["https://api.openai.com/v1"]
    )
    models: dict[ModelName, ModelDocument] | None = Field(
        None, description="What is said of its models, by their names there.", examples=[{"gpt-4o-mini": {}}]
    )


class SystemDocument(_Document):
    """What holds for all roles."""

    enable_cloud_fallbacks: bool | None = Field(
        None, description="Whether a role's cloud model may stand in; by default no.", examples=[False]
    )
    max_memory_usage_gb: Gigabytes | None = Field(
        None, description="The most memory that models may take together, in GB of 10^9 bytes.", examples=[14.0]
    )
    thermal_threshold: Strength | None = Field(
        None,
        description="How hot the machine may be, from 0 (cool) to 1 (throttling), before heat-sensitive models are "
        "passed over.",
        examples=[0.8],
    )


class SelectionDocument(_Document):
    """How to choose among models that would all do."""

    prefer_local: bool | None = Field(
        None, description="Models on this machine first; by default yes.", examples=[True]
    )
    prefer_smaller: bool | None = Field(None, description="Small models first; by default no.", examples=[False])


class CarriedDocument(_Document):
    """A value of an older file that has no place here, kept with the reason."""

    value: Any = Field(None, description="The value as it was.", examples=[True])
    reason: str = Field(description="Why it has no place.", examples=["Models are always looked for."])


class ConfigurationDocument(_Document):
    """A configuration of models. `null` anywhere takes back what a weaker level says."""

    schema_: str | None = Field(None, alias="$schema", description="For editors.", examples=["config.schema.json"])
    version: Literal[1] | None = Field(
        None, description="The version of this shape; a file without one is read as one of before it.", examples=[1]
    )
    role_mappings: dict[Word, RoleDocument] | None = Field(
        None, description="How roles are filled.", examples=[{"planner": {"preferred": ["llama3.1:8b"]}}]
    )
    model_profiles: dict[ModelName, ModelDocument] | None = Field(
        None, description="What is said of models.", examples=[{"mistral:latest": {}}]
    )
    cloud_providers: dict[Word, ProviderDocument] | None = Field(
        None, description="What is said of cloud providers.", examples=[{"openai": {"enabled": False}}]
    )
    system_settings: SystemDocument | None = Field(
        None, description="What holds for all roles.", examples=[{"enable_cloud_fallbacks": False}]
    )
    selection_preferences: SelectionDocument | None = Field(
        None, description="How to choose among models that would do.", examples=[{"prefer_local": True}]
    )
    pools: dict[Word, Annotated[list[ModelName], Field(min_length=1)]] | None = Field(
        None,
        description="One model at several endpoints; `pool/NAME` is whichever is least busy.",
        examples=[{"llama": ["box/llama3.1:8b", "attic/llama3.1:8b"]}],
    )
    fallbacks: dict[ModelName, list[ModelName]] | None = Field(
        None,
        description="Who answers, in this order, when a model does not begin to; never in a circle.",
        examples=[{"box/llama3.1:8b": ["ollama/llama3.2:3b"]}],
    )
    most_at_once: dict[Word, Annotated[int, Field(ge=1, le=100_000)]] | None = Field(
        None,
        description="How many answers an endpoint makes at once, by its name; further ones wait, people's before "
        "background work. What the settings say is the default; `null` takes a limit back.",
        examples=[{"ollama": 2}],
    )
    hot_swap: bool | None = Field(
        None,
        description="Whether roles are filled anew while the server runs; otherwise as they were at its start.",
        examples=[False],
    )
    summaries: bool | None = Field(
        None,
        description="Whether messages that no longer fit a model's window are summarised when nobody waits, so that "
        "the summary is sent in their place. What the settings say is the default; each person may say otherwise for "
        "themselves.",
        examples=[True],
    )
    legacy: dict[str, CarriedDocument] | None = Field(
        None, description="What an older file said that has no place here, by its key there.", examples=[{}]
    )


class ProfileDocument(ConfigurationDocument):
    """A profile: a configuration with a name, which counts while it is active."""

    name: Word | None = Field(None, description="What it is called.", examples=["coding"])
    description: str | None = Field(None, max_length=2000, description="What it is for.", examples=["For programming."])
    created_at: str | None = Field(
        None, max_length=40, description="When it was made.", examples=["2026-01-31T13:23:49.697803"]
    )
    modified_at: str | None = Field(
        None, max_length=40, description="When it was last changed.", examples=["2026-01-31T13:23:49.699876"]
    )


def shape_of(*, profile: bool) -> type[ConfigurationDocument]:
    """Return the shape of a profile or of a configuration file."""
    return ProfileDocument if profile else ConfigurationDocument


def json_schema(*, profile: bool) -> dict[str, Any]:
    """Return the JSON schema."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **shape_of(profile=profile).model_json_schema()}


ABOUT: Final = ("$schema", "version", "legacy", "name", "description", "created_at", "modified_at")
"""The keys that say something of the document itself; the others say something of models."""
