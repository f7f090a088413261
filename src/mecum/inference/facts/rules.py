"""What is known of a model in sentences: where it is, what it reads at once, how long it stays, what it costs."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from mecum.inference.keeping import Kept
from mecum.inference.ports import ModelInfo
from mecum.inference.pricing import ModelPrice
from mecum.inference.windows import Window

_UNITS: Final = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_WIRES: Final = {"ollama": "Ollama", "openai": "OpenAI's wire", "anthropic": "Anthropic", "google": "Google"}
_STAYS: Final = {
    "asked": "as was asked when it was loaded; until it is unloaded",
    "configuration": "as its configuration says",
    "settings": "as the settings of this server say",
    "server": "as is usual where nobody says otherwise",
}


def place(info: ModelInfo, address: str | None, relay: str | None, members: Sequence[str]) -> str:
    """Return where a model is."""
    if info.provider == "builtin":
        return "It is built in and needs no server."
    if info.provider == "pool":
        return f"A pool of {len(members)}: each request goes to the one that will answer it soonest."
    if info.provider == "llama_cpp":
        return "A file of this machine, run by llama.cpp in a process of its own."
    host = urlsplit(address or "").hostname or info.endpoint
    if relay is not None:
        return f"{_wire(info)} on this machine lists it, and passes on what is asked of it to {_host(relay)}."
    where = "this machine" if info.local else host
    if info.provider == "ollama":
        return f"Ollama on {where} serves it."
    return f"{where[:1].upper()}{where[1:]} serves it, by {_wire(info)}."


def _wire(info: ModelInfo) -> str:
    return _WIRES.get(info.provider, info.provider)


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def reads(window: Window, info: ModelInfo) -> str:
    """Return how a window comes about."""
    if window.tokens is None:
        return "Nobody says. Say it as `context_length`, or what is too long may be cut unseen."
    match window.source:
        case "sent":
            return "Asked for with each message, as large as message and answer need, up to that."
        case "started":
            return "Its process is started with that."
        case "configured":
            told = info.window_from in ("sent", "started")
            return "You said so; no more is asked for." if told else "You said so; its server is not asked."
        case "learned":
            return "Its server refused more, and named this."
        case "table":
            return "That of a well-known model of this name; its server may serve less."
        case "model":
            return "What it was made for; its server may have been given less."
        case _:
            return "Its server says so."


def takes(info: ModelInfo, reason: str | None) -> str | None:
    """Return whether a model fits, for whom nothing speaks of it; None where that is not known."""
    if reason is not None or info.memory_bytes is not None:
        return reason
    if not info.local:
        return "It runs elsewhere, and takes nothing of this machine's memory."
    return "It takes no memory of its own." if info.provider in ("builtin", "pool") else "Nobody says what it takes."


def stays(kept: Kept) -> str:
    """Return how long a model stays in memory."""
    why = _STAYS[kept.source]
    if kept.seconds is None:
        return "As long as what loads it keeps it by itself."
    if kept.seconds < 0:
        return f"For ever, {why}."
    return f"{'Not at all' if kept.seconds == 0 else length(kept.seconds)}, {why}."


def length(seconds: float) -> str:
    """Return a length of time in words: its two largest units."""
    words: list[str] = []
    rest = seconds
    for size, name in _UNITS:
        count = int(rest // size)
        rest -= count * size
        if count:
            words.append(f"{count} {name}{'' if count == 1 else 's'}")
    return " ".join(words[:2]) or f"{seconds:g} seconds"


def costs(info: ModelInfo, price: ModelPrice | None) -> str:
    """Return where a price is from, or why there is none."""
    if price is not None:
        day = "" if price.table_date is None else f", of {price.table_date.isoformat()}"
        return f"From the table {price.table}{day}, which has it from {price.source}."
    if info.provider == "pool":
        return "What the member that answers costs."
    if info.local:
        return "It runs on this machine: nobody is paid for it."
    return "No table here has its price: what it costs is unknown, not nothing."
