"""What `mecum doctor` looks at, here and through the application; each finding says how to mend it."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final

from mecum.edges.cli import lock, upkeep
from mecum.edges.cli.client import Client
from mecum.edges.cli.connect import connect, healthy, load
from mecum.edges.cli.loop import Loop
from mecum.edges.cli.machine import brief
from mecum.edges.cli.options import Options
from mecum.edges.cli.outcome import Refusal
from mecum.edges.cli.remote import Address, OwnServer
from mecum.edges.cli.terminal import State
from mecum.edges.cli.upkeep import Finding
from mecum.infra.net import Net, Outgoing
from mecum.kernel.errors import MecumError

_PYTHON: Final = (3, 11)
_SCARCE_BYTES: Final = 2_000_000_000
_FULL_BYTES: Final = 200_000_000
_SCARCE_MEMORY: Final = 500_000_000
_REMEDIES: Final[dict[State, str]] = {
    "error": "What was in force before is so still; correct the file, and `mecum config validate` says when it holds.",
    "warning": "It counts as it stands; `mecum config validate` says when nothing is left of this.",
}
_EXTRAS: Final = (
    ("llama", "xllamacpp", "GGUF files"),
    ("postgres", "psycopg", "PostgreSQL"),
)


def examine(options: Options) -> Iterator[Finding]:
    """Yield the findings one by one; never raises what a check may meet."""
    yield python()
    yield page()
    yield from extras()
    if options.server is None:
        try:
            settings = load(options)
        except MecumError as error:
            yield Finding("error", "settings", error.message, "Correct the settings file or the MECUM_ variables.")
            return
        yield folder(settings.data_dir)
        yield server(settings.data_dir)
        yield from upkeep.inspect(settings)
    yield from application(options)


def mend(finding: Finding) -> None:
    """Do what a finding's remedy says; raises OSError."""
    if finding.mend is not None:
        finding.mend()


