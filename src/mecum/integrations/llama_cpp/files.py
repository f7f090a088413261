"""The GGUF files of this machine: found, read once, sized."""

import asyncio
from pathlib import Path
from typing import Final

import psutil

from mecum.integrations.llama_cpp.gguf import BadModelFile, Gguf, read

SUFFIX: Final = ".gguf"
_OVERHEAD: Final = 256 * 1024 * 1024
_LARGEST_CONTEXT: Final = 32_768
_SMALLEST_CONTEXT: Final = 2048
_STEP: Final = 256


class Files:
    """What the files say, read again only when one changed."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, int], Gguf] = {}

    async def facts(self, path: Path) -> Gguf:
        """Return what the file at `path` says; raises BadModelFile."""
        return await asyncio.to_thread(self.read, path)

    def read(self, path: Path) -> Gguf:
        """As `facts`, in this thread."""
        mark = (path, self.changed(path))
        if mark not in self._known:
            self._known[mark] = read(path)
        return self._known[mark]

    def changed(self, path: Path) -> int:
        """Return the file's time stamp in nanoseconds; raises BadModelFile when it is gone."""
        try:
            return path.stat().st_mtime_ns
        except OSError as error:
            raise BadModelFile(f"{path.name} cannot be read: {error.strerror}.") from error


def inside(folder: Path) -> list[Path]:
    """Return the model files in `folder`, in the order of their names."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() == SUFFIX and path.is_file())


def need(facts: Gguf, context_length: int) -> int:
    """Return how many bytes a loaded model takes: weights, key-value cache, and what computing needs."""
    return facts.size + facts.cache_bytes_per_token * context_length + _OVERHEAD


def fitting_context(facts: Gguf, memory: int | None = None) -> int:
    """Return the context length to load with, in tokens: the model's own, unless half of the memory is less."""
    own = facts.context_length or _LARGEST_CONTEXT
    total = psutil.virtual_memory().total if memory is None else memory
    room = (total // 2 - facts.size) // max(facts.cache_bytes_per_token, 1) // _STEP * _STEP
    return min(own, _LARGEST_CONTEXT, max(room, _SMALLEST_CONTEXT))
