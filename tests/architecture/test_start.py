"""What a start loads and leaves alone: what most servers never need is not in their memory."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RARE = {
    "alembic",  # a store that is up to date
    "cryptography",  # nothing is sealed
    "genai_prices",  # nothing beyond this machine
    "httpx2",
    "keyring",
    "prometheus_client",
    "psycopg",
    "pydantic.v1",  # the framework asks for it with the first field it makes
    "rich",
    "sqlalchemy.dialects.postgresql",
    "webbrowser",
    "yaml",
}
SERVE = """
import gc, http.client, json, os, signal, sys, threading
from mecum.edges.cli import serving
from mecum.settings import load_settings

def look():
    connection = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=10)
    connection.request("GET", "/api/v1/health/ready")
    status = connection.getresponse().status
    for thread in threading.enumerate():
        if thread.name == "prices":
            thread.join()
    found = {"status": status, "modules": [*sys.modules], "collects": gc.isenabled(), "kept": gc.get_freeze_count()}
    print(json.dumps(found))
    os.kill(os.getpid(), signal.SIGINT)

listener = serving.listen("127.0.0.1", 0)
serving.serve(load_settings(), listener, threading.Thread(target=look).start)
"""


def served(folder: Path, url: str = "http://127.0.0.1:9/v1") -> dict[str, Any]:
    """Serve until the server says that it is ready; return what it is by then."""
    endpoint = {"name": "up", "wire": "openai", "base_url": url}
    settings = {"MECUM_DATA": str(folder), "MECUM_STORAGE__KEY": "none", "MECUM_MODELS__OLLAMA_URL": ""}
    environment = {**os.environ, **settings, "MECUM_MODELS__ENDPOINTS": json.dumps([endpoint])}
    command = [sys.executable, "-c", SERVE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=50, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["status"] == 200
    return found


@pytest.mark.slow
def test_a_start_loads_nothing_that_few_need(tmp_path: Path) -> None:
    served(tmp_path)
    found = served(tmp_path)
    assert RARE & {*found["modules"]} == set()
    assert found["collects"]
    assert found["kept"] > 100_000


@pytest.mark.slow
def test_prices_are_read_where_a_model_server_lies_beyond_this_machine(tmp_path: Path) -> None:
    assert "genai_prices" in served(tmp_path, "https://models.example.org/v1")["modules"]
