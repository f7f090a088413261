"""A fake model server on the true wires of all vendors, on loopback, in a thread or a process of its own.

    with Upstream() as upstream:                     # the pytest fixture `upstream` does the same
        upstream.script("my-model", says("Hello", " there"))
        OpenAIChat(net, f"{upstream.url}/v1", ...)   # or Ollama at upstream.url, Google below /v1beta
        upstream.requests[-1].json; upstream.aborts; upstream.open_connections

A model without a script behaves as its name says (`fakes.steps.of_name`): `fake-ttft50-n100-itl10`,
`fake-echo`, `fake-think`, `fake-tool`, `fake-error429`, `fake-hang`, `fake-silent`, `fake-drop5`,
`fake-malformed`, `fake-nul`, `fake-surrogate`, `fake-pair`, `fake-unicode`. A name that does not begin with
`fake` and was neither added nor scripted is not found.

In a process: `python -m fakes.upstream [--port N]` prints its URL and takes POST /__script and /__reset, GET
/__stats and /__requests.
"""

import argparse
import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from fakes import ollama_wire, openai_wire, vectors
from fakes.http1 import Connection, Exchange, Received, Watch
from fakes.ollama_wire import OllamaModel
from fakes.performance import is_answer, last_text, perform, wire_of
from fakes.reading import Reader
from fakes.steps import Step, from_json, of_name
from mecum.kernel import clock

_VECTORS: Final = {"/v1/embeddings": vectors.openai_answer, "/api/embed": vectors.ollama_answer}
DEFAULT_MODELS: Final = (
    OllamaModel("fake-ttft0-n16-itl0"),
    OllamaModel("fake-ttft50-n100-itl10"),
    OllamaModel("fake-echo"),
)


LONGEST_TEXT: Final = 4000
"""Characters of a text that an embedding model takes."""


@dataclass(frozen=True)
class Abort:
    """A client left before its answer was complete. `at` is `clock.monotonic()` seconds."""

    at: float
    request: Received


@dataclass
class _Script:
    steps: list[Step]
    times: int | None


