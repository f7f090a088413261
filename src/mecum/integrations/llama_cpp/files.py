"""The GGUF files of this machine: found, read once."""

import asyncio
from pathlib import Path
from typing import Final

from mecum.integrations.llama_cpp.gguf import BadModelFile, Gguf, read

SUFFIX: Final = ".gguf"


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
