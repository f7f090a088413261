"""Servers of this machine that pass on what is asked of some of their models: where it goes, and when it does."""

from typing import Final
from urllib.parse import urlsplit

from mecum.infra.net.client import is_loopback

OLLAMA_CLOUD: Final = "https://ollama.com"


def place_of(wire: str, base_url: str) -> tuple[str, bool]:
    """Return where an endpoint sends conversations, and whether only those of its cloud models go there."""
    relayed = wire == "ollama" and is_loopback(urlsplit(base_url).hostname or "")
    return (OLLAMA_CLOUD, True) if relayed else (base_url, False)


def relay_of(wire: str, base_url: str, *, local: bool) -> str | None:
    """Return where what is asked of one model is passed on to; `local`: it runs where its server is."""
    place, relayed = place_of(wire, base_url)
    return place if relayed and not local else None
