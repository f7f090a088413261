"""The wire shapes of privacy."""

from pydantic import BaseModel, ConfigDict, Field

from mecum.domains.privacy.rules import Decision, Mode, Obstacle

_AT = "2026-11-21T06:40:00.123Z"


class PolicyChange(BaseModel):
    """What may leave from now on."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode = Field(
        description="`local_only`: nothing beyond this machine and the private addresses that were named and agreed "
        "to. `ask`: only to endpoints somebody agreed to. `cloud_unless_sensitive`: as `ask`, until there is a "
        "classifier of what is sensitive.",
        examples=["ask"],
    )


class PolicyView(BaseModel):
    """What may leave this machine."""

    mode: Mode = Field(description="The mode, as it was set.", examples=["ask"])
    behaves_as: Mode = Field(description="How it is applied by this version.", examples=["ask"])
    changed_at: str | None = Field(description="When it was set; null for the default.", examples=[_AT])


class ConsentCreate(BaseModel):
    """The endpoint that conversations may be sent to."""

    model_config = ConfigDict(extra="forbid")

    endpoint: str = Field(max_length=40, description="Its name.", examples=["openai"])


class ConsentView(BaseModel):
    """An endpoint beyond this machine, and whether anything may be sent there."""

    endpoint: str = Field(description="Its name.", examples=["openai"])
    place: str = Field(description="Where it is.", examples=["https://api.openai.com"])
    private: bool = Field(
        description="Whether it is an address of a private network, in figures: such a one may be asked in mode "
        "`local_only` too, once somebody agreed.",
        examples=[False],
    )
    relayed: bool = Field(
        description="Whether the endpoint is on this machine and passes on only what is meant for its cloud models.",
        examples=[False],
    )
    consented: bool = Field(description="Whether somebody agreed.", examples=[True])
    from_settings: bool = Field(description="Whether the settings did.", examples=[False])
    given_at: str | None = Field(
        description="When it was agreed to; null when not, or in the settings.", examples=[_AT]
    )
    in_force: bool = Field(description="Whether it may be asked now, under the mode of today.", examples=[True])


class ConsentList(BaseModel):
    """All endpoints beyond this machine."""

    items: list[ConsentView] = Field(description="The endpoints, by name.")
    next_cursor: str | None = Field(None, description="Always null: the list is short.", examples=[None])


class EgressView(BaseModel):
    """One call that left this machine, or was not let out."""

    at: str = Field(description="When.", examples=[_AT])
    host: str = Field(description="To whom.", examples=["api.openai.com"])
    purpose: str = Field(description="Why.", examples=["model.chat"])
    data_class: str = Field(
        description="What was in it: `conversation`, `telemetry`, `metadata`, `none`.", examples=["conversation"]
    )
    bytes_out: int = Field(description="How many bytes of content were sent.", examples=[2310])
    status: int | None = Field(description="What was answered; null when nothing was.", examples=[200])
    person_id: str | None = Field(description="For whom; null for the instance itself.", examples=["per_06hq3k8w2m5v9"])
    endpoint: str | None = Field(
        description="The model server it was, by its name; null for what is none, or was not written down.",
        examples=["openai"],
    )
    mode: Mode | None = Field(
        description="The mode it was checked against; null for calls of before it was written down.", examples=["ask"]
    )
    decision: Decision | None = Field(
        description="Who let it out: `consent`, a person who agreed to the server; `settings`; `wish`, a person who "
        "asked for exactly that call. Null for calls of before it was written down.",
        examples=["consent"],
    )
    person: str | None = Field(description="Their name.", examples=["Ada"])
    refusal: Obstacle | None = Field(
        description="What stood against a call that was not let out: `local_only`, `no_consent`, or that the place is "
        "`unknown`; null for one that left.",
        examples=[None],
    )


class PersonRef(BaseModel):
    """A person of the log."""

    id: str = Field(description="Their id.", examples=["per_06hq3k8w2m5v9"])
    me: bool = Field(description="Whether it is who asks.", examples=[True])


class EgressValues(BaseModel):
    """What the log can be narrowed to, from its last 5,000 calls."""

    hosts: list[str] = Field(description="To whom.", examples=[["api.openai.com"]])
    endpoints: list[str] = Field(description="The model servers, by name.", examples=[["openai"]])
    persons: list[PersonRef] = Field(description="For whom.", examples=[[]])
    instance: bool = Field(description="Whether some were for the instance itself.", examples=[False])


class EgressList(BaseModel):
    """A page of what left."""

    items: list[EgressView] = Field(description="The calls, the newest first.")
    next_cursor: str | None = Field(description="For older ones; null at the end.", examples=[None])
