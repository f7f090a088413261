"""Follows a run from its first event to its last, across lost connections and restarted servers."""

import contextlib
from time import sleep
from typing import Any, Final, Self

import orjson

from mecum.edges.cli.client import Client, Envelopes, part
from mecum.edges.cli.outcome import Refusal
from mecum.kernel import clock, ids
from mecum.kernel.errors import MecumError, Unavailable

TERMINAL: Final = frozenset({"run.completed", "run.cancelled", "run.failed", "run.interrupted"})
_PATIENCE_SECONDS: Final = 20.0
_PAUSE_SECONDS: Final = 0.2


class ConnectionLost(Unavailable):
    """The server went away in the middle of the answer."""

    code = "cli.connection_lost"


def start(client: Client, request: dict[str, Any]) -> dict[str, Any]:
    """Start a run and return it; the same request is sent again if the first answer is lost."""
    headers = {"Idempotency-Key": ids.new("cli")}
    try:
        return _begin(client, request, headers)
    except Unavailable:
        sleep(_PAUSE_SECONDS)
        return _begin(client, request, headers)


class Following:
    """The envelopes of a run in order, up to its terminal one; an iterator.

    A lost connection is taken up where it broke; after `patience` seconds without success ConnectionLost is raised.
    """

    def __init__(self, client: Client, run_id: str, patience: float = _PATIENCE_SECONDS) -> None:
        self._client = client
        self._path = f"/runs/{part(run_id)}"
        self._patience = patience
        self._seen = 0
        self._stream: Envelopes | None = None
        self._over = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> dict[str, Any]:
        if self._over:
            raise StopIteration
        envelope = self._await_next()
        self._seen = max(self._seen, envelope.get("seq") or 0)
        self._over = envelope["type"] in TERMINAL
        return envelope

    def cancel(self) -> None:
        """Ask the server to stop the run; its last envelope still comes. A run that is over stays as it is."""
        with contextlib.suppress(Refusal, MecumError):
            self._client.ask("POST", f"{self._path}/cancel")

    def close(self) -> None:
        """Stop listening; the run goes on."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _await_next(self) -> dict[str, Any]:
        deadline = clock.monotonic() + self._patience
        while True:
            try:
                envelope = next(self._listening(), None)
            except Unavailable:
                envelope = None
            if envelope is not None:
                return envelope
            self.close()
            if clock.monotonic() > deadline:
                raise ConnectionLost
            sleep(_PAUSE_SECONDS)

    def _listening(self) -> Envelopes:
        if self._stream is None:
            accept = {"Accept": "text/event-stream"}
            after = {"after": self._seen}
            self._stream = Envelopes(self._client.begin("GET", f"{self._path}/events", query=after, headers=accept))
        return self._stream


def _begin(client: Client, request: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    with client.begin("POST", "/runs", request, headers=headers) as arriving:
        run: dict[str, Any] = orjson.loads(b"".join(arriving))
        return run
