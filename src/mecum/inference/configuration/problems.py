"""One thing that is wrong with a configuration: where it stands, what it is, and the word that was probably meant."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mecum.inference.configuration.errors import ConfigurationInvalid
from mecum.kernel.errors import MecumError

Path = tuple[str | int, ...]
"""The way to a value: keys of objects, places in lists."""
Place = tuple[int, int]
"""Line and column, both from 1."""
Locate = Callable[[Path], Place | None]
"""Says where in its text a path stands; for what does not stand there, where its nearest ancestor does."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9_$-]+")
_STEP: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|\[(\d+)\]|([^.\["]+)')


@dataclass(frozen=True, slots=True)
class Problem:
    """`message` is a sentence; `nearest` the right word, where one is near. A warning keeps nothing from counting."""

    error: type[MecumError]
    message: str
    path: Path = ()
    file: str | None = None
    line: int | None = None
    column: int | None = None
    nearest: str | None = None
    warning: bool = False

    @property
    def code(self) -> str:
        """The stable code."""
        return self.error.code

    @property
    def where(self) -> str:
        """File, line and key, as far as they are known."""
        at = self.file or ""
        if self.line is not None:
            at = f"{at}:{self.line}" if at else f"line {self.line}"
        return ": ".join(part for part in (at, dotted(self.path)) if part)

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return f"{self.where}: {self.message}" if self.where else self.message

    def view(self) -> dict[str, Any]:
        """Return it as the wire shows it."""
        return {
            "code": self.code,
            "message": self.message,
            "key": dotted(self.path),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "nearest": self.nearest,
            "warning": self.warning,
        }


def dotted(path: Path) -> str:
    """Return a path as people write it: `model_profiles."llama3.1:8b".capabilities`, `preferred[0]`."""
    written = ""
    for step in path:
        if isinstance(step, int):
            written += f"[{step}]"
        else:
            plain = step if _PLAIN.fullmatch(step) else '"' + step.replace("\\", "\\\\").replace('"', '\\"') + '"'
            written += f".{plain}" if written else plain
    return written


def steps(key: str) -> list[str | int]:
    """Return the pieces of a dotted key; what stood in quotes or between dots is one piece each."""
    found: list[str | int] = []
    for quoted, index, plain in _STEP.findall(key):
        if index:
            found.append(int(index))
        elif plain:
            found.append(plain)
        else:
            found.append(re.sub(r"\\(.)", r"\1", quoted))
    return found


def value_at(tree: object, path: Path) -> object | None:
    """Return what stands at `path`, or None."""
    for step in path:
        if isinstance(tree, Mapping):
            tree = tree.get(step)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        elif isinstance(tree, list) and isinstance(step, int) and step < len(tree):  # pyright: ignore[reportUnknownArgumentType]
            tree = tree[step]  # pyright: ignore[reportUnknownVariableType]
        else:
            return None
    return tree  # pyright: ignore[reportUnknownVariableType]


def refuse(problems: Sequence[Problem]) -> None:
    """Raise what the problems come to, unless all of them are warnings: one is raised as itself."""
    faults = [problem for problem in problems if not problem.warning]
    if not faults:
        return
    errors = [{"path": fault.where, "message": fault.message} for fault in faults]
    views = [fault.view() for fault in faults]
    if len(faults) == 1:
        raise faults[0].error(faults[0].error.__doc__, errors=errors, problems=views)
    raise ConfigurationInvalid(
        f"{len(faults)} things are wrong with this configuration.", errors=errors, problems=views
    )