def python() -> Finding:
    """Check the version of Python."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _PYTHON:
        return Finding("error", "Python", version, "Install Python 3.11 or newer and set Mecum up again with it.")
    return Finding("ok", "Python", version)


def page() -> Finding:
    """Check that the page is part of this installation."""
    if resources.files("mecum.infra").joinpath("web", "page", "index.html").is_file():
        return Finding("ok", "page", "built")
    return Finding("error", "page", "not built", "Run `make setup`, or install a released package.")


def extras() -> Iterator[Finding]:
    """Say which optional parts are installed."""
    for name, module, what in _EXTRAS:
        there = importlib.util.find_spec(module) is not None
        says = "installed" if there else f"not installed; `pip install 'mecum[{name}]'` adds it"
        yield Finding("ok", f"{what} ({name})", says)


def folder(path: Path) -> Finding:
    """Check that the data folder can be written to and has room."""
    nearest = next(parent for parent in (path, *path.parents) if parent.exists())
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        return Finding(
            "error",
            "data folder",
            f"{path} cannot be written to",
            f"Give yourself rights on {nearest}, or choose another folder with --data.",
        )
    free = shutil.disk_usage(nearest).free
    says = f"{path}, {free / 1e9:.1f} GB free"
    if free < _FULL_BYTES:
        return Finding("error", "data folder", says, "Free some disk space: below 0.2 GB answers may not be kept.")
    if free < _SCARCE_BYTES:
        return Finding("warning", "data folder", says, "Free some disk space soon.")
    return Finding("ok", "data folder", says)


def server(path: Path) -> Finding:
    """Check who holds the data folder."""
    held = lock.holder(path)
    if held is None or not held.url:
        return Finding("ok", "server", "not running; commands open the data folder themselves")
    if healthy(Address(held.url.rstrip("/"), held.token)):
        return Finding("ok", "server", f"running at {held.url} (process {held.pid})")
    remedy = f"Wait a moment; if it stays so, end process {held.pid} and start `mecum serve` again."
    return Finding("error", "server", f"process {held.pid} holds the folder and does not answer at {held.url}", remedy)


def application(options: Options) -> Iterator[Finding]:
    """Check what only the opened application knows."""
    try:
        with connect(options) as client:
            yield from _inside(client, load(options).models.ollama_url if client.local else None)
    except (MecumError, Refusal, OSError) as error:
        yield Finding(
            "error",
            "application",
            str(error),
            "The sentence above says what it needs; then run `mecum doctor` again.",
        )


def _inside(client: Client, ollama_at: str | None) -> Iterator[Finding]:
    client.get("/health/ready")
    system = client.get("/system")
    yield Finding("ok", "version", f"{system['version']}")
    yield Finding("ok", "database", f"{system['database']}, opens and is sound")
    yield encryption(system)
    yield machine(client.get("/hardware"))
    yield from models(client.get("/models"), None if ollama_at is None else ollama(ollama_at))
    yield from configuration(client.get("/config"))
    yield recent_errors(client.get("/errors")["items"])


def encryption(system: dict[str, Any]) -> Finding:
    """Say how the store is encrypted."""
    if system["database"] == "postgresql":
        remedy = "Message text relies on the encryption of the database server's disk: see to that."
        return Finding("warning", "encryption", "left to PostgreSQL's disk", remedy)
    if system["encryption"] == "none":
        remedy = "Who can read the disk can read your conversations: choose a key in the settings, or encrypt the disk."
        return Finding("warning", "encryption", "the store is not encrypted", remedy)
    return Finding("ok", "encryption", f"the store is encrypted (key: {system['encryption'].replace('_', ' ')})")


def machine(found: dict[str, Any]) -> Finding:
    """Say what the machine is, and whether it is short of memory."""
    says = brief(found)
    if found["memory"]["available"] < _SCARCE_MEMORY:
        return Finding("warning", "machine", says, "End other programs, or raise the container's limit of memory.")
    return Finding("ok", "machine", says)


def configuration(found: dict[str, Any]) -> Iterator[Finding]:
    """Name what is wrong with the configuration of models."""
    for problem in found["problems"]:
        place = f"{problem['file'] or ''}{':' + str(problem['line']) if problem['line'] else ''}"
        says = ": ".join(part for part in (place, problem["key"], problem["message"]) if part)
        state: State = "warning" if problem["warning"] else "error"
        yield Finding(state, "configuration", says, _REMEDIES[state])
    if not found["problems"]:
        there = ", ".join(file["name"] for file in found["files"] if file["exists"])
        yield Finding("ok", "configuration", there or "none written; the defaults hold")


def models(listing: dict[str, Any], ollama_runs: bool | None) -> Iterator[Finding]:
    """Check for a language model, and say whether Ollama runs (None where it cannot be told)."""
    usable = [item for item in listing["items"] if item["available"] and item["provider"] != "builtin"]
    if ollama_runs is not None:
        yield Finding("ok", "Ollama", "running" if ollama_runs else "not running on this machine")
    yield from too_large(usable)
    if not usable:
        remedy = (
            "Start Ollama, connect a server with `mecum models add-endpoint`, or put a GGUF file in the models folder."
        )
        yield Finding("warning", "models", "no language model; only the built-in responder answers", remedy)
        return
    default: dict[str, Any] = listing.get("default") or {}
    says = f"{len(usable)}; {default.get('ref')} answers by itself ({default.get('reason')})"
    yield Finding("ok", "models", says)


def too_large(usable: list[dict[str, Any]]) -> Iterator[Finding]:
    """Name the models that do not fit into the memory that is free."""
    for item in usable:
        if item.get("fits") is False:
            remedy = "Free some memory, ask for less context (`models.context_length`), or use a smaller model."
            yield Finding("warning", item["ref"], item["fit_reason"], remedy)


def ollama(url: str) -> bool:
    """Whether Ollama answers where it is looked for on this machine."""
    asked = Outgoing("GET", f"{url}/api/version", purpose="doctor", timeout=2, connect_timeout=1)

    async def probe() -> bool:
        net = Net(OwnServer())
        try:
            return (await net.fetch(asked)).status == 200
        except MecumError:
            return False
        finally:
            await net.close()

    with Loop() as loop:
        return loop.run(probe())


def recent_errors(items: list[dict[str, Any]]) -> Finding:
    """Say which faults were met lately."""
    if not items:
        return Finding("ok", "errors", "none recorded")
    worst = max(items, key=lambda item: item["count"])
    says = f"{len(items)} kinds recorded, {worst['code']} {worst['count']} times, last {worst['last_at']}"
    return Finding("warning", "errors", says, f"{worst['code']}: {worst['message']}")
