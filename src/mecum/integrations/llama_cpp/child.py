"""The child process: loads one GGUF file with xllamacpp and serves it on a loopback port until its parent is gone.

One line of JSON on standard input says what to load; one line of JSON on standard output says the port, or why not.
Standard input stays open as the lifeline: when it ends, so does this process.
"""

import importlib
import json
import os
import signal
import sys
import threading
from dataclasses import asdict, dataclass
from typing import Any

if sys.platform == "linux":
    import fcntl


@dataclass(frozen=True)
class Order:
    """What to load: the file, the context length in tokens, and the key that callers must bring.

    `cache` is how keys and values are kept (`f16`, `q8_0`, `q4_0`), `spare_mib` what earlier prompts may take, in MiB;
    with `embeds` it makes vectors and answers nothing; `projector` is the file that lets it see images, or empty.
    """

    path: str
    context_length: int
    key: str
    cache: str = "f16"
    spare_mib: int = 0
    embeds: bool = False
    projector: str = ""

    def line(self) -> bytes:
        """Return the order as the child reads it."""
        return json.dumps(asdict(self)).encode() + b"\n"


def main() -> None:
    """Load, report, serve."""
    # Native code prints as it likes; only our line may reach the parent's pipe.
    report = os.dup(1)
    os.dup2(2, 1)
    order = Order(**json.loads(sys.stdin.buffer.readline()))
    _hold_lifeline()
    try:
        server = _load(order)
        said: dict[str, Any] = {"port": int(server.listening_address.rpartition(":")[2])}
    except (RuntimeError, ImportError) as error:
        said = {"error": str(error)}
    os.write(report, json.dumps(said).encode() + b"\n")
    if "error" not in said:
        threading.Event().wait()


def _load(order: Order) -> Any:
    # By name: an extra that ships no types, and only this process may load native code.
    xllamacpp: Any = importlib.import_module("xllamacpp")
    params: Any = xllamacpp.CommonParams()
    params.model.path = order.path
    params.n_ctx = order.context_length
    # One answer at a time: slots share the context, and two that fill it would end each other.
    params.n_parallel = 1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [order.key]
    params.ui = False
    params.endpoint_slots = False
    params.offline = True
    params.verbosity = 0
    params.cache_ram_mib = order.spare_mib
    kind: Any = getattr(xllamacpp.ggml_type, f"GGML_TYPE_{order.cache.upper()}")
    params.cache_type_k = params.cache_type_v = kind
    if order.projector:
        params.mmproj.path = order.projector
    if order.embeds:
        params.embedding = True
        # A text is computed as a whole, or not at all.
        params.n_batch = params.n_ubatch = order.context_length
    server: Any = xllamacpp.Server(params)
    return server


def _hold_lifeline() -> None:
    threading.Thread(target=_wait_for_the_end, daemon=True).start()
    if sys.platform == "linux":
        # Loading holds the interpreter's lock for as long as it takes, and the thread above with it: let the
        # kernel end this process when something happens on the pipe, where only its end can happen any more.
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _wait_for_the_end() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
