"""Loads a model with llama.cpp in a process of its own and reads what it says of its memory.

Run as a program: the file, the context length, the kind of the cache. llama.cpp's words come out on both streams.
"""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

_BUFFER = re.compile(r"(model|KV|RS|compute|output) buffer size = +([\d.]+) MiB")

_LAST = "listening on"


def figure(path: Path, context_length: int, kind: str = "f16") -> float:
    """Return the bytes of all buffers llama.cpp reserves for the model at `path`."""
    command = [sys.executable, __file__, str(path), str(context_length), kind]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said = ""
        # A thread of llama.cpp writes its log, in order: the process may end once it has said its last word.
        for line in process.stdout:
            said += line
            if _LAST in line:
                break
        # Closes its standard input, for which it waits.
        process.communicate(timeout=60)
    found = _BUFFER.findall(said)
    assert {"model", "compute"} <= {name for name, _ in found}, said[-2000:]
    return sum(float(size) for _, size in found) * (1 << 20)


def _load(path: str, context_length: str, kind: str) -> None:
    xllamacpp: Any = importlib.import_module("xllamacpp")
    params: Any = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = int(context_length)
    params.n_parallel = 1
    params.cache_type_k = params.cache_type_v = getattr(xllamacpp.ggml_type, f"GGML_TYPE_{kind.upper()}")
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.warmup = False
    params.offline = True
    params.verbosity = 4
    server = xllamacpp.Server(params)
    assert server is not None
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    _load(*sys.argv[1:])
