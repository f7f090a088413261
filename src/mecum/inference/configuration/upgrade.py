"""Older files, which have no version: every field is moved to its place, or carried along with the reason."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final, cast

from mecum.inference.configuration.document import VERSION, RequirementsDocument
from mecum.inference.configuration.problems import Path, dotted

_REQUIREMENTS: Final = frozenset(RequirementsDocument.model_fields)
_NO_QUANTISATION: Final = {"", "n/a", "none", "unknown"}
_TAGS: Final = "The capabilities say the same in numbers; nothing chooses by tags."
_NO_QUANTISATION_WHY: Final = "Not a quantisation: unknown."
_CASCADE: Final = "Settings of planning in stages, which is not built yet."
_SYSTEM: Final = {
    "auto_discover_models": "Models are always looked for; `models.ollama_url` in the settings says where.",
    "validation_timeout_seconds": "A model server has a time limit of its own, which is not set here.",
}
_LARGER: Final = "Larger models first is what holds unless `prefer_smaller` is true."
_NO_PLACE: Final = "Has no place in this version."
Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One field that is not where it was: `to` is its new place, or None when it is carried along for `reason`."""

    source: Path
    to: Path | None
    reason: str

    def view(self) -> dict[str, Any]:
        """Return it as the wire shows it."""
        moved = None if self.to is None else dotted(self.to)
        return {"key": dotted(self.source), "to": moved, "reason": self.reason}


@dataclass(slots=True)
class Upgrade:
    """The tree in the shape of today, and what became of the fields that moved."""

    tree: Object
    steps: list[Step] = field(default_factory=list[Step])

    def origin(self, path: Path) -> Path:
        """Return where `path` stood in the older text."""
        for step in self.steps:
            if step.to is not None and path[: len(step.to)] == step.to:
                return (*step.source, *path[len(step.to) :])
        return path

    def move(self, source: Path, to: Path, reason: str, change: Callable[[Any], Any] | None = None) -> None:
        """Move a value, unless its new place is taken: then it is carried."""
        if _find(self.tree, to[:-1], make=True) is None or to[-1] in _find_made(self.tree, to[:-1]):
            self.carry(source, f"`{dotted(to)}` says it already.")
            return
        value = _take(self.tree, source)
        _find_made(self.tree, to[:-1])[str(to[-1])] = value if change is None else change(value)
        self.steps.append(Step(source, to, reason))

    def carry(self, source: Path, reason: str) -> None:
        """Keep a value that has no place, with the reason."""
        value = _take(self.tree, source)
        kept = _find(self.tree, ("legacy",), make=True)
        if kept is None:
            kept = self.tree["legacy"] = {}
        kept[dotted(source)] = {"value": value, "reason": reason}
        self.steps.append(Step(source, None, reason))


def needs_upgrade(tree: Mapping[str, Any]) -> bool:
    """Whether a document is of before there were versions."""
    return bool(tree) and "version" not in tree


def upgraded(tree: Mapping[str, Any]) -> Upgrade:
    """Return a document without a version in the shape of today; what is no known older field stays where it is."""
    upgrade = Upgrade(deepcopy(dict(tree)))
    _roles(upgrade)
    for path in _capability_sets(upgrade.tree):
        _capabilities(upgrade, path)
    _system(upgrade)
    _selection(upgrade)
    _providers(upgrade)
    if "cascade_settings" in upgrade.tree:
        upgrade.carry(("cascade_settings",), _CASCADE)
    upgrade.tree = {"version": VERSION, **{key: value for key, value in upgrade.tree.items() if key != "version"}}
    return upgrade


def _roles(upgrade: Upgrade) -> None:
    for role, mapping in _objects(upgrade.tree.get("role_mappings")):
        for key in [key for key in mapping if key in _REQUIREMENTS]:
            place = ("role_mappings", role, "requirements", key)
            upgrade.move(("role_mappings", role, key), place, "A requirement of the role.")


def _capability_sets(tree: Object) -> Iterator[Path]:
    for model, document in _objects(tree.get("model_profiles")):
        if isinstance(document.get("capabilities"), dict):
            yield ("model_profiles", model, "capabilities")
    for provider, there in _objects(tree.get("cloud_providers")):
        for model, document in _objects(there.get("models")):
            if isinstance(document.get("capabilities"), dict):
                yield ("cloud_providers", provider, "models", model, "capabilities")


def _capabilities(upgrade: Upgrade, path: Path) -> None:
    there = _find_made(upgrade.tree, path)
    if "tags" in there:
        upgrade.carry((*path, "tags"), _TAGS)
    level = there.get("quantization_level")
    if isinstance(level, str) and level.strip().lower() in _NO_QUANTISATION:
        upgrade.carry((*path, "quantization_level"), _NO_QUANTISATION_WHY)


def _system(upgrade: Upgrade) -> None:
    system = upgrade.tree.get("system_settings")
    if not isinstance(system, dict):
        return
    there = cast("Object", system)
    temperatures = there.get("default_temperature")
    if isinstance(temperatures, dict) and not temperatures:
        upgrade.carry(("system_settings", "default_temperature"), _NO_PLACE)
    elif isinstance(temperatures, dict):
        for role in list(cast("Object", temperatures)):
            place = ("role_mappings", role, "temperature")
            upgrade.move(("system_settings", "default_temperature", role), place, "The temperature of the role.")
        del there["default_temperature"]
    for key, reason in _SYSTEM.items():
        if key in there:
            upgrade.carry(("system_settings", key), reason)


def _selection(upgrade: Upgrade) -> None:
    selection = upgrade.tree.get("selection_preferences")
    if not isinstance(selection, dict) or "prefer_larger" not in selection:
        return
    source: Path = ("selection_preferences", "prefer_larger")
    if cast("Object", selection)["prefer_larger"] is True:
        upgrade.move(source, ("selection_preferences", "prefer_smaller"), "Said the other way round.", _opposite)
    else:
        upgrade.carry(source, _LARGER)


def _providers(upgrade: Upgrade) -> None:
    settings = upgrade.tree.get("cloud_settings")
    if not isinstance(settings, dict):
        return
    if not settings:
        upgrade.carry(("cloud_settings",), _NO_PLACE)
        return
    for key in list(cast("Object", settings)):
        source: Path = ("cloud_settings", key)
        provider = key.removeprefix("enable_")
        if provider != key:
            upgrade.move(source, ("cloud_providers", provider, "enabled"), "Whether its models may be chosen.")
        else:
            upgrade.carry(source, _NO_PLACE)
    del upgrade.tree["cloud_settings"]


def _opposite(value: Any) -> bool:
    return not value


def _objects(tree: object) -> list[tuple[str, Object]]:
    """Return the objects inside an object by their names."""
    if not isinstance(tree, dict):
        return []
    items = cast("Object", tree).items()
    return [(name, cast("Object", value)) for name, value in items if isinstance(value, dict)]


def _find(tree: Object, path: Path, *, make: bool = False) -> Object | None:
    there = tree
    for step in path:
        value = there.setdefault(str(step), {}) if make else there.get(str(step))
        if not isinstance(value, dict):
            return None
        there = cast("Object", value)
    return there


def _find_made(tree: Object, path: Path) -> Object:
    found = _find(tree, path)
    return {} if found is None else found


def _take(tree: Object, path: Path) -> Any:
    return _find_made(tree, path[:-1]).pop(str(path[-1]), None)
