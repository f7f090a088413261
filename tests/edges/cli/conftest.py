"""A scripted Mecum behind a socket, and calls of the command line in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.command_line import Call, Ended, Pipe
from fakes.mecum_server import TOKEN, MecumServer, ScriptedApp
from mecum.edges.cli.root import run


@pytest.fixture(scope="session")
def port() -> Iterator[MecumServer]:
    """Return one server for all tests of a process."""
    with MecumServer() as running:
        yield running


@pytest.fixture
def app() -> ScriptedApp:
    """Return the scripted application."""
    return ScriptedApp()


@pytest.fixture
def server(port: MecumServer, app: ScriptedApp) -> MecumServer:
    """Return the server with this test's application behind it."""
    port.app = app
    return port


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipe]:
    """Return a function that puts bytes on standard input; until it is called there are none."""
    source = tmp_path / "stdin"
    source.write_bytes(b"")

    def write(data: bytes) -> None:
        source.write_bytes(data)

    with source.open(encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        yield write


@pytest.fixture
def mecum(capfd: pytest.CaptureFixture[str], pipe: Pipe) -> Call:
    """Return a function that runs a command line as it stands and returns how it ended."""

    def call(*words: str) -> Ended:
        code = run(words)
        captured = capfd.readouterr()
        return Ended(code, captured.out, captured.err)

    return call


@pytest.fixture
def ask(mecum: Call, server: MecumServer) -> Call:
    """Return a function that runs a command line against the scripted server."""
    return lambda *words: mecum(*words, "--server", server.url, "--key", TOKEN)
