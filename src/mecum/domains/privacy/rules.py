"""What may leave, as far as it needs no database: places, modes, and who may be asked."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import urlsplit

Mode = Literal["local_only", "ask", "cloud_unless_sensitive"]
"""Nothing beyond this machine and the private addresses that were named; what somebody agreed to; and, until there is a
classifier that tells what is sensitive, the same again."""

Obstacle = Literal["local_only", "no_consent", "unknown"]
Decision = Literal["consent", "settings", "wish"]
"""Who let a call out: a consent that was given, the settings, or a person who wished for exactly that."""
DEFAULT_MODE: Final[Mode] = "ask"
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an endpoint is: `https://host:port`, the port only where it is not the usual one.

    `relayed`: the endpoint itself is on this machine, and some of its models are answered there.
    """

    origin: str
    relayed: bool = False

    @property
    def host(self) -> str:
        """The host alone."""
        return urlsplit(self.origin).hostname or ""

    @property
    def private(self) -> bool:
        """Whether it is an address of a private network, in figures."""
        return is_private(self.origin)


@dataclass(frozen=True, slots=True)
class Stance:
    """What one organisation decided: the mode, and the origin it agreed to for each endpoint."""

    mode: Mode = DEFAULT_MODE
    consents: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which calls of the log are wanted; None wants all. `person` is an id, or `none` for the instance itself; of
    moments `since` is the first and `until` the first no more wanted."""

    host: str | None = None
    endpoint: str | None = None
    purpose: str | None = None
    data_class: str | None = None
    person: str | None = None
    mode: str | None = None
    decision: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@lru_cache(maxsize=1024)
def origin_of(url: str) -> str:
    """Return scheme, host and port of a web address, in one spelling."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    port = parts.port if parts.port != _PORTS.get(parts.scheme) else None
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


@lru_cache(maxsize=1024)
def is_private(origin: str) -> bool:
    """Whether the host is a private address in figures; a name may lead anywhere and is never one."""
    try:
        address = ipaddress.ip_address((urlsplit(origin).hostname or "").partition("%")[0])
    except ValueError:
        return False
    return address.is_private and not address.is_unspecified and not address.is_loopback


def obstacle(mode: Mode, origin: str, *, agreed: bool) -> Obstacle | None:
    """Return what stands against connecting to `origin`, which somebody agreed to or not; None when nothing does."""
    if mode == "local_only" and not is_private(origin):
        return "local_only"
    return None if agreed else "no_consent"


def refusal(found: Obstacle, host: str, endpoint: str | None) -> str:
    """Return the sentence for an obstacle, with the way out."""
    if found == "local_only":
        return (
            f"{host} is beyond this machine, and the policy is local only. Choose a model of this machine, or change "
            "the policy under Privacy."
        )
    if found == "no_consent" and endpoint is not None:
        return f"Nobody agreed yet that anything is sent to {endpoint} ({host}). Agree to it under Privacy first."
    return f"Nobody allowed this machine to connect to {host}. Name it as a model server first, under Models."
