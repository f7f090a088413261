"""A true Mecum in a process of its own on a free port, for the browser tests."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from mecum.kernel import clock

MARK = "Mecum is at "


@dataclass
class House:
    """The server and a client of its REST surface, signed in as the page is."""

    data: Path
    port: int = 0
    url: str = ""
    environment: dict[str, str] = field(default_factory=dict[str, str])
    """Settings of this server beside those of the tests."""
    _process: "subprocess.Popen[str] | None" = None
    _headers: dict[str, str] = field(default_factory=dict[str, str])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and wait for its address; again on the same port after `stop`."""
        command = [sys.executable, "-m", "mecum", "serve", "--port", str(self.port), "--data", str(self.data)]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "MECUM_MODELS__LOCAL_SERVERS": "", **self.environment}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        self.url = self._address(self._process)
        self.port = int(self.url.rsplit(":", 1)[1])
        self._sign_in()

    def stop(self) -> None:
        """Stop the server as an operator does."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call a route below /api/v1; raises urllib.error.HTTPError for a refusal."""
        headers = {**self._headers, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            text = response.read()
        return json.loads(text) if text else None

    def reads(self, path: str, holds: Callable[[Any], bool], within: float = 15) -> Any:
        """Read a route until its answer holds, for what a page shows before it is stored; return the answer."""
        deadline = clock.monotonic() + within
        while not holds(answer := self.call("GET", path)):
            if clock.monotonic() > deadline:
                raise TimeoutError(f"{path} still says {answer}")
            time.sleep(0.05)
        return answer

    def say(self, text: str, **more: object) -> Any:
        """Send a message and return its run, settled."""
        return self.call("POST", "/runs", {"text": text, "wait": True, **more})

    def write_config(self, name: str, text: str) -> Path:
        """Write a configuration file as an editor does, and have it read."""
        path = self.data / "config" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        self.call("GET", "/config")
        return path

    def add_models(self, upstream: str) -> None:
        """Connect the fake model server and wait until its models are known."""
        self.call("POST", "/endpoints", {"name": "fake", "wire": "ollama", "base_url": upstream})
        deadline = clock.monotonic() + 15
        while not any(model["provider"] == "ollama" for model in self.call("GET", "/models")["items"]):
            if clock.monotonic() > deadline:
                raise TimeoutError("the fake models did not appear")
            time.sleep(0.1)

    def _sign_in(self) -> None:
        with urllib.request.urlopen(f"{self.url}/api/v1/session", timeout=30) as response:
            cookie = str(response.headers["Set-Cookie"]).split(";", 1)[0]
            token = json.loads(response.read())["csrf_token"]
        self._headers = {"Cookie": cookie, "X-CSRF-Token": token}

    @staticmethod
    def _address(process: "subprocess.Popen[str]") -> str:
        assert process.stdout is not None
        for line in process.stdout:
            if MARK in line:
                return line.split(MARK, 1)[1].split()[0]
        raise RuntimeError("the server ended before it was ready")
