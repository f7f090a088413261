"""Where things are, and how the programs that the figures need are built."""

import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from bench.rows import NotMeasured

ROOT: Final = Path(__file__).resolve().parent.parent
BUILD: Final = ROOT / ".build" / "bench"
SHARED: Final = ROOT.parent / "shared" / "bench"
"""The measured peers stand beside the checkout; they are not part of it."""
RESULTS: Final = ROOT / "bench" / "results.json"
MECUM: Final = ROOT / ".venv" / "bin" / "mecum"
_FLOOR_NEEDS: Final = ("fastapi", "uvicorn", "uvloop", "httptools", "aiohttp", "orjson", "pydantic")


@cache
def loader() -> Path:
    """Return our load generator; raises NotMeasured without a C compiler."""
    folder = ROOT / "bench"
    sources, headers = ("load.c", "exchange.c"), ("exchange.h", "times.h", "wire.h")
    return _compiled("load", [folder / f for f in sources], [folder / f for f in headers], ["-Wall", "-Wextra"])


@cache
def upstream() -> Path:
    """Return the fake model server; raises NotMeasured when it is not beside the checkout."""
    return _compiled("fake_upstream", [_shared("fake_upstream.c")], [], ["-w"])


@cache
def watcher() -> Path:
    """Return the library that notes every attempt to reach another machine."""
    return _compiled("outbound.so", [ROOT / "bench" / "outbound.c"], [], ["-Wall", "-Wextra", "-shared", "-fPIC"])


def floor() -> Path:
    """Return the folder of the floor; raises NotMeasured when it is not beside the checkout."""
    return _shared("floors/full.py").parent


@cache
def floor_python() -> Path:
    """Return the interpreter of the floor's own environment, made when it is missing."""
    python = BUILD / "floor" / "bin" / "python"
    done = BUILD / "floor" / ".done"
    if not done.exists():
        uv = ROOT / ".tools" / "bin" / "uv"
        if not uv.exists():
            raise NotMeasured("the floor's environment needs .tools: make setup")
        _run([uv, "venv", "--quiet", "--clear", "--python", ROOT / ".tools" / "bin" / "python", BUILD / "floor"])
        _run([uv, "pip", "install", "--quiet", "--python", python, *_FLOOR_NEEDS])
        done.touch()
    return python


def fresh(name: str) -> Path:
    """Return an empty folder for one measurement."""
    folder = BUILD / "data" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _shared(name: str) -> Path:
    if not (SHARED / name).exists():
        raise NotMeasured(f"../shared/bench/{name} is not beside the checkout")
    return SHARED / name


def _compiled(name: str, sources: Sequence[Path], headers: Sequence[Path], flags: Sequence[str]) -> Path:
    program = BUILD / "bin" / name
    if program.exists() and all(program.stat().st_mtime > f.stat().st_mtime for f in (*sources, *headers)):
        return program
    if shutil.which("cc") is None:
        raise NotMeasured("there is no C compiler (cc)")
    program.parent.mkdir(parents=True, exist_ok=True)
    _run(["cc", "-O2", *flags, "-o", program, *sources, "-lm", "-ldl"])
    return program


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise NotMeasured(f"{Path(command[0]).name} failed: {done.stderr.strip()[-300:]}")
