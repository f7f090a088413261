"""The levels of configuration, weakest first, and which of them says what counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal, cast, get_args

from mecum.inference.configuration.checking import Checked, cyclic
from mecum.inference.configuration.document import ABOUT
from mecum.inference.configuration.errors import NoSuchKey
from mecum.inference.configuration.merging import leaves, merged
from mecum.inference.configuration.problems import Path, Problem, dotted, steps, value_at

Level = Literal["defaults", "file", "instance", "organisation", "person", "assistant", "conversation", "request"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
_NOTHING: Final = object()


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source says at its level; `file` is where its lines are counted, None where there is no file."""

    level: Level
    source: str
    said: Checked
    file: str | None = None

    @property
    def tree(self) -> Mapping[str, Any]:
        """What it says of models."""
        return {key: value for key, value in self.said.tree.items() if key not in ABOUT}


@dataclass(frozen=True, slots=True)
class Said:
    """What one level says of a key: `given` whether it says anything, `in_force` whether that counts."""

    level: Level
    source: str | None
    file: str | None
    line: int | None
    given: bool
    value: Any
    in_force: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """A key, what every level says of it, and what comes of it."""

    path: Path
    value: Any
    levels: tuple[Said, ...]


def acceptable(layers: Iterable[Layer]) -> tuple[list[Layer], list[Problem]]:
    """Return the layers that hold together, weakest first, and what keeps the others out: fallbacks in a circle."""
    taken: list[Layer] = []
    problems: list[Problem] = []
    fallbacks: dict[str, Any] = {}
    for layer in layers:
        above = layer.tree.get("fallbacks")
        if above:
            candidate = merged([{"fallbacks": fallbacks}, {"fallbacks": above}])
            # What one text says alone was found to be no circle when it was read.
            fault = next(cyclic(candidate), None) if fallbacks else None
            if fault is not None:
                problems.append(_crossing(layer, fault))
                continue
            fallbacks = candidate.get("fallbacks", {})
        taken.append(layer)
    return taken, problems


def _crossing(layer: Layer, fault: Problem) -> Problem:
    message = f"Together with what weaker levels say: {fault.message[:1].lower()}{fault.message[1:]}"
    return Problem(fault.error, message, ("fallbacks",), layer.file, layer.said.line(("fallbacks",)))


def explained(key: str, layers: Sequence[Layer], used: Sequence[Layer]) -> Explanation:
    """Return what every level says of a dotted key; `used` are the layers that count. Raises NoSuchKey."""
    path = _path(key, [layer.tree for layer in layers])
    here = {id(layer): _at(layer.tree, path) for layer in layers}
    if not path or all(value is _NOTHING for value in here.values()):
        meant = _nearest(path, [layer.tree for layer in layers])
        raise NoSuchKey(f"No level knows {key!r}{f'; did you mean {dotted(meant)!r}?' if meant else '.'}")
    counting = _counting([layer for layer in used if here[id(layer)] is not _NOTHING], here)
    said: list[Said] = []
    for level in LEVELS:
        there = [layer for layer in layers if layer.level == level]
        said.extend(_said(layer, path, here[id(layer)], id(layer) in counting) for layer in there)
        if not there:
            said.append(Said(level, None, None, None, given=False, value=None, in_force=False))
    return Explanation(path, value_at(merged(layer.tree for layer in used), path), tuple(said))


def _said(layer: Layer, path: Path, value: Any, in_force: bool) -> Said:
    given = value is not _NOTHING
    line = layer.said.line(path) if given and layer.file is not None else None
    return Said(layer.level, layer.source, layer.file, line, given, value if given else None, in_force)


def _counting(layers: Sequence[Layer], here: Mapping[int, Any]) -> set[int]:
    """Return which layers have a part of the key that no stronger one has."""
    counting: set[int] = set()
    taken: set[Path] = set()
    for layer in reversed(layers):
        found = [path for path, _ in leaves(here[id(layer)])]
        if any(not any(path[:length] in taken for length in range(len(path) + 1)) for path in found):
            counting.add(id(layer))
        taken.update(found)
    return counting


def _at(tree: object, path: Path) -> Any:
    for step in path:
        if isinstance(tree, Mapping) and step in tree:
            tree = cast("Mapping[str, Any]", tree)[str(step)]
        elif isinstance(tree, list) and isinstance(step, int) and step < len(cast("list[Any]", tree)):
            tree = cast("list[Any]", tree)[step]
        else:
            return _NOTHING
    return tree


def _path(key: str, trees: Sequence[object]) -> Path:
    """Return the path a person means: names with dots in them need no quotes where a level knows them."""
    pieces = steps(key)
    path: list[str | int] = []
    while pieces:
        known = {name for tree in trees for name in _names(_at(tree, tuple(path)))}
        length = next((n for n in range(len(pieces), 1, -1) if _joined(pieces[:n]) in known), 1)
        path.append(pieces[0] if length == 1 else _joined(pieces[:length]))
        del pieces[:length]
    return tuple(path)


def _nearest(path: Path, trees: Sequence[object]) -> Path | None:
    """Return the key that was probably meant, up to the first piece that no level has."""
    for length in range(len(path)):
        if all(_at(tree, path[: length + 1]) is _NOTHING for tree in trees):
            known = {name for tree in trees for name in _names(_at(tree, path[:length]))}
            near = get_close_matches(str(path[length]), sorted(known), 1)
            return (*path[:length], *near) if near else None
    return None


def _joined(pieces: Sequence[str | int]) -> str:
    return ".".join(map(str, pieces))


def _names(tree: object) -> Iterator[str]:
    if isinstance(tree, Mapping):
        yield from cast("Mapping[str, Any]", tree)
