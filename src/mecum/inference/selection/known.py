"""All that is known of each model, merged: what a person wrote, what its server said, the table, its name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from mecum.inference.capabilities import ModelCapabilities, Source, merged
from mecum.inference.ports import ModelInfo
from mecum.inference.selection import names, table

_FOR_QUANTIZATION: Final = "Q4"
"""How the weights are kept for which the table says what memory a model takes."""
_UNKNOWN: Final = ModelCapabilities()


def known(
    info: ModelInfo, explicit: ModelCapabilities = _UNKNOWN, measured: ModelCapabilities = _UNKNOWN
) -> ModelCapabilities:
    """Return what is known of a model, each field from the strongest source that has it.

    `explicit` is what a person says of it, `measured` what was measured here.
    """
    said, guessed = reported(info), names.read(info.name)
    size = explicit.model_size or said.model_size or guessed.model_size
    listed = table.look_up(info.name, size, local=info.local)
    layers: dict[Source, ModelCapabilities] = {
        "explicit": explicit,
        "measured": _seen(info, measured),
        "reported": said,
        "table": listed,
        "name": guessed,
    }
    found = merged(layers)
    return _weighed(found, info.local)


def _seen(info: ModelInfo, measured: ModelCapabilities) -> ModelCapabilities:
    """Add what its server measured of it, because it has it loaded."""
    if not info.memory_measured or info.memory_bytes is None or measured.memory_gb_estimate is not None:
        return measured
    return replace(measured, memory_gb_estimate=round(info.memory_bytes / 1e9, 2))


def reported(info: ModelInfo) -> ModelCapabilities:
    """Return what a model's server or file said of it. Nothing is taken of this machine's memory by one elsewhere."""
    memory = info.memory_bytes if info.local else 0
    return ModelCapabilities(
        context_length=info.context_length,
        quantization_level=info.quantization,
        model_size=info.parameters,
        memory_gb_estimate=None if memory is None else round(memory / 1e9, 2),
        supports_function_calling=info.tools,
        supports_tools=info.tools,
        supports_vision=info.vision,
        thermal_sensitivity=None if info.local else 0.0,
        model_source=info.provider,
        requires_api_key=info.needs_key,
    )


def _weighed(found: ModelCapabilities, local: bool) -> ModelCapabilities:
    """Add what follows from size and quantisation where nobody says it, and leave out what is said for another one."""
    values = {name: getattr(found, name) for name in found.sources}
    sources = dict(found.sources)
    for name in ("min_memory_gb", "recommended_memory_gb"):
        level = found.quantization_level
        if sources.get(name) == "table" and level is not None and not level.startswith(_FOR_QUANTIZATION):
            del values[name], sources[name]
    if not local or found.model_size is None:
        return ModelCapabilities(**values, sources=sources)
    if "thermal_sensitivity" not in sources:
        values["thermal_sensitivity"], sources["thermal_sensitivity"] = names.sensitivity(found.model_size), "name"
    memory = names.memory_gb(found.model_size, found.quantization_level)
    if "memory_gb_estimate" not in sources and memory is not None:
        values["memory_gb_estimate"], sources["memory_gb_estimate"] = memory, "name"
    return ModelCapabilities(**values, sources=sources)


class Knowledge:
    """What is known of each model, kept while neither the model nor what was said or measured of it changes."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[ModelInfo, ModelCapabilities, ModelCapabilities, ModelCapabilities]] = {}

    def of(
        self, info: ModelInfo, explicit: ModelCapabilities = _UNKNOWN, measured: ModelCapabilities = _UNKNOWN
    ) -> ModelCapabilities:
        """Return as `known`."""
        kept = self._found.get(info.ref)
        if kept is not None and kept[0] is info and kept[1] is explicit and kept[2] is measured:
            return kept[3]
        found = known(info, explicit, measured)
        self._found[info.ref] = (info, explicit, measured, found)
        return found

    def keep(self, refs: Mapping[str, object]) -> None:
        """Forget all models but these."""
        self._found = {ref: entry for ref, entry in self._found.items() if ref in refs}
