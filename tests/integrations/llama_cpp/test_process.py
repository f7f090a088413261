"""The child process itself: it loads, it serves, and it never outlives its parent."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fakes import gguf_models
from mecum.inference.errors import ModelCrashed, ModelUnavailable
from mecum.integrations.llama_cpp import process
from mecum.integrations.llama_cpp.child import Order

pytestmark = pytest.mark.slow  # each starts a llama.cpp of its own

HOLDS_THE_LOCK = """
import re, sys
from mecum.integrations.llama_cpp import child
sys.stdin.buffer.readline()
child._hold_lifeline()
print("busy", flush=True)
re.match(r"(a+)+$", "a" * 60 + "b")
"""
STARTS_AND_IS_KILLED = """
import asyncio, os, sys
from mecum.integrations.llama_cpp import process
async def main():
    child = await process.start(sys.argv[1], 512)
    print(child.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
STARTS_AND_STOPS = """
import asyncio, sys
from mecum.integrations.llama_cpp import process
async def main():
    child = await process.start(sys.argv[1], 512)
    await child.stop()
    print([name for name in ("xllamacpp", "mecum.integrations.llama_cpp") if name in sys.modules])
asyncio.run(main())
"""


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def gone(pid: int) -> None:
    async with asyncio.timeout(10):
        while alive(pid):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_child_serves_and_stops(stories: Path) -> None:
    child = await process.start(str(stories), 512)
    assert child.running
    assert child.base_url.startswith("http://127.0.0.1:")
    assert len(child.key) > 30
    assert not await child.ended(0.01)
    await child.stop()
    assert not child.running


@pytest.mark.parametrize("kind", ["q8_0", "q4_0"])
async def test_a_child_with_a_smaller_cache(tmp_path: Path, kind: str) -> None:
    child = await process.start(str(gguf_models.dense(tmp_path / "a.gguf")), 512, kind, 100 << 20)
    assert child.running
    await child.stop()


async def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(ModelUnavailable, match="could not load"):
        await process.start(str(path), 512)


async def test_a_child_that_dies_while_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_MODULE", "abc")
    with pytest.raises(ModelCrashed):
        await process.start("/nowhere", 512)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal is Linux's")
async def test_the_lifeline_needs_no_interpreter_lock() -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDS_THE_LOCK, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write(Order("", 1, "").line())
    assert await holder.stdout.readline() == b"busy\n"
    holder.stdin.close()
    async with asyncio.timeout(10):
        assert await holder.wait() == -signal.SIGIO


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_a_child_dies_with_its_parent(stories: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STARTS_AND_IS_KILLED, str(stories), stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert alive(pid)
    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()
    await gone(pid)


async def test_the_process_that_starts_it_never_loads_native_code(stories: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STARTS_AND_STOPS, str(stories), stdout=subprocess.PIPE
    )
    said, _ = await parent.communicate()
    assert said == b"['mecum.integrations.llama_cpp']\n"
