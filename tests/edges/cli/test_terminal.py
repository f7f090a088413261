"""What a person at a terminal sees: the prompt, columns, and nothing that a model could make the terminal do."""

import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import pytest

from fakes.mecum_server import HANG, TOKEN, Answer, MecumServer, ScriptedApp, completed, delta, started
from mecum.kernel import clock

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
_SECONDS = 20.0


class Terminal:
    """A call of the command line on a pseudo terminal; a context manager."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self.shown = ""

    def __enter__(self) -> Self:
        self._ours, theirs = pty.openpty()
        # NO_COLOR and the size are the test's own environment, not settings of ours.
        environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "TERM": "xterm"}
        call = [sys.executable, "-m", "mecum", *self._words]
        self.process = subprocess.Popen(
            call, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._ours, text.encode())

    def control_c(self) -> None:
        """Interrupt, as the terminal's line discipline would."""
        self.process.send_signal(signal.SIGINT)

    def control_c_at_prompt(self, wanted: str) -> None:
        """Interrupt until `wanted` is shown: readline misses a signal between its prompt and its waiting."""
        while wanted not in self.shown and self.process.poll() is None:
            self.control_c()
            self._read(lambda: wanted in self.shown, 0.5)

    def until(self, wanted: str, since: int = 0) -> str:
        """Read until `wanted` is shown after position `since`; return all that was shown."""
        self._read(lambda: wanted in self.shown[since:])
        assert wanted in self.shown[since:], self.shown
        return self.shown

    def end(self) -> int:
        """Read to the end and return the exit code."""
        self._read(lambda: False)
        return self.process.wait(_SECONDS)

    def _read(self, enough: Callable[[], bool], seconds: float = _SECONDS) -> None:
        deadline = clock.monotonic() + seconds
        while not enough() and clock.monotonic() < deadline:
            if not select.select([self._ours], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self._ours, 4096)
            except OSError:  # the other side has closed
                return
            self.shown += data.decode(errors="replace").replace("\r\n", "\n")


@pytest.fixture
def at_terminal(server: MecumServer) -> Callable[..., Terminal]:
    """Return a function that starts a call on a terminal, against the scripted server."""
    return lambda *words: Terminal([*words, "--server", server.url, "--key", TOKEN])


@pytest.fixture
def prompt(at_terminal: Callable[..., Terminal]) -> Iterator[Terminal]:
    """Return the prompt of `mecum chat`."""
    with at_terminal("chat") as terminal:
        terminal.until("> ")
        yield terminal


def texts(app: ScriptedApp) -> list[str]:
    """Return the texts of the messages sent."""
    return [request.json["text"] for request in app.requests("POST", "/runs")]


def test_a_model_cannot_drive_the_terminal(app: ScriptedApp, at_terminal: Callable[..., Terminal]) -> None:
    app.script = [
        started(),
        delta("red \x1b[31m\x1b]52;c;aGk=\x07 end\n", 0),
        completed("red \x1b[31m\x1b]52;c;aGk=\x07 end\n"),
    ]
    with at_terminal("chat", "-q", "x") as terminal:
        assert terminal.end() == 0
        assert terminal.shown == "red \ufffd[31m\ufffd]52;c;aGk=\ufffd end\n"


def test_lists_have_heads_and_whole_ids(app: ScriptedApp, at_terminal: Callable[..., Terminal]) -> None:
    item: dict[str, Any] = {
        "id": "cnv_06hq3k8w2m5v9",
        "title": "t" * 300 + "\x1b[2J",
        "last_activity_at": "2026-11-21T06:40:00.123Z",
        "tags": ["tea", "work"],
    }
    app.answers["GET /conversations"] = Answer({"items": [item], "next_cursor": None})
    with at_terminal("conversations", "list") as terminal:
        assert terminal.end() == 0
    head, row, *rest = terminal.shown.splitlines()
    assert head.split() == ["id", "last", "activity", "tags", "title"]
    assert row.startswith(item["id"])
    assert (len(row) <= 100, "\x1b" in row, rest) == (True, False, [])