class Upstream:
    """The server and its control. Every public method may be called from any thread."""

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Received] = []
        self.aborts: list[Abort] = []
        self.models: list[OllamaModel] = list(DEFAULT_MODELS)
        self.loaded: list[str] = []
        self.key: str | None = None
        self.refuses: Callable[[dict[str, Any]], tuple[int, dict[str, Any]] | None] | None = None
        """What of a request it does not take, with the status and the body it says so with."""
        self.readers: dict[str, tuple[Reader, str]] = {}
        """By model, how it reads what is long, and what it is asked to find there."""
        self.port = port
        self._scripts: dict[str, list[_Script]] = {}
        self._connections: set[Connection] = set()
        self._changed = threading.Condition()
        self._number = 0
        self._connected = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="fake-upstream", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        with self._changed:
            if not self._changed.wait_for(lambda: self._stop is not None, timeout=10):
                raise TimeoutError("the fake upstream did not start")
        return self

    def __exit__(self, *_: object) -> None:
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None:
            loop.call_soon_threadsafe(stop.set)
        self._thread.join(timeout=10)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, the base of the Ollama wire; the OpenAI wire is below `/v1`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def open_connections(self) -> int:
        """How many connections are open now."""
        with self._changed:
            return len(self._connections)

    def script(self, model: str, steps: Sequence[Step], times: int | None = None) -> None:
        """Let `model` do this: always, or for `times` requests and then the script that was given before."""
        with self._changed:
            self._scripts.setdefault(model, []).append(_Script(list(steps), times))

    def add(self, *models: OllamaModel) -> None:
        """Let the server have these models too."""
        with self._changed:
            self.models.extend(models)

    def require_key(self, key: str) -> None:
        """Answer 401 to whoever does not bring this key."""
        self.key = key

    def reset(self) -> None:
        """Forget requests, aborts and scripts."""
        with self._changed:
            self.requests.clear()
            self.aborts.clear()
            self._scripts.clear()
            self.readers.clear()
            self.refuses = None

    def wait_for(self, requests: int = 0, aborts: int = 0, within: float = 10) -> None:
        """Return when so many requests and aborts were seen, else raise TimeoutError. Blocks the thread."""
        with self._changed:
            seen = self._changed.wait_for(
                lambda: len(self.requests) >= requests and len(self.aborts) >= aborts, timeout=within
            )
        if not seen:
            raise TimeoutError(f"{len(self.requests)} requests and {len(self.aborts)} aborts after {within} s")

    async def seen(self, requests: int = 0, aborts: int = 0, within: float = 10) -> None:
        """As `wait_for`, for the event loop."""
        await asyncio.to_thread(self.wait_for, requests, aborts, within)

    def answers(self) -> list[Received]:
        """Return the requests for an answer, without those for lists."""
        return [one for one in self.requests if is_answer(one.path.split("?")[0])]

    # What follows runs in the server's thread.

    def _run(self) -> None:
        asyncio.run(self.serve())

    async def serve(self) -> None:
        """Serve until stopped; for a process of its own."""
        self._loop = asyncio.get_running_loop()
        watch = Watch(self._answer, self._opened, self._closed, self._received, self._next_number)
        server = await self._loop.create_server(
            lambda: Connection(self._take_connection(), watch), "127.0.0.1", self.port
        )
        self.port = server.sockets[0].getsockname()[1]
        with self._changed:
            self._stop = asyncio.Event()
            self._changed.notify_all()
        await self._stop.wait()
        server.close()
        for connection in list(self._connections):
            connection.abort()
        await asyncio.sleep(0)

    def _take_connection(self) -> int:
        self._connected += 1
        return self._connected

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _opened(self, connection: Connection) -> None:
        with self._changed:
            self._connections.add(connection)
            self._changed.notify_all()

    def _closed(self, connection: Connection, unfinished: Received | None) -> None:
        with self._changed:
            self._connections.discard(connection)
            if unfinished is not None:
                self.aborts.append(Abort(clock.monotonic(), unfinished))
            self._changed.notify_all()

    def _received(self, request: Received) -> None:
        if request.path.startswith("/__"):
            return
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()

    async def _answer(self, exchange: Exchange) -> None:
        path = exchange.request.path.split("?")[0]
        if path.startswith("/__"):
            exchange.reply(200, self._control(path, exchange.request))
        elif self.key is not None and self.key not in _keys(exchange.request):
            exchange.reply(401, wire_of(exchange.request).error(401, "Incorrect API key provided", "invalid_api_key"))
        elif is_answer(path):
            await self._speak(exchange)
        elif path in _VECTORS:
            self._embed(path, exchange)
        else:
            self._look_up(path, exchange)

    def _embed(self, path: str, exchange: Exchange) -> None:
        body, wire = exchange.request.json, wire_of(exchange.request)
        if self._model(body["model"]) is None:
            exchange.reply(404, wire.error(404, f"model '{body['model']}' not found", "model_not_found"))
        elif any(len(text) > LONGEST_TEXT for text in body["input"]):
            exchange.reply(400, wire.error(400, "the input length exceeds the context length", None))
        else:
            exchange.reply(200, _VECTORS[path](body))

    def _control(self, path: str, request: Received) -> dict[str, Any]:
        if path == "/__script":
            body = request.json
            self.script(body["model"], from_json(body["steps"]), body.get("times"))
        elif path == "/__reset":
            self.reset()
        elif path == "/__requests":
            return {"items": [{"at": one.at, "path": one.path, "json": one.json} for one in self.requests]}
        aborts = [{"at": one.at, "model": one.request.model} for one in self.aborts]
        return {"requests": len(self.requests), "open": self.open_connections, "aborts": aborts}

    def _look_up(self, path: str, exchange: Exchange) -> None:
        names, wire = [model.name for model in self.models], wire_of(exchange.request)
        if path in ("/v1/models", "/v1beta/models"):
            exchange.reply(200, wire.models(names))
        elif path == "/api/tags":
            exchange.reply(200, ollama_wire.tags(self.models))
        elif path == "/api/ps":
            exchange.reply(200, ollama_wire.ps([model for model in self.models if model.name in self.loaded]))
        elif path == "/api/version":
            exchange.reply(200, {"version": ollama_wire.VERSION})
        elif path == "/api/show" and (model := self._model(exchange.request.model)) is not None:
            exchange.reply(200, ollama_wire.show(model))
        elif path == "/":
            exchange.reply(200, b"Ollama is running", {"Content-Type": "text/plain"})
        else:
            exchange.reply(404, wire.error(404, "not found", None))

    def _model(self, name: str) -> OllamaModel | None:
        known = {model.name: model for model in self.models}
        found = known.get(name) or known.get(f"{name}:latest")
        fallback = OllamaModel(name, capabilities=None) if name.startswith("fake") or name in self._scripts else None
        return found or fallback

    async def _speak(self, exchange: Exchange) -> None:
        name, wire = exchange.request.model, wire_of(exchange.request)
        model = self._model(name)
        if model is None:
            exchange.reply(404, wire.error(404, f"model '{name}' not found", "model_not_found"))
            return
        if self.refuses is not None and (refusal := self.refuses(exchange.request.json)) is not None:
            exchange.reply(*refusal)
            return
        if wire is not openai_wire and (why := wire.refusal(model, exchange.request.json)):
            exchange.reply(400, wire.error(400, why, None))
            return
        if exchange.request.path == "/api/generate" and not exchange.request.json.get("prompt"):
            exchange.reply(200, self._load(model.name, exchange.request.json.get("keep_alive")))
            return
        await perform(exchange, self._steps(exchange.request))

    def _load(self, name: str, keep_alive: Any) -> dict[str, Any]:
        """Load or unload: what Ollama does for an empty prompt."""
        with self._changed:
            others = [one for one in self.loaded if one != name]
            self.loaded = others if keep_alive == 0 else [*others, name]
        return ollama_wire.loading(name, "unload" if keep_alive == 0 else "load")

    def _steps(self, request: Received) -> list[Step]:
        if (reading := self.readers.get(request.model)) is not None:
            reader, needle = reading
            return reader.steps(request.json, needle)
        with self._changed:
            scripts = self._scripts.get(request.model, [])
            while scripts and scripts[-1].times == 0:
                scripts.pop()
            if not scripts:
                return of_name(request.model, last_text(request.json))
            script = scripts[-1]
            if script.times is not None:
                script.times -= 1
            return script.steps


def _keys(request: Received) -> list[str]:
    headers = request.headers
    bearer = headers.get("authorization", "").removeprefix("Bearer ")
    return [bearer, headers.get("x-api-key", ""), headers.get("x-goog-api-key", "")]


def main() -> None:
    """Serve in this process until it is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    upstream = Upstream(parser.parse_args().port)
    with upstream:
        print(upstream.url, flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
