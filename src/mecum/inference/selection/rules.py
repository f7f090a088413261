"""The rules that take a model out of a selection, each with its sentence. Pure: no clock, nothing read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mecum.inference.capabilities import ModelCapabilities
from mecum.inference.ports import ModelInfo, ModelKind
from mecum.inference.preferences import SelectionPreferences
from mecum.inference.roles import Requirements
from mecum.inference.selection.matching import Shortfall, shortfalls
from mecum.inference.selection.resources import Resources, Strain, need_gb, too_large

Egress = Literal["local_only", "ask", "cloud"]
Privacy = Literal["open", "sensitive"]
CLOUD_FALLBACK: Final = "cloud models stand in only where that is switched on (enable_cloud_fallbacks)"
_SHARED: Final = "openai"
"""The wire that many providers speak."""
MAKES: Final[Mapping[ModelKind, str]] = {
    "chat": "answers in text",
    "embedder": "makes vectors",
    "transcriber": "writes down speech",
    "speaker": "speaks",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be sent beyond this machine.

    `ask`: to endpoints in `consented` (None: to each that a person connected, which was their consent). `cloud`: what
    is not sensitive, to every endpoint; until something tells what is sensitive (`privacy` None) it is as `ask`.
    `unasked`: the endpoints that may not be asked, not even which models they have.
    """

    egress: Egress = "ask"
    consented: frozenset[str] | None = None
    budget_refused: bool = False
    privacy: Privacy | None = None
    unasked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that might be chosen, and what is known of it."""

    info: ModelInfo
    capabilities: ModelCapabilities


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rule that took a model out, and why, with its numbers: half a sentence about the model.

    A `soft` one holds as long as there is a better model; a hard one always.
    """

    rule: str
    why: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a selection is about, but for its candidates."""

    kind: ModelKind
    requirements: Requirements
    real: bool
    prefers: bool
    """Whether a person named models for the role."""
    preferences: SelectionPreferences
    resources: Resources
    policy: Policy
    strain: Strain | None
    held: Mapping[str, int]
    """By endpoint, the bytes of what it has loaded, which it frees for another model."""
    failing: Mapping[str, str]
    """By reference, why a model that only failed lately is passed over."""
    silent: Mapping[str, str]
    """By endpoint that does not answer, since when, and why."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a candidate stands. `named` is what a person called it (None: nobody did), `choice` which of their choices
    it is, from 0; the cloud model that may stand in has none."""

    named: str | None
    choice: int | None
    candidate: Candidate | None
    refusal: Refusal | None
    short: tuple[Shortfall, ...] = ()

    @property
    def free(self) -> bool:
        """Whether nothing speaks against it."""
        return self.refusal is None

    @property
    def usable(self) -> bool:
        """Whether it could answer, if nothing better can."""
        return self.candidate is not None and (self.refusal is None or self.refusal.soft)

    @property
    def info(self) -> ModelInfo:
        """The model."""
        if self.candidate is None:
            raise ValueError(f"nobody has {self.named}")
        return self.candidate.info

    @property
    def lacks(self) -> tuple[str, ...]:
        """What of the requirements it lacks, or nobody knows that it has."""
        return tuple(one.why for one in self.short)


def standing(
    candidate: Candidate, conditions: Conditions, named: str | None = None, choice: int | None = None
) -> Standing:
    """Return what the rules say of a candidate.

    Where a requirement is not known to be met, a model that a person named is given the benefit of the doubt; one that
    nobody named is not.
    """
    info = candidate.info
    hard = (
        _absent(info, conditions)
        or _unusable(info, conditions, named=named is not None)
        or _denied(info, conditions.policy)
        or _switched_off(info, conditions.preferences)
        or _memory(candidate, conditions)
        or (_not_to_stand_in(info, conditions) if named is None else None)
    )
    if hard is not None:
        return Standing(named, choice, candidate, hard)
    short = shortfalls(candidate.capabilities, conditions.requirements)
    counting = [one.why for one in short if named is None or not one.unknown] if short else None
    lacking = Refusal("requirement", "; ".join(counting), soft=True) if counting else None
    soft = lacking or _failing(info, conditions) or _together(candidate, conditions)
    soft = soft or _strained(candidate, conditions.strain)
    return Standing(named, choice, candidate, soft, short)


def _absent(info: ModelInfo, conditions: Conditions) -> Refusal | None:
    """What may not be asked does not answer either: then that is why."""
    if info.available:
        return None
    if (why := conditions.silent.get(info.endpoint)) is not None:
        return _denied(info, conditions.policy) or _silent(info.endpoint, why)
    return Refusal("unavailable", f"it is not available: {_begun_small(info.detail or 'its server does not answer')}")


def _silent(endpoint: str, why: str) -> Refusal:
    way_out = "start it, or mend its address, and look for models again"
    return Refusal("unavailable", f"its server {endpoint} does not answer {why}; {way_out}")


def _unusable(info: ModelInfo, conditions: Conditions, *, named: bool) -> Refusal | None:
    if info.kind != conditions.kind:
        return Refusal("kind", f"it {MAKES[info.kind]}; one is needed that {MAKES[conditions.kind]}")
    if info.recalls and conditions.real:
        return Refusal("search", "it finds and computes, and is no language model")
    if info.raw_only:
        return Refusal("completion_only", "it can only continue a text")
    if info.on_request and not named:
        return Refusal("on_request", "it answers only who asks for it by its reference")
    return None


def _denied(info: ModelInfo, policy: Policy) -> Refusal | None:
    if info.local:
        return None
    if policy.egress == "local_only":
        return Refusal("egress", f"it runs beyond this machine, at {info.endpoint}, and nothing may leave (local only)")
    if policy.privacy == "sensitive":
        return Refusal("privacy", f"what is asked is sensitive, and it runs beyond this machine, at {info.endpoint}")
    asks = policy.egress == "ask" or policy.privacy is None
    if asks and policy.consented is not None and info.endpoint not in policy.consented:
        return Refusal("consent", f"nobody has consented yet to sending anything to {info.endpoint}")
    if policy.budget_refused:
        return Refusal("budget", "the budget has no room for a model that may cost something")
    return None


def _switched_off(info: ModelInfo, preferences: SelectionPreferences) -> Refusal | None:
    """What a person says of a cloud provider is of its endpoint, or of a wire that is its own: many speak OpenAI's."""
    if info.local or not preferences.switched_off:
        return None
    names = (info.endpoint,) if info.provider == _SHARED else (info.endpoint, info.provider)
    name = next((name for name in names if name in preferences.switched_off), None)
    if name is None:
        return None
    return Refusal("switched_off", f"models of {name} are switched off (cloud_providers.{name}.enabled)")


