"""What `--model` means: the reference of a model, or a file that becomes one."""

from pathlib import Path

from mecum.edges.cli.client import Client, Content
from mecum.kernel.errors import NotFound

_SUFFIX = ".gguf"


class NoSuchFile(NotFound):
    """There is no such model file."""

    code = "cli.no_model_file"


def model_ref(client: Client, given: str) -> str:
    """Return the reference to send for `given`.

    A server on this machine uses a GGUF file where it lies, a server elsewhere gets it.
    Raises NoSuchFile for a path that leads nowhere.
    """
    return model_file(client, given) if is_path(given) else given


def model_file(client: Client, given: str) -> str:
    """Add the GGUF file at the path `given` and return the reference of its model; raises NoSuchFile."""
    path = Path(given).expanduser().resolve()
    if not path.is_file():
        raise NoSuchFile(f"There is no file {given}.")
    if client.local:
        made = client.ask("POST", "/models/files", query={"path": str(path)})
    else:
        made = client.ask("POST", "/models/files", Content(path.read_bytes()), query={"name": path.name})
    return str(made["ref"])


def is_path(given: str) -> bool:
    """Whether a person who typed `given` meant a file: it ends like a model file, or begins like a path."""
    return given.lower().endswith(_SUFFIX) or given.startswith(("/", "./", "../", "~"))
