"""Chooses the way: the server named, else the server of the data folder, else the folder itself."""

from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Final

from mecum.edges.cli import lock
from mecum.edges.cli.client import Client
from mecum.edges.cli.inprocess import InProcessWire
from mecum.edges.cli.options import Options
from mecum.edges.cli.outcome import Refusal
from mecum.edges.cli.remote import Address, RemoteWire, address
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

if TYPE_CHECKING:
    from mecum.settings import Settings

_STARTING_SECONDS: Final = 3.0
_PROBE_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 0.1


def connect(options: Options) -> Client:
    """Return the client for this call, not yet opened; raises what reading the settings raises."""
    if options.server is not None:
        return _named(options, options.server)
    settings = load(options)
    if answering(settings.data_dir) is not None:
        return Client(RemoteWire(lambda: _holder_address(settings.data_dir)))
    return _opened(settings)


def load(options: Options, **flags: object) -> "Settings":
    """Return the settings of this call: the common flags and `flags` over environment, file and defaults."""
    from mecum.settings import load_settings  # noqa: PLC0415 - help and completion need no settings

    return load_settings({**options.flags, **flags}, options.config)


def answering(folder: Path) -> lock.Holder | None:
    """Return the server that holds `folder` and answers; one that is just starting is given a moment."""
    deadline = clock.monotonic() + _STARTING_SECONDS
    while True:
        found = lock.holder(folder)
        if found is None or not found.url:
            # A holder without an address is another command like this one: it is waited for when the folder is opened.
            return None
        if healthy(Address(found.url, found.token)):
            return found
        if clock.monotonic() > deadline:
            # Either it hangs, or its number now belongs to another program: opening the folder will tell.
            return None
        sleep(_PAUSE_SECONDS)


def healthy(where: Address) -> bool:
    """Whether the server at `where` answers, and knows our token: another server may have its port by now."""
    try:
        with Client(RemoteWire(lambda: where)) as client:
            client.ask("GET", "/system", timeout=_PROBE_SECONDS)
    except (MecumError, Refusal):
        return False
    return True


def _named(options: Options, url: str) -> Client:
    where = address(url, options.key or _own_token(options, url))
    return Client(RemoteWire(lambda: where))


def _own_token(options: Options, url: str) -> str | None:
    """Return the local token when `url` is the server of our own data folder."""
    found = lock.holder(load(options).data_dir)
    return found.token if found is not None and found.url.rstrip("/") == address(url, None).url else None


def _holder_address(folder: Path) -> Address:
    found = lock.present(folder)
    return Address(found.url.rstrip("/"), found.token)


def _opened(settings: "Settings") -> Client:
    from mecum.edges.http.application import build_app  # noqa: PLC0415 - a running server makes it unneeded

    return Client(InProcessWire(build_app(settings, listening=False), str(settings.data_dir)))