def unseen(named: str, conditions: Conditions) -> Refusal:
    """Return why no model of the name `named` is known: its endpoint may not be asked for it or does not answer, or
    there is none."""
    policy, silent = conditions.policy, conditions.silent
    endpoint = _endpoint_in(named, policy.unasked)
    if endpoint is None:
        quiet = _endpoint_in(named, silent)
        return Refusal("not_here", "there is no such model here") if quiet is None else _silent(quiet, silent[quiet])
    if policy.egress == "local_only":
        return Refusal("egress", f"{endpoint} is beyond this machine, and nothing may leave (local only)")
    return Refusal("consent", f"nobody has consented yet to sending anything to {endpoint}")


def _endpoint_in(named: str, endpoints: Iterable[str]) -> str | None:
    return next((one for one in endpoints if named.startswith((f"{one}/", f"{one}:"))), None)


def _not_to_stand_in(info: ModelInfo, conditions: Conditions) -> Refusal | None:
    if info.local or not conditions.prefers or conditions.preferences.enable_cloud_fallbacks:
        return None
    return Refusal("cloud_fallback", CLOUD_FALLBACK)


def _memory(candidate: Candidate, conditions: Conditions) -> Refusal | None:
    info = candidate.info
    if not info.local or info.recalls:
        return None
    need, most = need_gb(info, candidate.capabilities), conditions.preferences.max_memory_usage_gb
    if need is not None and most is not None and need > most:
        return Refusal("memory_limit", f"it needs {need:.1f} GB, models may take {most:.1f} GB (max_memory_usage_gb)")
    if info.loaded:
        return None
    if info.fits is not None:
        return None if info.fits else Refusal("memory", _begun_small(info.fit_reason or "it does not fit"))
    if need is None:
        return None
    why = too_large(need, conditions.resources, conditions.held.get(info.endpoint, 0))
    return None if why is None else Refusal("memory", why)


def _failing(info: ModelInfo, conditions: Conditions) -> Refusal | None:
    why = conditions.failing.get(info.ref)
    return None if why is None else Refusal("failing", why, soft=True)


def _together(candidate: Candidate, conditions: Conditions) -> Refusal | None:
    """The limit is for all models together: what is loaded counts, until it leaves because nobody asks for it."""
    info, most = candidate.info, conditions.preferences.max_memory_usage_gb
    if most is None or not info.local or info.recalls or info.loaded:
        return None
    need, loaded = need_gb(info, candidate.capabilities), sum(conditions.held.values()) / 1e9
    if need is None or need + loaded <= most:
        return None
    why = (
        f"it needs {need:.1f} GB beside the {loaded:.1f} GB of what is loaded, models may take {most:.1f} GB together "
        "(max_memory_usage_gb)"
    )
    return Refusal("memory_limit", why, soft=True)


def _strained(candidate: Candidate, strain: Strain | None) -> Refusal | None:
    if strain is None or not candidate.info.local or candidate.info.recalls:
        return None
    sensitivity = candidate.capabilities.thermal_sensitivity
    if sensitivity is None or sensitivity <= strain.allowed:
        return None
    why = f"{strain.why}: its heat sensitivity is {sensitivity:.2f}, at most {strain.allowed:.2f} are chosen now"
    return Refusal(strain.rule, why, soft=True)


def _begun_small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].removesuffix(".")
