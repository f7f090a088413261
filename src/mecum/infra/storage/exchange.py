"""Putting other content into a data folder in one go: what is killed in the middle is finished at the next start."""

import os
import shutil
from pathlib import Path
from typing import Final

from mecum.kernel import clock

STAGED: Final = ".restore"
_READY: Final = "ready"
_CONTENT: Final = "content"
_STORE: Final = ("mecum.db-wal", "mecum.db-shm", "mecum.db")
"""In this order: a log must not be left beside a file it does not belong to."""


def stage(folder: Path) -> Path:
    """Return a new empty folder for the content to come; what an earlier attempt left is removed."""
    shutil.rmtree(folder / STAGED, ignore_errors=True)
    content = folder / STAGED / _CONTENT
    content.mkdir(mode=0o700, parents=True)
    return content


def discard(folder: Path) -> None:
    """Remove what was staged."""
    shutil.rmtree(folder / STAGED, ignore_errors=True)


def commit(folder: Path) -> Path:
    """Let the staged content count; return the folder that keeps what it replaced."""
    kept = "kept-" + "".join(sign for sign in clock.iso(clock.milliseconds()) if sign.isdigit())
    _sync_all(folder / STAGED)
    ready = folder / STAGED / _READY
    draft = ready.with_suffix(".new")
    draft.write_text(kept)
    _sync(draft)
    draft.replace(ready)
    _sync(ready.parent)
    return finish(folder) or folder / kept


def finish(folder: Path) -> Path | None:
    """Finish what `commit` began, if anything; return the folder that keeps what was replaced."""
    ready = folder / STAGED / _READY
    if not ready.exists():
        return None
    kept, content = folder / ready.read_text(), folder / STAGED / _CONTENT
    kept.mkdir(mode=0o700, exist_ok=True)
    coming = sorted(path.name for path in content.iterdir())
    if _STORE[-1] in coming:
        for name in _STORE:
            _aside(folder / name, kept / name)
    for name in coming:
        _aside(folder / name, kept / name)
        (content / name).replace(folder / name)
    _sync(folder)
    shutil.rmtree(folder / STAGED)
    return kept


def _aside(path: Path, kept: Path) -> None:
    # What is there already is the old one: the name now stands for what came.
    if path.exists() and not kept.exists():
        path.replace(kept)


def _sync_all(folder: Path) -> None:
    for root, _, files in os.walk(folder):
        for name in files:
            _sync(Path(root) / name)
        _sync(Path(root))


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
