"""The configuration of this instance: what is in force for whom, kept up with the files, and changed through them."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Final

from mecum.inference.configuration import files, reading
from mecum.inference.configuration.checking import Checked, checked
from mecum.inference.configuration.errors import ActiveProfileGone, ModelNotHere, NoSuchFile
from mecum.inference.configuration.files import NOTHING, DocumentFile, FileState
from mecum.inference.configuration.levels import Explanation, Layer, Level, acceptable, explained
from mecum.inference.configuration.merging import merged
from mecum.inference.configuration.problems import Problem, refuse
from mecum.inference.configuration.reading import declared
from mecum.inference.configuration.text import format_of
from mecum.inference.preferences import Preferences
from mecum.kernel.subject import Subject

_log = logging.getLogger("mecum.configuration")
FILES: Final = ("models.yaml", "models.json", "user_models.json")
"""The files of the folder, weakest first."""
WATCH_SECONDS: Final = 2.0
_MOST_PEOPLE: Final = 1000
Discovered = Callable[[], Mapping[str, Any]]
"""Returns what was found out about models by itself, as `model_profiles` has it."""
Absent = Callable[[Sequence[str]], Mapping[str, str]]
"""Returns, of names of models, those that none here bears, each with a sentence that says so."""
Whose = tuple[str, str] | None
"""An organisation and a person in it; None is the instance itself."""


@dataclass(frozen=True, slots=True)
class ProfileText:
    """A profile that is a row: its text was read once, it changes by being put in anew."""

    name: str
    said: Checked


@dataclass(frozen=True, slots=True)
class _InForce:
    preferences: Preferences
    layers: tuple[Layer, ...]
    used: tuple[Layer, ...]
    problems: tuple[Problem, ...]


class Configuration:
    """Files are read when they are first needed and again when they changed; what does not hold never counts."""

    def __init__(
        self, folder: FilePath, discovered: Discovered = dict, settled: Mapping[str, Any] | None = None
    ) -> None:
        self.folder = folder
        self._settled = Checked(dict(settled or {}), (), (), NOTHING.places)
        """What the settings say, which everything else may cover."""
        self._discovered = discovered
        self.absent: Absent = lambda _: {}
        """Looks whether models are there; while nobody knows, none is missed."""
        self._files = {name: DocumentFile(name, (folder / name,)) for name in FILES}
        self._profiles: dict[tuple[Level, str], DocumentFile | ProfileText] = {}
        self._own: dict[str, Checked] = {}
        """What persons say for themselves, by their ids."""
        self._in_force: dict[Whose, _InForce] = {}
        self._home: Whose = None
        self._changed: list[Callable[[], None]] = []
        self._loaded = False
        self._lock = asyncio.Lock()

    # What is in force

    def serve(self, owner: Subject) -> None:
        """Let what is in force for `owner`, with their profile, hold where nobody else is asked for: they keep this
        instance, and models are chosen, stood in for and loaded for them."""
        self._home = (owner.organisation_id, owner.person_id)

    def preferences(self, subject: Subject | None = None) -> Preferences:
        """Return what is in force for a person, without one for who keeps the instance; costs a look into a table."""
        return self._for(subject).preferences

    def problems(self, subject: Subject | None = None) -> tuple[Problem, ...]:
        """Return everything that is wrong, in files and between them, and which models the files name in vain."""
        here = self._for(subject)
        files = (layer for layer in here.used if layer.level == "file")
        return (*here.problems, *(problem for layer in files for problem in self.missed(layer.said, layer.file)))

    def missed(self, said: Checked, file: str | None = None) -> list[Problem]:
        """Return a warning for each model that a document names and that is not here: where it does so first."""
        places = dict(reversed(list(declared(said.tree)))) if said.valid else {}
        found: list[Problem] = []
        for name, why in self.absent(list(places)).items():
            line, column = said.place(places[name]) or (None, None)
            found.append(Problem(ModelNotHere, why, places[name], file, line, column, warning=True))
        return sorted(found, key=lambda problem: problem.line or 0)

    def tree(self, subject: Subject | None = None) -> dict[str, Any]:
        """Return what is in force as one document, the defaults included."""
        return merged(layer.tree for layer in self._for(subject).used)

    def explain(self, key: str, subject: Subject | None = None) -> Explanation:
        """Return what every level says of a dotted key; raises NoSuchKey."""
        here = self._for(subject)
        found = Checked({"model_profiles": dict(self._discovered())}, (), (), NOTHING.places)
        models = Layer("defaults", "discovered", found)
        return explained(key, [models, *here.layers], [models, *here.used])

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever something else is in force, or something else is wrong."""
        self._changed.append(callback)

    # The files

    def states(self) -> list[FileState]:
        """Return the files, weakest first, as they were last looked at."""
        self._load()
        return [file.state for file in self._files.values()]

    def file(self, name: str) -> FilePath:
        """Return the path of a file; raises NoSuchFile."""
        if name not in self._files:
            raise NoSuchFile(f"There is no configuration file {name!r}; there are {', '.join(FILES)}.")
        return self._files[name].paths[0]

    async def write(self, name: str, text: str, expected: str | None) -> str:
        """Write a file whole, if its content still is the `expected` one (None: there is none); return its new etag.

        Raises NoSuchFile, what is wrong with the text, ConfigurationChanged, ConfigurationUnreadable.
        """
        path, body = self.file(name), text.encode("utf-8", "surrogatepass")
        found = await asyncio.to_thread(checked, body, format_of(name), name)
        refuse(found.problems)
        etag = await asyncio.to_thread(files.save, path, body, expected)
        await self.refresh()
        return etag

    async def refresh(self) -> bool:
        """Look at the files, read those that changed, tell who listens; return whether anything is different."""
        async with self._lock:
            changed = [file for file in self._watched() if file.changed]
            if not changed:
                self._loaded = True
                return False
            states = await asyncio.to_thread(lambda: [file.looked_at() for file in changed])
            return self._take(changed, states)

    async def watch(self) -> None:
        """Keep up with files that are edited by hand, until cancelled; idle it costs a look at a few folder entries."""
        while True:
            await self.refresh()
            await asyncio.sleep(WATCH_SECONDS)

    # Profiles

    def activate(self, level: Level, whose: str, profile: DocumentFile | ProfileText | None) -> None:
        """Let a profile count at a level for an owner (the id of a person or organisation, empty for the instance)."""
        if profile is None:
            self._profiles.pop((level, whose), None)
        else:
            self._profiles[level, whose] = profile
            if isinstance(profile, DocumentFile) and self._loaded:
                profile.state = profile.looked_at()
        self._tell()

    def own(self, person_id: str, said: Mapping[str, Any]) -> None:
        """Let what a person says for themselves count, over the profile that is active for them."""
        if said:
            self._own[person_id] = Checked(dict(said), (), (), NOTHING.places)
        else:
            self._own.pop(person_id, None)
        self._tell()

    # Inside

    def _for(self, subject: Subject | None) -> _InForce:
        whose = self._home if subject is None else (subject.organisation_id, subject.person_id)
        found = self._in_force.get(whose)
        if found is None:
            self._load()
            if len(self._in_force) >= _MOST_PEOPLE:
                self._in_force.clear()
            found = self._in_force[whose] = self._composed(whose)
        return found

    def _composed(self, whose: Whose) -> _InForce:
        layers = self._layers(whose)
        used, crossing = acceptable(layers)
        wrong = [problem for file in self._followed(whose) for problem in _wrong(file)]
        trees = (layer.tree for layer in used)
        return _InForce(reading.preferences_of(merged(trees)), tuple(layers), tuple(used), (*wrong, *crossing))

    def _layers(self, whose: Whose) -> list[Layer]:
        unset = Checked(reading.defaults(), (), (), NOTHING.places)
        layers = [Layer("defaults", "built in", unset)]
        layers += [Layer("defaults", "settings", self._settled)] if self._settled.tree else []
        layers += [Layer("file", _source(name, file), file.state.in_force, name) for name, file in self._files.items()]
        for level, owner in _slots(whose):
            profile = self._profiles.get((level, owner))
            if isinstance(profile, DocumentFile):
                source = _source(f"profile {profile.paths[0].stem}", profile)
                layers.append(Layer(level, source, profile.state.in_force, profile.name))
            elif profile is not None:
                layers.append(Layer(level, f"profile {profile.name}", profile.said, f"profile {profile.name}"))
        if whose is not None and (own := self._own.get(whose[1])) is not None:
            layers.append(Layer("person", "own settings", own))
        return layers

    def _followed(self, whose: Whose) -> list[DocumentFile]:
        profiles = (self._profiles.get(slot) for slot in _slots(whose))
        return [*self._files.values(), *(profile for profile in profiles if isinstance(profile, DocumentFile))]

    def _watched(self) -> list[DocumentFile]:
        return [*self._files.values(), *(one for one in self._profiles.values() if isinstance(one, DocumentFile))]

    def _load(self) -> None:
        """Read what was never read, when somebody needs it before the first look at the files is over."""
        if not self._loaded:
            self._loaded = True
            for file in self._watched():
                file.state = file.looked_at()

    def _take(self, changed: Sequence[DocumentFile], states: Sequence[FileState]) -> bool:
        first, self._loaded = not self._loaded, True
        different = False
        for file, state in zip(changed, states, strict=True):
            before, file.state = file.state, state
            news = (state.etag, state.latest.problems) != (before.etag, before.latest.problems)
            different = different or news
            for problem in state.latest.problems if news else ():
                _log.warning("configuration does not hold", extra={"code": problem.code, "place": problem.where})
        if first:
            # Nobody has asked yet, so nothing is other than it was said to be.
            self._in_force.clear()
        elif different:
            self._tell()
        return different

    def _tell(self) -> None:
        self._in_force.clear()
        for callback in self._changed:
            callback()


def _slots(whose: Whose) -> list[tuple[Level, str]]:
    """Return where profiles may be active for somebody, weakest first."""
    if whose is None:
        return [("instance", "")]
    return [("instance", ""), ("organisation", whose[0]), ("person", whose[1])]


def _wrong(file: DocumentFile) -> Sequence[Problem]:
    if file.profile and file.state.stamp is None:
        return (Problem(ActiveProfileGone, "The file of the active profile is gone.", (), file.name, warning=True),)
    return file.state.latest.problems


def _source(name: str, file: DocumentFile) -> str:
    return f"{name} as it last held" if file.state.stale else name
