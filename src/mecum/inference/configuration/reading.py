"""A merged configuration as the value that selection and routing read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any, Final

from mecum.inference.capabilities import ModelCapabilities, Source
from mecum.inference.configuration.merging import Tree, inner
from mecum.inference.configuration.problems import Path
from mecum.inference.keeping import seconds_of
from mecum.inference.ports import ModelInfo
from mecum.inference.preferences import Preferences, SelectionPreferences
from mecum.inference.roles import ByDifficulty, Requirements, RoleMapping

_EXPLICIT: Final[Source] = "explicit"
_SELECTION: Final = tuple(item.name for item in fields(SelectionPreferences) if item.name != "switched_off")


def preferences_of(tree: Tree) -> Preferences:
    """Return what a valid, merged tree says. Models of a provider that is not enabled are in no list of models, and
    are not chosen by themselves."""
    refused = tuple(_refused(_objects(tree, "cloud_providers")))
    models = [*_objects(tree, "model_profiles"), *_cloud_models(tree)]
    return Preferences(
        roles={name: _role(role, refused) for name, role in _objects(tree, "role_mappings")},
        capabilities={name: _capabilities(model["capabilities"]) for name, model in models if "capabilities" in model},
        temperatures={name: found for name, model in models if (found := model.get("temperature_defaults"))},
        keep_alive={name: seconds_of(model["keep_alive"]) for name, model in models if "keep_alive" in model},
        pools={name: left for name, pool in inner(tree, "pools").items() if (left := _allowed(pool, refused))},
        fallbacks={name: _allowed(chain, refused) for name, chain in inner(tree, "fallbacks").items()},
        most_at_once=dict(inner(tree, "most_at_once")),
        selection=_selection(tree),
        hot_swap=bool(tree.get("hot_swap", False)),
        summaries=bool(tree.get("summaries", True)),
    )


def defaults() -> dict[str, Any]:
    """Return what holds when nobody says anything, as a tree."""
    unset = SelectionPreferences()
    return {
        "system_settings": {"enable_cloud_fallbacks": unset.enable_cloud_fallbacks},
        "selection_preferences": {"prefer_local": unset.prefer_local, "prefer_smaller": unset.prefer_smaller},
        "hot_swap": Preferences().hot_swap,
        "summaries": Preferences().summaries,
    }


def declared(tree: Tree) -> Iterator[tuple[str, Path]]:
    """Yield every model that a document says is there, or wants to be, with where it says so."""
    for name, role in _objects(tree, "role_mappings"):
        at: Path = ("role_mappings", name)
        pair = inner(role, "by_difficulty")
        yield from ((pair[which], (*at, "by_difficulty", which)) for which in ("strong", "weak") if pair.get(which))
        yield from ((one, (*at, "preferred", place)) for place, one in enumerate(role.get("preferred") or ()))
        if role.get("cloud_fallback"):
            yield role["cloud_fallback"], (*at, "cloud_fallback")
    profiles = inner(tree, "model_profiles")
    yield from ((name, ("model_profiles", name)) for name in profiles if profiles[name] is not None)
    for name, pool in inner(tree, "pools").items():
        yield from ((one, ("pools", name, place)) for place, one in enumerate(pool or ()))
    for model, chain in inner(tree, "fallbacks").items():
        yield from [(model, ("fallbacks", model))] if chain else []
        yield from ((one, ("fallbacks", model, place)) for place, one in enumerate(chain or ()))


def models_named(tree: Tree) -> list[str]:
    """Return every model that a document names, each once."""
    cloud = (name for name, _ in _cloud_models(tree))
    return list(dict.fromkeys([*(name for name, _ in declared(tree)), *cloud]))


def discovered(models: Iterable[ModelInfo]) -> dict[str, Any]:
    """Return what models report of themselves, as `model_profiles` has it; what they do not report is left out."""
    return {info.ref: {"capabilities": _reported(info)} for info in models}


def _reported(info: ModelInfo) -> dict[str, Any]:
    said = {
        "context_length": info.context_length,
        "supports_function_calling": info.tools,
        "supports_vision": info.vision,
        "supports_tools": info.tools,
        "memory_gb_estimate": None if info.memory_bytes is None else info.memory_bytes / 1e9,
        "model_source": info.provider,
    }
    return {name: value for name, value in said.items() if value is not None}


def _role(role: Tree, refused: Sequence[str]) -> RoleMapping:
    fallback: str | None = role.get("cloud_fallback")
    return RoleMapping(
        preferred=_allowed(role.get("preferred") or (), refused),
        requirements=Requirements(**inner(role, "requirements")),
        cloud_fallback=None if fallback is None or fallback.startswith(tuple(refused)) else fallback,
        temperature=role.get("temperature"),
        by_difficulty=_by_difficulty(inner(role, "by_difficulty"), refused),
    )


def _by_difficulty(pair: Tree, refused: Sequence[str]) -> ByDifficulty | None:
    """Two levels may say half of it each; with one model there is nothing to choose."""
    named = _allowed([pair[which] for which in ("strong", "weak") if which in pair], refused)
    return ByDifficulty(*named, share=pair.get("share", 0.5)) if len(named) == 2 else None


def _capabilities(known: Tree) -> ModelCapabilities:
    return ModelCapabilities(**known, sources=dict.fromkeys(known, _EXPLICIT))


def _cloud_models(tree: Tree) -> Iterator[tuple[str, Tree]]:
    for provider, there in _objects(tree, "cloud_providers"):
        for name, model in _objects(there, "models"):
            yield f"{provider}:{name}", model


def _refused(providers: Sequence[tuple[str, Tree]]) -> Iterator[str]:
    """Yield how the models of providers begin that are not enabled."""
    for name, provider in providers:
        if provider.get("enabled") is False:
            yield f"{name}:"
            yield f"{name}/"


def _allowed(models: Sequence[str], refused: Sequence[str]) -> tuple[str, ...]:
    return tuple(model for model in models if not model.startswith(tuple(refused))) if refused else tuple(models)


def _selection(tree: Tree) -> SelectionPreferences:
    said = {**inner(tree, "system_settings"), **inner(tree, "selection_preferences")}
    providers = _objects(tree, "cloud_providers")
    switched_off = frozenset(name for name, there in providers if there.get("enabled") is False)
    return SelectionPreferences(**{name: said[name] for name in _SELECTION if name in said}, switched_off=switched_off)


def _objects(tree: Tree, key: str) -> list[tuple[str, Tree]]:
    return [(name, inner(inner(tree, key), name)) for name in inner(tree, key)]
