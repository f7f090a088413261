"""The data folder has one owner at a time, who says how to reach it."""

import contextlib
import os
import secrets
import sys
from pathlib import Path
from typing import IO

import orjson

from mecum.infra.storage import exchange
from mecum.infra.storage.errors import StoreBusy, StoreUnavailable
from mecum.kernel import clock

_LOCK, _CARD = "mecum.lock", "server.json"


class DataFolder:
    """Holds the lock of a data folder while the process lives; the kernel lets go of it when the process dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.token = "mk_local_" + secrets.token_urlsafe(32)
        self._lock: IO[str] | None = None

    def claim(self, url: str) -> None:
        """Create the folder if need be, take its lock and leave a card with `url` and a token, readable by us alone.

        A restore that was killed in its last step is finished first.
        Raises StoreBusy, naming who holds it, or StoreUnavailable when the folder cannot be written.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.path / _LOCK).open("a+")
        except OSError as error:
            raise StoreUnavailable(f"The data folder {self.path} cannot be written: {error.strerror}.") from error
        try:
            _take(lock)
        except OSError as error:
            lock.close()
            raise StoreBusy(f"{self.path} is held by {self._holder()}.") from error
        self._lock = lock
        exchange.finish(self.path)
        self._write_card(url)

    def release(self) -> None:
        """Let go."""
        if self._lock is not None:
            with contextlib.suppress(FileNotFoundError):
                (self.path / _CARD).unlink()
            self._lock.close()
            self._lock = None

    def _write_card(self, url: str) -> None:
        card = {
            "url": url,
            "token": self.token,
            "pid": os.getpid(),
            "started_at": clock.iso(clock.milliseconds()),
        }
        temporary = self.path / (_CARD + ".new")
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps(card))
        temporary.replace(self.path / _CARD)

    def _holder(self) -> str:
        try:
            card = orjson.loads((self.path / _CARD).read_bytes())
            return f"process {card['pid']} at {card['url'] or 'no address'}"
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
            return "another process"


def _take(lock: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists there alone

        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - exists everywhere else

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
