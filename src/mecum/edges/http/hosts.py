"""By which names the server may be addressed, and from which pages: what keeps other sites' scripts out.

A page of another site can make its own name point to this machine (DNS rebinding), and can send requests anywhere. The
first is stopped by the Host header, which then holds that name; the second by the Origin header.
"""

import ipaddress
from collections.abc import Sequence
from typing import Final, TypeVar
from urllib.parse import urlsplit

Key = TypeVar("Key")
_MOST_REMEMBERED: Final = 1024
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


class Hosts:
    """The names this server answers to. Answers are remembered, as the same few come with every request."""

    def __init__(self, bound_to: str, allowed: Sequence[str] = (), public_url: str | None = None) -> None:
        self._bound_beyond = not _is_loopback(bound_to)
        self._names = {name.lower() for name in allowed if not name.startswith("*.")} | {bound_to.lower()}
        self._suffixes = (*[name[1:].lower() for name in allowed if name.startswith("*.")], ".localhost")
        self._public = public_url
        if public_url is not None:
            self._names.add((urlsplit(public_url).hostname or "").lower())
        self._hosts: dict[bytes, bool] = {}
        self._origins: dict[tuple[bytes, bytes], bool] = {}

    def allows(self, host: bytes) -> bool:
        """Whether a Host header names this server."""
        answer = self._hosts.get(host)
        if answer is None:
            answer = _remember(self._hosts, host, self._allows(_name_of(host)))
        return answer

    def allows_origin(self, origin: bytes, host: bytes) -> bool:
        """Whether a page of `origin` may change things at `host`: only this server's own pages may."""
        answer = self._origins.get((origin, host))
        if answer is None:
            answer = _remember(self._origins, (origin, host), self._is_own(origin, host))
        return answer

    def _allows(self, name: str) -> bool:
        if name in self._names or name == "localhost" or name.endswith(self._suffixes):
            return bool(name)
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        # An address in figures cannot be made to point elsewhere; beyond loopback it is how a home network calls us.
        return address.is_loopback or self._bound_beyond

    def _is_own(self, origin: bytes, host: bytes) -> bool:
        said = origin.decode("latin-1").lower()
        if self._public is not None and said == _origin_of(self._public):
            return True
        scheme, separator, place = said.partition("://")
        # The scheme is not compared: a proxy may have taken TLS off.
        default = _DEFAULT_PORTS.get(scheme)
        if not separator or default is None:
            return False
        return place.removesuffix(default) == host.decode("latin-1").lower().removesuffix(default)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower().removesuffix(_DEFAULT_PORTS[parts.scheme])


def _name_of(host: bytes) -> str:
    try:
        parts = urlsplit("//" + host.decode("ascii"))
        # Reading the port checks that it is one.
        name = parts.hostname if parts.port is None or parts.port >= 0 else None
    except ValueError:
        return ""
    plain = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return (name or "").rstrip(".") if plain else ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _remember(memory: dict[Key, bool], key: Key, answer: bool) -> bool:
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()
    memory[key] = answer
    return answer
