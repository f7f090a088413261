"""What became of a change of many things at once."""

from typing import Any

from mecum.edges.cli import render
from mecum.edges.cli.outcome import Refusal


def require_changed(done: dict[str, Any]) -> None:
    """Say what was skipped and why; raises Refusal where nothing changed for that."""
    skipped: list[dict[str, Any]] = done["skipped"]
    if skipped and not done["changed"]:
        reasons = " ".join(f"{item['id']}: {item['message']}" for item in skipped)
        code = str(skipped[0]["code"])
        raise Refusal({"code": code, "detail": reasons}, "not_found" if code.endswith("not_found") else "conflict")
    for item in skipped:
        render.notice(f"{item['id']}: {item['message']}")


def left(names: tuple[str, ...], done: dict[str, Any]) -> str:
    """Return those of the names that were not skipped, as a sentence has them."""
    skipped = {item["id"] for item in done["skipped"]}
    return ", ".join(name for name in dict.fromkeys(names) if name not in skipped)
