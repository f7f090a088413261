"""How far a job is, as everybody shows it, whatever else its kind keeps there."""

from typing import Any, cast


def shown(progress: Any) -> dict[str, Any]:
    """Return `{says, done, of}`: what it is doing, and how much of how much; null where that is not known."""
    known = _known(progress)
    return {name: known.get(name) for name in ("says", "done", "of")}


def detail_in(progress: Any) -> str | None:
    """Return the sentence about what went wrong that a kind leaves there, if it does."""
    said = _known(progress).get("detail")
    return said if isinstance(said, str) else None


def _known(progress: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", progress) if isinstance(progress, dict) else {}
