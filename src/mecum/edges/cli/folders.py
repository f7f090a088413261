"""The folder of an older installation's configuration, as the command line reads it and leaves it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from mecum.edges.cli.findings import text_of

_FILES: Final = ("models.yaml", "models.json", "user_models.json")
_KEYS: Final = "api_keys.json"
_PROFILES: Final = "user_profiles"


@dataclass(frozen=True, slots=True)
class OlderFiles:
    """The texts by their names, the names of files that say nothing of models, and where the keys are."""

    texts: Mapping[str, str]
    not_read: list[str]
    keys: Path | None


def files_in(source: Path) -> OlderFiles:
    """Return what there is in a folder, or the one file; raises UsageError where there is nothing to read."""
    named = dict(_named(source) if source.is_dir() else [(_name_of(source), source)])
    known = {name: path for name, path in named.items() if _is_known(name)}
    if not known:
        raise click.UsageError(
            f"{source} has no configuration: {', '.join((*_FILES, _KEYS))} or {_PROFILES}/NAME.json."
        )
    texts = {name: text_of(path) for name, path in known.items()}
    return OlderFiles(texts, sorted(named.keys() - known.keys()), known.get(_KEYS))


def put_keys_aside(found: OlderFiles, keys: Iterable[Mapping[str, Any]]) -> str | None:
    """Rename the file of keys, so that nobody reads it again, unless a key in it found no place; return its name."""
    if found.keys is None or any(key["outcome"] == "refused" for key in keys):
        return None
    aside = found.keys.with_name(f"{_KEYS}.imported")
    found.keys.replace(aside)
    aside.chmod(0o600)
    return str(aside)


def _named(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.iterdir()):
        if path.is_file():
            yield path.name, path
        elif path.name == _PROFILES:
            yield from ((f"{_PROFILES}/{file.name}", file) for file in sorted(path.iterdir()) if file.is_file())


def _name_of(file: Path) -> str:
    return f"{_PROFILES}/{file.name}" if file.parent.name == _PROFILES else file.name


def _is_known(name: str) -> bool:
    return name in (*_FILES, _KEYS) or (name.startswith(f"{_PROFILES}/") and name.endswith(".json"))
