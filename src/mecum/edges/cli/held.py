"""Work on a data folder itself: nobody else may hold it meanwhile."""

from collections.abc import Generator
from contextlib import contextmanager

from mecum.edges.cli import lock
from mecum.infra.storage.folder import DataFolder
from mecum.kernel.errors import Conflict
from mecum.settings import Settings


class ServerRuns(Conflict):
    """A server holds this data folder: stop it first."""

    code = "cli.server_runs"


@contextmanager
def held(settings: Settings, doing: str) -> Generator[None]:
    """Hold the data folder; raises ServerRuns or StoreBusy, naming who has it."""
    found = lock.holder(settings.data_dir)
    if found is not None and found.url:
        raise ServerRuns(
            f"Process {found.pid} serves {settings.data_dir} at {found.url}: stop it, then {doing}.",
            url=found.url,
            pid=found.pid,
        )
    folder = DataFolder(settings.data_dir)
    folder.claim("")
    try:
        yield
    finally:
        folder.release()
