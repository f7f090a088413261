"""One running child: started, watched, stopped from here."""

import asyncio
import contextlib
import secrets
import sys
from collections import deque
from typing import Any, Final

import orjson

from mecum.inference.errors import ModelCrashed, ModelUnavailable
from mecum.integrations.llama_cpp.child import Order

_MODULE: Final = "mecum.integrations.llama_cpp.child"
_LOAD_SECONDS: Final = 900.0
_STOP_SECONDS: Final = 2.0


class Child:
    """A child that has its model loaded. `base_url` is its OpenAI wire, `key` what it wants to be shown."""

    def __init__(self, process: asyncio.subprocess.Process, order: Order) -> None:
        self._process = process
        self._errors: deque[bytes] = deque(maxlen=20)
        self._listener = asyncio.create_task(self._listen())
        self.key = order.key
        self.base_url = ""

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    async def ended(self, seconds: float) -> bool:
        """Whether it ends within `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._process.wait()
        return not self.running

    async def stop(self) -> None:
        """Let go of the lifeline, wait a moment, then make sure; returns when the process is gone."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if not await self.ended(_STOP_SECONDS):
            self._process.kill()
        await self._process.wait()
        await self._listener

    def last_words(self) -> str:
        """Return the last lines it wrote to its standard error."""
        return b"".join(self._errors).decode("utf-8", "replace").strip()[-500:]

    async def load(self, order: Order) -> None:
        """Hand over the order and wait for the port; raises ModelUnavailable, ModelCrashed."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(order.line())
            async with asyncio.timeout(_LOAD_SECONDS):
                await stdin.drain()
                line = await stdout.readline()
        except (TimeoutError, OSError) as error:
            raise ModelUnavailable("The model did not load in time.") from error
        if not line:
            await self._listener
            raise ModelCrashed("llama.cpp ended while it loaded the model.", said=self.last_words())
        said: dict[str, Any] = orjson.loads(line)
        if "error" in said:
            raise ModelUnavailable(f"llama.cpp could not load this file: {said['error']}")
        self.base_url = f"http://127.0.0.1:{said['port']}/v1"

    async def _listen(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        while chunk := await stderr.read(4096):
            self._errors.append(chunk)


async def start(
    path: str, context_length: int, cache: str = "f16", spare: int = 0, embeds: bool = False, projector: str = ""
) -> Child:
    """Start a child with the model at `path` loaded; raises ModelUnavailable, ModelCrashed.

    `cache` is the kind of its key-value cache, `spare` the bytes it may spend on keeping earlier prompts;
    with `embeds` it makes vectors, with the file `projector` it sees images.
    """
    order = Order(path, context_length, secrets.token_urlsafe(32), cache, spare >> 20, embeds, projector)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", _MODULE, stdin=pipe, stdout=pipe, stderr=pipe)
    child = Child(process, order)
    try:
        await child.load(order)
    except BaseException:
        await child.stop()
        raise
    return child
