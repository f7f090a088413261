"""What became of a change of many things at once."""

from collections.abc import Sequence
from typing import Any

from mecum.edges.cli import render
from mecum.edges.cli.client import Client
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


def purged(client: Client, kind: str, chosen: Sequence[str]) -> dict[str, Any]:
    """Delete things of a kind for ever with one request; raises Refusal where none of them could go."""
    done: dict[str, Any] = client.ask("POST", f"/{kind}/batches", {"action": "purge", "ids": list(chosen)})
    require_changed(done)
    return done


def left(names: tuple[str, ...], done: dict[str, Any]) -> str:
    """Return those of the names that were not skipped, as a sentence has them."""
    skipped = {item["id"] for item in done["skipped"]}
    return ", ".join(name for name in dict.fromkeys(names) if name not in skipped)