def test_the_prompt_asks_and_answers(app: ScriptedApp, prompt: Terminal) -> None:
    app.script = [completed("Good morning.")]
    prompt.type("first line \\\nsecond line\n")
    prompt.until("Good morning.\n> ")
    prompt.type("//slash\n")
    prompt.until("> ", len(prompt.shown))
    prompt.type("\n/new\n")
    prompt.until("A new conversation begins")
    prompt.type("again\n/exit\n")
    assert prompt.end() == 0
    assert texts(app) == ["first line \nsecond line", "/slash", "again"]
    ids = [request.json.get("conversation_id") for request in app.requests("POST", "/runs")]
    assert ids == [None, "cnv_1", None]


def test_the_prompt_knows_its_commands(app: ScriptedApp, prompt: Terminal) -> None:
    app.answers["GET /models"] = Answer({"items": [{"ref": "fake/small"}, {"ref": "fake/large"}]})
    app.answers["GET /conversations/cnv_1/messages"] = Answer({"items": [], "runs": [{"id": "run_1"}]})
    app.script = [completed("ok")]
    prompt.type("/nonsense\n/model fake/large\n/model\n/stop\nhi\n/stop\n")
    prompt.until("Nothing is being answered now.\n> ")
    assert "/exit or Ctrl-D leaves" in prompt.shown
    assert "* fake/large" in prompt.shown
    assert app.requests("POST", "/runs")[0].json["model"] == "fake/large"
    assert len(app.requests("POST", "/runs/run_1/cancel")) == 1
    prompt.type("\x04")
    assert prompt.end() == 0


def test_control_c_cancels_the_answer_and_not_the_talk(app: ScriptedApp, prompt: Terminal) -> None:
    app.script = [started(), delta("It begins", 0), HANG]
    prompt.type("x\n")
    prompt.until("It begins")
    assert app.hanging.wait(_SECONDS)
    prompt.control_c()
    prompt.until("Cancelled; what there is of the answer is kept.\n> ")
    prompt.control_c_at_prompt("Ctrl-D or /exit leaves")
    prompt.type("/quit\n")
    assert prompt.end() == 0


def test_an_error_ends_the_answer_and_not_the_talk(app: ScriptedApp, prompt: Terminal) -> None:
    app.script = [{"type": "run.failed", "error": {"code": "model.gone", "message": "It left."}}]
    prompt.type("x\n")
    prompt.until("error model.gone: It left.\n> ")
    prompt.type("\x04")
    assert prompt.end() == 0


def test_the_prompt_can_go_on_where_it_was(app: ScriptedApp, at_terminal: Callable[..., Terminal]) -> None:
    app.script = [completed("ok")]
    with at_terminal("chat", "-c", "cnv_06hq3k8w2m5v9") as terminal:
        terminal.until("> ")
        terminal.type("x\n/exit\n")
        assert terminal.end() == 0
    assert app.requests("POST", "/runs")[0].json["conversation_id"] == "cnv_06hq3k8w2m5v9"


def test_purge_asks_first(app: ScriptedApp, at_terminal: Callable[..., Terminal]) -> None:
    app.answers["DELETE /trash"] = Answer({"purged": 0, "conversations": 0, "assistants": 0, "projects": 0})
    with at_terminal("trash", "empty") as terminal:
        terminal.until("[y/N]")
        terminal.type("n\n")
        assert terminal.end() == 130
    assert app.requests("DELETE", "/trash") == []


def test_a_password_is_asked_for_unseen(app: ScriptedApp, at_terminal: Callable[..., Terminal]) -> None:
    app.answers |= {"GET /session": Answer({"password_set": True}), "PUT /owner/password": Answer(None, 204)}
    with at_terminal("password", "set") as terminal:
        for question, reply in (("Present password", "old"), ("New password", "new"), ("Repeat", "new")):
            terminal.until(question)
            terminal.type(f"{reply}\n")
        assert terminal.end() == 0
    assert "old" not in terminal.shown
    assert app.requests("PUT", "/owner/password")[0].json == {"current_password": "old", "new_password": "new"}
