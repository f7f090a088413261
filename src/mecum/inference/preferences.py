"""What configuration says about models, merged over all its levels into one value that selection and routing read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mecum.inference.capabilities import ModelCapabilities
from mecum.inference.roles import RoleMapping


@dataclass(frozen=True, slots=True)
class SelectionPreferences:
    """How a person wants to choose among what meets a role's requirements."""

    enable_cloud_fallbacks: bool = False
    max_memory_usage_gb: float | None = None
    """The most memory, in GB of 10^9 bytes, that models may take together."""
    thermal_threshold: float | None = None
    """The share (0 to 1) of the way from cool to throttling from which heat-sensitive models are passed over."""
    prefer_local: bool = True
    prefer_smaller: bool = False
    switched_off: frozenset[str] = frozenset()
    """The cloud providers whose models are not chosen."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Models are named as in `RoleMapping`; what nobody configured is empty."""

    roles: Mapping[str, RoleMapping] = field(default_factory=dict[str, RoleMapping])
    capabilities: Mapping[str, ModelCapabilities] = field(default_factory=dict[str, ModelCapabilities])
    """What a person says of a model, which counts more than what anybody else says."""
    temperatures: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    """By model, then by role."""
    keep_alive: Mapping[str, float] = field(default_factory=dict[str, float])
    """By model, for how many idle seconds it stays in memory; below 0 for ever."""
    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """One model at several endpoints: the model `pool/NAME` is whichever of these is least busy."""
    fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Who answers, in this order, when a model does not begin to; never in a circle."""
    most_at_once: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many answers an endpoint makes at once, by its name."""
    selection: SelectionPreferences = SelectionPreferences()
    hot_swap: bool = False
    """Whether roles are filled anew while the server runs; otherwise as they were at its start."""
    summaries: bool = True
    """Whether what no longer fits a model's window is summarised."""
