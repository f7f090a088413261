"""What a log line says, and what it never says."""

import io
import logging
from collections.abc import Iterator

import orjson
import pytest

from mecum.infra.tracing import context, logs
from mecum.infra.tracing.settings import LogSettings
from mecum.kernel.errors import Unavailable

_log = logging.getLogger("mecum.test")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root, ours = logging.getLogger(), logging.getLogger("mecum")
    levels = root.level, ours.level
    stream = io.StringIO()
    yield stream
    root.handlers = [handler for handler in root.handlers if getattr(handler, "stream", None) is not stream]
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def test_a_line_of_json_says_what_it_belongs_to(written: io.StringIO) -> None:
    logs.configure(LogSettings(format="json"), written)
    run, request = context.run_id.set("run_1"), context.request_id.set("req_1")
    _log.info("endpoint does not answer", extra={"endpoint": "studio", "tries": 3})
    context.run_id.reset(run)
    context.request_id.reset(request)
    line = orjson.loads(written.getvalue())
    assert line.pop("ts").endswith("Z")
    assert line == {
        "level": "info",
        "event": "endpoint does not answer",
        "logger": "mecum.test",
        "run_id": "run_1",
        "request_id": "req_1",
        "endpoint": "studio",
        "tries": 3,
    }


@pytest.mark.parametrize("form", ["text", "json"])
def test_text_of_messages_stays_out(written: io.StringIO, form: str) -> None:
    logs.configure(LogSettings.model_validate({"format": form}), written)
    _raise_and_log()
    said = written.getvalue()
    assert said.count("\n") == 1
    assert "secret words" not in said
    assert "ValueError" in said
    assert "_raise_and_log" in said


def test_text_of_messages_appears_when_asked_for(written: io.StringIO) -> None:
    logs.configure(LogSettings(format="json", message_text=True), written)
    _raise_and_log()
    line = orjson.loads(written.getvalue())
    assert line["prompt"] == line["error_text"] == "secret words"


def _raise_and_log() -> None:
    try:
        raise ValueError("secret words")
    except ValueError:
        _log.exception("it broke", extra={"prompt": "secret words"})


def test_an_error_of_ours_is_told_by_its_code(written: io.StringIO) -> None:
    logs.configure(LogSettings(format="json"), written)
    _log.warning("it broke", exc_info=Unavailable("secret words"))
    line = orjson.loads(written.getvalue())
    assert line["code"] == "service.unavailable"
    assert "secret" not in str(line)


def test_a_line_for_people_is_one_line_without_control_characters(written: io.StringIO) -> None:
    logs.configure(LogSettings(), written)
    _log.info("started", extra={"folder": "/a b", "label": "x\n\x1b[31m", "port": 8321})
    assert 'INFO    started folder="/a b"' in written.getvalue()
    assert "\x1b" not in written.getvalue()
    assert written.getvalue().count("\n") == 1


def test_levels_and_other_libraries(written: io.StringIO) -> None:
    logs.configure(LogSettings(level="warning"), written)
    logs.configure(LogSettings(level="debug"), written)
    _log.debug("fine")
    logging.getLogger("somebody.else").info("chatter")
    logging.getLogger("somebody.else").warning("trouble")
    lines = written.getvalue().splitlines()
    assert len(lines) == 2
    assert "fine" in lines[0]
    assert "trouble" in lines[1]
