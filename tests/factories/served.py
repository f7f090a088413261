"""The whole product behind a real socket, with the fake model server as its endpoint `up`, and OpenAI's own client."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
import pytest
import uvicorn
from openai import OpenAI

from fakes.upstream import Upstream
from mecum.edges.http.application import build_app
from mecum.edges.lines import HttpProtocol
from mecum.settings import load_settings


@dataclass(frozen=True)
class Served:
    """A running product: its address, its owner's token, and the model server behind it."""

    url: str
    token: str
    upstream: Upstream
    openai: Any
    """OpenAI's client, pointed here; not typed, as tests post what its types do not allow."""

    @property
    def http(self) -> httpx.Client:
        """A plain client."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=20)

    def post(self, path: str, body: Any) -> httpx.Response:
        """Post JSON, as it stands."""
        with self.http as http:
            return http.post(path, json=body)

    def get(self, path: str) -> Any:
        """Return the JSON at a path of the REST surface."""
        with self.http as http:
            answer = http.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def run_of(self, call_id: str) -> Any:
        """Return the run that an id of this surface stands for."""
        return self.get("/runs/run_" + call_id.rpartition("_")[2].rpartition("-")[2])

    def messages(self, conversation_id: str) -> list[Any]:
        """Return the messages of a conversation."""
        return self.get(f"/conversations/{conversation_id}/messages")["items"]

    def listed(self) -> list[str]:
        """Return the ids of the conversations in the list."""
        return [one["id"] for one in self.get("/conversations?limit=200")["items"]]

    def asked(self) -> Any:
        """Return the body of the last request to the model server."""
        return self.upstream.answers()[-1].json

    def settled(self, call_id: str, seconds: float = 10) -> Any:
        """Wait until a run is over, and return it."""
        until = time.monotonic() + seconds
        while (run := self.run_of(call_id))["finished_at"] is None:
            assert time.monotonic() < until, run
            time.sleep(0.02)
        return run


@pytest.fixture(scope="module")
def model_server() -> Iterator[Upstream]:
    """Return a model server for all tests of a module."""
    with Upstream() as server:
        yield server


@pytest.fixture(scope="module")
def product(model_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return the running product for all tests of a module."""
    folder = tmp_path_factory.mktemp("product")
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    settings = load_settings(
        {
            "data_dir": str(folder / "data"),
            "server": {"port": port, "max_upload_mb": 64},
            "storage": {"key": "none"},
            "models": {
                "ollama_url": None,
                "local_servers": [],
                "folder": str(folder / "no-models"),
                "endpoints": [{"name": "up", "base_url": f"{model_server.url}/v1"}],
            },
        }
    )
    app = build_app(settings)
    server = uvicorn.Server(
        uvicorn.Config(app, lifespan="on", http=HttpProtocol, ws="none", log_level="error", access_log=False)
    )
    thread = threading.Thread(target=server.run, args=([listening],), name="product", daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    assert server.started
    url, token = f"http://127.0.0.1:{port}", app.state.local_token
    with OpenAI(base_url=f"{url}/v1", api_key=token, max_retries=0, timeout=20) as client:
        yield Served(url, token, model_server, client)
    server.should_exit = True
    thread.join(timeout=20)


@pytest.fixture
def served(product: Served) -> Served:
    """Return the running product, its model server without scripts."""
    product.upstream.reset()
    return product
