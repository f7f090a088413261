"""Lets an Ollama server fetch a model, and reads how far it is: one JSON object a line."""

from typing import Any, Final

import orjson

from mecum.inference.errors import ModelNotFound, ModelUnavailable
from mecum.inference.ports import PullTold
from mecum.inference.wires.failures import discreet, failure_of
from mecum.infra.net import Net, NetUnavailable, Outgoing
from mecum.kernel.errors import MecumError

_SILENCE_SECONDS: Final = 300.0
_ABSENT: Final = ("does not exist", "not found", "invalid model name")


async def pull(net: Net, base: str, key: str | None, name: str, told: PullTold) -> None:
    """Fetch `name` into the Ollama at `base`; raises ModelUnavailable, ModelNotFound, ModelRefused.

    Ollama keeps what it has of a model whose pull ended early, and goes on there with the next.
    """
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    body = orjson.dumps({"model": name, "stream": True})
    call = Outgoing(
        "POST", f"{base}/api/pull", "model.pull", headers, body, "metadata", timeout=_SILENCE_SECONDS, private=True
    )
    lines = _Lines(told)
    try:
        await net.stream(call, lines)
        lines.finish()
    except NetUnavailable as error:
        raise ModelUnavailable(f"Ollama does not answer at {base}.", **error.details) from error
    except MecumError as error:
        discreet(error, headers)
        raise


class _Lines:
    """Takes the lines; a layer counts by its digest."""

    def __init__(self, told: PullTold) -> None:
        self._told = told
        self._rest = b""
        self._status = 0
        self._whole: dict[str, int] = {}
        self._done: dict[str, int] = {}
        self._last = ""
        self._failure: MecumError | None = None

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        self._status = status

    def body(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines if self._status == 200 else ():
            self._line(line)

    def finish(self) -> None:
        """Raise what went wrong, unless the model is there."""
        if self._status != 200:
            raise failure_of(self._status, self._rest)
        self._line(self._rest)
        if self._failure is not None:
            raise self._failure
        if self._last != "success":
            raise ModelUnavailable("Ollama ended before the model was there.")

    def _line(self, line: bytes) -> None:
        if not line.strip() or self._failure is not None:
            return
        try:
            said: Any = orjson.loads(line)
        except orjson.JSONDecodeError:
            said = None
        if not isinstance(said, dict):
            self._failure = ModelUnavailable("This server does not speak Ollama's wire.")
        elif "error" in said:
            text = str(said["error"])  # pyright: ignore[reportUnknownArgumentType]
            absent = any(word in text.lower() for word in _ABSENT)
            self._failure = (ModelNotFound if absent else ModelUnavailable)(f"Ollama said: {text[:300]}")
        else:
            self._take(said)  # pyright: ignore[reportUnknownArgumentType]

    def _take(self, said: dict[str, Any]) -> None:
        self._last = str(said.get("status") or "")
        digest, total = said.get("digest"), said.get("total")
        if isinstance(digest, str) and isinstance(total, int):
            self._whole[digest], self._done[digest] = total, int(said.get("completed") or 0)
        says = "fetching" if self._last.startswith("pulling") else self._last
        self._told(says, sum(self._done.values()), sum(self._whole.values()) or None)
