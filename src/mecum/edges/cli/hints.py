"""The command that is the way out of a refusal: the server's sentences are for every surface, and name none."""

from collections.abc import Callable, Mapping
from typing import Any, Final

_Details = Mapping[str, Any]


def _egress(details: _Details) -> str | None:
    if details.get("reason") == "local_only":
        return "mecum privacy policy ask"
    endpoint = details.get("endpoint")
    return f"mecum privacy consent {endpoint}" if endpoint else "mecum privacy consents"


def _restore(details: _Details) -> str:
    return f"mecum trash restore {details.get('conversation_id') or 'NAME'}"


_WAYS: Final[Mapping[str, Callable[[_Details], str | None]]] = {
    "conversation.in_trash": _restore,
    "egress.denied": _egress,
    "profile.broken": lambda _: "mecum profiles validate",
    "profile.ambiguous": lambda _: "mecum profiles list",
    "model.ambiguous": lambda _: "mecum models list",
    "model.swap_off": lambda _: "mecum config set hot_swap true",
    "model.no_embedder": lambda _: "mecum models pull ollama:NAME",
    "pull.redirected": lambda _: "mecum models pull --allow-host HOST",
}


def way_out(problem: Mapping[str, Any]) -> str | None:
    """Return the command to try after a refusal; None where there is none to name."""
    way = _WAYS.get(str(problem.get("code")))
    details: object = problem.get("details")
    return None if way is None else way(details if isinstance(details, Mapping) else problem)  # pyright: ignore[reportUnknownArgumentType]
