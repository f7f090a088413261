"""Checks all of an older configuration, then brings it in: nothing of it when anything does not hold."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import orjson

from mecum.inference.configuration import files
from mecum.inference.configuration.checking import Checked, checked
from mecum.inference.configuration.merging import inner, leaves
from mecum.inference.configuration.problems import Problem, refuse, value_at
from mecum.inference.configuration.service import FILES, Configuration
from mecum.inference.configuration.text import format_of, parse
from mecum.inference.configuration.upgrade import Step
from mecum.inference.importing.errors import ImportCovers, ImportUnknown
from mecum.inference.importing.keys import FoundKey, keys_in
from mecum.inference.profiles.folder import NAME
from mecum.inference.profiles.service import FOLDER
from mecum.inference.schemas import EndpointCreate
from mecum.inference.service import ModelService
from mecum.inference.settings import Wire, is_address
from mecum.infra.storage import Scope

KEYS: Final = "api_keys.json"
Outcome = Literal["imported", "unchanged"]
KeyOutcome = Literal["imported", "exists", "skipped", "refused"]
"""Refused is a key that found no place; skipped is a field that holds none."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What became of the values of a file: `read` is the sum of the others."""

    read: int
    kept: int
    moved: int
    carried: int


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file that was brought in, and what became of its fields."""

    name: str
    outcome: Outcome
    reckoning: Reckoning
    steps: Sequence[Step]
    warnings: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class ImportedKey:
    """A field of the file of keys, and what became of it; never the key itself."""

    field: str
    provider: str
    outcome: KeyOutcome
    reason: str


@dataclass(slots=True)
class Imported:
    """The whole reckoning."""

    files: list[ImportedFile] = field(default_factory=list[ImportedFile])
    keys: list[ImportedKey] = field(default_factory=list[ImportedKey])


@dataclass(frozen=True, slots=True)
class _Document:
    name: str
    path: Path
    body: bytes
    raw: Mapping[str, Any]
    said: Checked


class ImportService:
    """Brings files into the folder of the configuration and keys into the key store."""

    def __init__(self, configuration: Configuration, models: ModelService) -> None:
        self._configuration, self._models = configuration, models

    async def run(self, scope: Scope, texts: Mapping[str, str], *, replace: bool, dry_run: bool) -> Imported:
        """Bring files in, by their names below the older folder; return what became of every field.

        Raises ImportUnknown, ImportCovers, KeysUnreadable, or what is wrong with a file. With `dry_run` nothing is
        stored.
        """
        documents = [self._document(name, text) for name, text in texts.items() if name != KEYS]
        refuse([problem for document in documents for problem in document.said.problems])
        found = keys_in(texts[KEYS], KEYS) if KEYS in texts else []
        same = {document.name for document in documents if _content(document.path) == document.body}
        covered = [d for d in documents if d.path.exists() and d.name not in same]
        if covered and not (replace or dry_run):
            names = ", ".join(document.name for document in covered)
            raise ImportCovers(f"There are other files already: {names}. `--replace` moves them to the trash.")
        result = Imported([_imported(d, "unchanged" if d.name in same else "imported") for d in documents])
        result.keys = [await self._key(scope, key, documents, dry_run=dry_run) for key in found]
        if not dry_run:
            await asyncio.to_thread(_store, [d for d in documents if d.name not in same], covered)
            await self._configuration.refresh()
        return result

    def _document(self, name: str, text: str) -> _Document:
        path, is_profile = self._place(name)
        body = text.encode("utf-8", "surrogatepass")
        form = format_of(name)
        said = checked(body, form, name, profile=is_profile)
        raw = parse(body, form, name).tree
        if said.steps or (said.upgrade is not None and form == "json"):
            # A file of YAML stays as it was written, comments and all; it is read as one of today every time.
            body = body if form == "yaml" else orjson.dumps(said.tree, option=orjson.OPT_INDENT_2) + b"\n"
        return _Document(name, path, body, raw, said)

    def _place(self, name: str) -> tuple[Path, bool]:
        folder, _, file = name.rpartition("/")
        if not folder and file in FILES:
            return self._configuration.file(file), False
        if folder == FOLDER and file.endswith(".json") and NAME.fullmatch(file.removesuffix(".json")):
            return self._configuration.folder / FOLDER / file, True
        known = f"{', '.join(FILES)}, {KEYS} and {FOLDER}/NAME.json"
        raise ImportUnknown(f"{name!r} is no file of a configuration; there are {known}.")

    async def _key(
        self, scope: Scope, found: FoundKey, documents: Sequence[_Document], *, dry_run: bool
    ) -> ImportedKey:
        def told(outcome: KeyOutcome, reason: str) -> ImportedKey:
            return ImportedKey(found.field, found.provider, outcome, reason)

        if found.key is None:
            return told("skipped", found.reason or "")
        if any(view.name == found.provider for view in await self._models.endpoints(scope)):
            return told("exists", "There is a model server of that name, with a key of its own.")
        configured = (_address(document.said.tree, found.provider) for document in documents)
        in_force = _address(self._configuration.tree(), found.provider)
        known = next((one for one in self._models.known if found.provider in (one.name, *one.also)), None)
        address = next((one for one in configured if one), None) or in_force or (known.base_url if known else None)
        if address is None or not is_address(address) or not NAME.fullmatch(found.provider):
            return told("refused", "Where this provider answers is not known: say it with `mecum models add-endpoint`.")
        if not dry_run:
            # Most speak OpenAI's.
            wire: Wire = "openai" if known is None else known.wire
            body = EndpointCreate(name=found.provider, wire=wire, base_url=address, api_key=found.key, consent=False)
            await self._models.add(scope, body)
        return told("imported", f"Sealed; asked at {address} once you agree to it.")


def _address(tree: Mapping[str, Any], provider: str) -> str | None:
    found = inner(inner(tree, "cloud_providers"), provider).get("api_endpoint")
    return found if isinstance(found, str) else None


def _content(path: Path) -> bytes | None:
    return files.read(path) if path.exists() else None


def _store(documents: Sequence[_Document], covered: Sequence[_Document]) -> None:
    for document in covered:
        files.discard(document.path)
    for document in documents:
        files.save(document.path, document.body, None)


def _imported(document: _Document, outcome: Outcome) -> ImportedFile:
    said = document.said
    return ImportedFile(document.name, outcome, reckoning(document.raw, said), said.steps, said.problems)


def reckoning(raw: Mapping[str, Any], said: Checked) -> Reckoning:
    """Return what became of every value of a document; a list is one value, and so is an empty object."""
    read = leaves(raw)
    moved = carried = 0
    for step in said.steps:
        count = len(leaves(value_at(raw, step.source)))
        moved += count if step.to is not None else 0
        carried += count if step.to is None else 0
    left = [step.source for step in said.steps]
    kept = sum(
        value_at(said.tree, path) == value and not any(path[: len(source)] == source for source in left)
        for path, value in read
    )
    return Reckoning(len(read), kept, moved, carried)
