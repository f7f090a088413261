"""What a log line belongs to: set where a request or a run begins, read where something is written."""

from contextvars import ContextVar
from typing import Final

request_id: Final[ContextVar[str | None]] = ContextVar("mecum.request_id", default=None)
run_id: Final[ContextVar[str | None]] = ContextVar("mecum.run_id", default=None)
