"""The log: one line an event on standard error, for people or as JSON, with the run and request it belongs to.

A log never holds the text of messages unless the settings say so. What could carry it is left out: the words of an
exception (a model server may quote the prompt in its refusal), and the fields named in `_TEXT`.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, TextIO

import orjson

from mecum.infra.tracing.context import request_id, run_id
from mecum.infra.tracing.settings import LogSettings
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

_OURS: Final = "mecum"
_TEXT: Final = frozenset(("text", "content", "prompt", "message_text", "title", "query", "name_given"))
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure(settings: LogSettings, stream: TextIO | None = None) -> logging.Handler:
    """Send all logs to `stream` (standard error) as the settings say; other libraries speak from a warning on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Lines(as_json=settings.format == "json", with_text=settings.message_text))
    root = logging.getLogger()
    for old in [known for known in root.handlers if isinstance(known.formatter, _Lines)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(_LEVELS[settings.level], logging.WARNING))
    logging.getLogger(_OURS).setLevel(_LEVELS[settings.level])
    return handler


class _Lines(logging.Formatter):
    """Makes the line of a record."""

    def __init__(self, *, as_json: bool, with_text: bool) -> None:
        super().__init__()
        self._as_json, self._with_text = as_json, with_text

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        event = dict(self._event(record))
        if self._as_json:
            return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
        return _for_people(event)

    def _event(self, record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
        yield "ts", clock.iso(int(record.created * 1000))
        yield "level", record.levelname.lower()
        yield "event", record.getMessage()
        yield "logger", record.name
        if (run := run_id.get()) is not None:
            yield "run_id", run
        if (request := request_id.get()) is not None:
            yield "request_id", request
        for name, value in vars(record).items():
            if name not in _STANDARD and (self._with_text or name not in _TEXT):
                yield name, value
        if record.exc_info and record.exc_info[1] is not None:
            yield from self._error(record.exc_info[1])

    def _error(self, error: BaseException) -> Iterator[tuple[str, Any]]:
        yield "error", type(error).__name__
        if isinstance(error, MecumError):
            yield "code", error.code
        if self._with_text:
            yield "error_text", str(error)
        yield "at", frames(error.__traceback__)


def frames(trace: TracebackType | None, most: int = 12) -> list[str]:
    """Return the innermost places of a traceback as `file:line function`: where it happened, and nothing it held."""
    summary = traceback.extract_tb(trace)
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in summary[-most:]]


def _short(path: str) -> str:
    for mark in ("/src/", "/site-packages/", "\\site-packages\\"):
        if mark in path:
            return path.rsplit(mark, 1)[1]
    return path


def _for_people(event: dict[str, Any]) -> str:
    head = f"{event.pop('ts')} {event.pop('level').upper():7} {event.pop('event')}"
    event.pop("logger")
    return " ".join([head, *(f"{name}={_value(value)}" for name, value in event.items())])


def _value(value: Any) -> str:
    text = " < ".join(reversed(value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return orjson.dumps(text).decode() if any(mark in text for mark in ' "\n\r\t\x1b') else text
