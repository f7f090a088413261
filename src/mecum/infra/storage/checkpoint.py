"""Moves SQLite's write-ahead log into its file beside what is committed, on a thread and a connection of its own.

Measured while many rows come in: a move of 256 commits takes 9 to 22 ms, and who asked something meanwhile waited so
long for their message to be on disk. A turn writes little: it is cheaper where the writer moves it between two commits.
"""

import contextlib
import queue
import threading
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from mecum.infra.storage import sqlite
from mecum.infra.storage.errors import StoreUnavailable


class Checkpoint:
    """The log of the SQLite file at `path`."""

    def __init__(self, path: Path, key: bytes | None) -> None:
        self._path, self._key = path, key
        self._asked: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._under_way = False
        self.unfinished = False
        """Whether something may have been written while it was moved.

        Until that is moved as well, between two commits, the log does not begin anew but grows, and every commit to a
        file that grows costs more.
        """

    @property
    def busy(self) -> bool:
        """Whether it is being moved, or the rest of it should be: a commit may take longer for a moment."""
        return self._under_way or self.unfinished

    def begin(self) -> None:
        """Begin to move it, unless that is under way."""
        if self._under_way:
            return
        self._under_way = True
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="mecum-checkpoint", daemon=True)
            self._thread.start()
        self._asked.put(True)

    def finish(self, connection: Any) -> None:
        """Move what is left, on the connection of who writes; what somebody reads stays for the next time."""
        self.unfinished = False
        _move(connection)

    def stop(self) -> None:
        """End, once what is under way is done."""
        if self._thread is not None:
            self._asked.put(False)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        try:
            connection = sqlite.connect(self._path, self._key)
        except (StoreUnavailable, sqlcipher.Error):
            # The writer moves it by itself; the next time it is tried again.
            self._thread, self._under_way = None, False
            return
        with contextlib.closing(connection):
            while self._asked.get():
                _move(connection)
                # It moved what it found when it began; nobody tells whether anything came after.
                self.unfinished = True
                self._under_way = False


def _move(connection: Any) -> None:
    # What is in the log is stored: it can be moved the next time.
    with contextlib.suppress(sqlcipher.Error):
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
