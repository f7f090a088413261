"""The GGUF files of this machine: found, read once."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from mecum.integrations.llama_cpp.gguf import BadModelFile, Gguf, read

SUFFIX: Final = ".gguf"
_PROJECTOR: Final = "mmproj"
"""What the files that turn images into what a model reads have in their names, by llama.cpp's convention."""
_NAMELESS: Final = ("", "model")
_PRECISION: Final = re.compile(r"[-._]?(bf16|f16|f32|q\d\w*)$")


class Files:
    """What the files say, read again only when one changed."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, int], Gguf] = {}

    async def facts(self, path: Path) -> Gguf:
        """Return what the file at `path` says; raises BadModelFile."""
        return await asyncio.to_thread(self.read, path)

    def read(self, path: Path) -> Gguf:
        """As `facts`, in this thread."""
        facts = self._alone(path)
        if facts.projects or facts.embeds or facts.part:
            return facts
        projector = self._projector(path)
        if projector is None:
            return facts
        return replace(facts, projector=projector, size=facts.size + self._alone(projector).size)

    def changed(self, path: Path) -> int:
        """Return the file's time stamp in nanoseconds; raises BadModelFile when it is gone."""
        try:
            return path.stat().st_mtime_ns
        except OSError as error:
            raise BadModelFile(f"{path.name} cannot be read: {error.strerror}.") from error

    def _alone(self, path: Path) -> Gguf:
        mark = (path, self.changed(path))
        if mark not in self._known:
            self._known[mark] = read(path)
        return self._known[mark]

    def _projector(self, path: Path) -> Path | None:
        """Return the projector that lies beside the model at `path`, by its name; the smallest of several precisions.

        One without a name of its own belongs to the only model of its folder.
        """
        beside = inside(path.parent)
        projectors = [one for one in beside if _PROJECTOR in one.stem.lower()]
        alone = len(beside) - len(projectors) == 1
        named = [(_named(one), one) for one in projectors]
        fitting = [
            (len(name), -one.stat().st_size, one)
            for name, one in named
            if (alone if name in _NAMELESS else path.stem.lower().startswith(name)) and self._projects(one)
        ]
        return max(fitting)[2] if fitting else None

    def _projects(self, path: Path) -> bool:
        try:
            return self._alone(path).projects
        except BadModelFile:
            return False


def _named(projector: Path) -> str:
    """Return the name of the model a projector is for, as its own name says it: `mmproj-NAME-f16`, `NAME.mmproj`."""
    return _PRECISION.sub("", projector.stem.lower()).replace(_PROJECTOR, "").strip("-._")


def inside(folder: Path) -> list[Path]:
    """Return the model files in `folder`, in the order of their names."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() == SUFFIX and path.is_file())
