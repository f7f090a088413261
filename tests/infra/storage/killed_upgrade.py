"""Changes the schema of a store again and again, killed at one statement later each time, and says what was left.

`python killed_upgrade.py SQLITE_FILE|URL FROM TO [KEY]` prints a line per killing: the revision and the hash of the
content afterwards, and what had to be settled. The last line is of the change that was let go to its end.
"""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Loaded once, not in each of the many processes that are killed.
import orjson
from sqlalchemy import Engine, event

from mecum.infra.storage import content, migrate
from mecum.infra.storage.location import Location, opened, transaction
from mecum.infra.storage.upgrade import Upgrade, recover

_READS = ("SELECT", "SHOW", "SET", "PRAGMA")


def _kill_at(number: int) -> None:
    """Kill this process before its statement of that number; a commit counts as one.

    The questions what there is are not counted: between two of them nothing changes.
    """
    seen = 0

    def reached() -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().startswith(_READS):
            reached()

    def committing(_: Any) -> None:
        reached()

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "commit", committing)


def _change(location: Location, folder: Path, to: str, number: int) -> bool:
    """Return whether a process that is killed at this statement came to its end before."""
    child = os.fork()
    if child == 0:
        _kill_at(number)
        Upgrade(location, folder, copied=_copied(location, folder)).run(to, lossy=True)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _copied(location: Location, folder: Path) -> Callable[[str], Path] | None:
    return None if location.path is not None else folder.joinpath


def _left(location: Location, number: int) -> dict[str, Any]:
    settled = recover(location)
    with opened(location) as connection, transaction(connection, read_only=True):
        found = content.hashes(connection, content.columns(connection))
        return {"killed_at": number, "at": migrate.current(connection), "hashes": found, "settled": settled}


def _main(where: str, begin: str, to: str, key: str | None) -> None:
    number = 0
    ended = False
    while not ended:
        number += 1
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if where.startswith("postgres"):
                location = Location(url=where)
                if number > 1:
                    Upgrade(location, folder, copied=_copied(location, folder)).run(begin, lossy=True)
            else:
                shutil.copy(where, folder / "mecum.db")
                location = Location(folder / "mecum.db", bytes.fromhex(key) if key else None)
            ended = _change(location, folder, to, number)
            sys.stdout.write(orjson.dumps(_left(location, number)).decode() + "\n")


if __name__ == "__main__":
    _main(*sys.argv[1:4], sys.argv[4] if len(sys.argv) > 4 else None)  # type: ignore[misc]
