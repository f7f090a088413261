"""The command line as a person uses it: its own process, the real application, a data folder of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from fakes.command_line import Ended
from fakes.steps import Hang, Say
from fakes.upstream import Upstream

# Each starts several processes that load the whole product.
pytestmark = pytest.mark.timeout(180)

_SECONDS = 60.0


@dataclass
class House:
    """A data folder and the calls that work on it."""

    folder: Path
    settings: dict[str, Any]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])

    def words(self, *words: str) -> list[str]:
        """Return a whole command line."""
        config = self.folder.parent / "settings.json"
        config.write_bytes(orjson.dumps(self.settings))
        return [sys.executable, "-m", "mecum", "--data", str(self.folder), "--config", str(config), *words]

    def __call__(self, *words: str, stdin: bytes = b"") -> Ended:
        """Run a command to its end."""
        done = subprocess.run(self.words(*words), input=stdin, capture_output=True, timeout=_SECONDS, check=False)
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command and leave it running."""
        call = subprocess.Popen(
            self.words(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.running.append(call)
        return call

    def serve(self, *words: str) -> tuple[subprocess.Popen[bytes], str]:
        """Start the server; return its process and its address once it answers."""
        server = self.start("serve", "--json", *(words or ("--port", "0")))
        assert server.stdout is not None
        ready = server.stdout.readline()
        assert ready, server.communicate()
        return server, str(orjson.loads(ready)["url"])

    def stop(self) -> None:
        """End what still runs."""
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            process.communicate(timeout=_SECONDS)


@pytest.fixture
def mecum(tmp_path: Path, upstream: Upstream) -> Iterator[House]:
    """Return calls on a fresh data folder, with a fake model server as the only one."""
    endpoint = {"name": "fake", "wire": "openai", "base_url": f"{upstream.url}/v1"}
    house = House(tmp_path / "data", {"models": {"ollama_url": None, "local_servers": [], "endpoints": [endpoint]}})
    yield house
    house.stop()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[House]:
    """Return calls on a fresh data folder on a machine with no language model."""
    house = House(tmp_path / "data", {"models": {"ollama_url": None, "local_servers": []}})
    yield house
    house.stop()


def ask(mecum: House, *words: str, stdin: bytes = b"") -> Ended:
    """Ask the fake model."""
    return mecum("chat", "--model", "fake/fake-echo", *words, stdin=stdin)


@pytest.mark.slow
def test_an_answer_without_a_server(mecum: House) -> None:
    ended = ask(mecum, "hello there")
    assert (ended.code, ended.out) == (0, "hello there\n"), ended.err
    assert "fake/fake-echo" in ended.err
    (found,) = mecum("conversations", "list", "--json").json["items"]
    assert found["running"] is False
    shown = mecum("conversations", "show", "last").out
    assert "## You\nhello there" in shown
    assert "## Assistant (fake/fake-echo)\nhello there" in shown


@pytest.mark.slow
def test_the_built_in_responder_answers_where_there_is_no_model(alone: House) -> None:
    ended = alone("chat", "what is 17 * 3?")
    assert ended.code == 0, ended.err
    assert "51" in ended.out
    assert "no language model" in ended.out.lower()


@pytest.mark.slow
def test_the_record_from_end_to_end(mecum: House, tmp_path: Path) -> None:
    mecum.serve()
    assert ask(mecum, "the quick brown fox").code == 0
    assert ask(mecum, "-c", "jumps over").code == 0
    (found,) = mecum("conversations", "list", "--json").json["items"]
    assert len(mecum("conversations", "show", "last", "--json").json["messages"]) == 4
    assert "[quick]" in mecum("conversations", "search", "quick").out

    assert mecum("conversations", "rename", "last", "Foxes").code == 0
    copy = mecum("conversations", "fork", found["id"]).out.strip()
    assert mecum("conversations", "list").out.count("cnv_") == 2

    assert mecum("conversations", "delete", copy).code == 0
    assert copy in mecum("trash", "list").out
    away = mecum("conversations", "show", copy)
    assert (away.code, away.err.startswith("error conversation.in_trash: ")) == (4, True)
    assert away.err.endswith(f" Try: mecum trash restore {copy}\n")
    assert mecum("conversations", "restore", copy[:20]).code == 0
    assert mecum("conversations", "delete", copy).code == 0
    emptied = mecum("trash", "empty", "--yes", "--json").json
    assert emptied == {"purged": 1, "conversations": 1, "assistants": 0, "projects": 0}
    gone = mecum("conversations", "show", copy)
    assert (gone.code, gone.err.startswith("error conversation.not_found")) == (4, True)


@pytest.mark.slow
def test_a_conversation_leaves_and_comes_back(mecum: House, tmp_path: Path) -> None:
    mecum.serve()
    assert ask(mecum, "the quick brown fox").code == 0
    for form in ("json", "jsonl", "markdown", "openai"):
        file = tmp_path / f"out.{form}"
        written = mecum("conversations", "export", "last", "--format", form, "-o", str(file))
        assert (written.code, "note: messages lose their" in written.err) == (0, form == "openai"), written.err
        assert b"brown fox" in file.read_bytes()
        report = mecum("conversations", "import", "--format", form, str(file), "--json").json["items"][0]
        assert report["report"]["messages"] == 2, form


@pytest.mark.slow
def test_files_and_keys(mecum: House, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_bytes("tea at five ☕\n".encode())
    (stored,) = mecum("files", "add", str(note), "--json").json["items"]
    assert mecum("files", "get", stored["id"]).out == "tea at five ☕\n"
    assert ask(mecum, "when is tea?", "--file", str(note)).code == 0
    assert "[file: note.txt" in mecum("conversations", "show", "last").out

    secret = mecum("keys", "create", "ci").out.strip()
    _, url = mecum.serve()
    elsewhere = House(tmp_path / "elsewhere", {})
    assert elsewhere("conversations", "list", "--server", url, "--key", secret).out.startswith("cnv_")
    assert mecum("keys", "revoke", "ci").code == 0
    assert elsewhere("conversations", "list", "--server", url, "--key", secret).code == 3


@pytest.mark.slow
def test_a_running_server_is_talked_to(mecum: House, upstream: Upstream) -> None:
    server, url = mecum.serve()
    card = orjson.loads((mecum.folder / "server.json").read_bytes())
    assert (card["url"].rstrip("/"), card["pid"]) == (url, server.pid)
    if os.name == "posix":
        assert (mecum.folder / "server.json").stat().st_mode & 0o777 == 0o600
    assert ask(mecum, stdin=b"from a pipe\n").out == "from a pipe\n"
    second = mecum("serve", "--port", "0")
    assert (second.code, str(server.pid) in second.err, url in second.err) == (5, True, True)
    assert len(mecum("conversations", "list", "--json").json["items"]) == 1

    server.send_signal(signal.SIGTERM)
    assert server.wait(_SECONDS) == 0
    assert not (mecum.folder / "server.json").exists()
    assert len(mecum("conversations", "list", "--json").json["items"]) == 1


@pytest.mark.slow
def test_a_taken_port_and_an_open_door_are_refused(mecum: House, tmp_path: Path) -> None:
    _, url = mecum.serve()
    other = House(tmp_path / "other", mecum.settings)
    taken = other("serve", "--port", url.rpartition(":")[2])
    assert (taken.code, taken.err.startswith("error cli.port_taken")) == (5, True)
    door = other("serve", "--host", "0.0.0.0", "--port", "0")
    assert (door.code, "password" in door.err) == (3, True), door.err


@pytest.mark.slow
def test_two_commands_at_once_both_work(mecum: House) -> None:
    assert mecum("conversations", "list").code == 0
    calls = [mecum.start("conversations", "list") for _ in range(3)]
    ended = [call.communicate(timeout=_SECONDS) for call in calls]
    assert [call.returncode for call in calls] == [0, 0, 0], ended


@pytest.mark.slow
@pytest.mark.parametrize("served", [True, False])
def test_control_c_cancels_and_keeps_what_there_is(mecum: House, upstream: Upstream, served: bool) -> None:
    upstream.script("fake-slow", [Say("It begins"), Hang()])
    if served:
        mecum.serve()
    call = mecum.start("chat", "--model", "fake/fake-slow", "-q", "x")
    assert call.stdout is not None
    assert call.stdout.read(9) == b"It begins"
    call.send_signal(signal.SIGINT)
    out, err = call.communicate(timeout=_SECONDS)
    assert (call.returncode, out, err) == (130, b"\n", b"")
    shown = mecum("conversations", "show", "last", "--json").json
    assert (shown["messages"][-1]["state"], shown["messages"][-1]["parts"][0]["text"]) == ("cancelled", "It begins")


@pytest.mark.slow
def test_a_client_that_leaves_cancels_nothing(mecum: House, upstream: Upstream) -> None:
    upstream.script("fake-slow", [Say("It begins"), Hang()])
    mecum.serve()
    call = mecum.start("chat", "--model", "fake/fake-slow", "-q", "x")
    assert call.stdout is not None
    assert call.stdout.read(9) == b"It begins"
    call.kill()
    call.wait()
    (found,) = mecum("conversations", "list", "--json").json["items"]
    assert found["running"] is True


@pytest.mark.slow
def test_a_killed_server_loses_nothing_that_was_shown(mecum: House, upstream: Upstream) -> None:
    upstream.script("fake-slow", [Say("It begins"), Hang()])
    server, _ = mecum.serve()
    call = mecum.start("chat", "--model", "fake/fake-slow", "-q", "x")
    assert call.stdout is not None
    assert call.stdout.read(9) == b"It begins"
    server.kill()
    server.wait()
    mecum.serve()
    out, err = call.communicate(timeout=_SECONDS)
    assert (call.returncode, out, err.startswith(b"error run.interrupted: ")) == (7, b"\n", True)


@pytest.mark.slow
def test_a_model_that_is_not_there(mecum: House) -> None:
    ended = mecum("chat", "--model", "fake/none", "hello")
    assert (ended.code, ended.err.splitlines()[-1].startswith("error model.")) == (4, True)


@pytest.mark.slow
def test_a_real_model_from_its_path(alone: House, stories: Path) -> None:
    line = ["chat", "--model", str(stories), "--raw", "--temperature", "0", "Once upon a time"]
    story = ", there was a little girl named Lily. She loved to play outside in the park."
    ended = alone(*line)
    assert (ended.code, ended.out[: len(story)]) == (0, story), ended.err
    alone.serve()
    assert alone(*line).out == ended.out


@pytest.mark.slow
def test_the_doctor_is_content(mecum: House) -> None:
    ended = mecum("doctor", "--json")
    states = {check["name"]: check["state"] for check in ended.json["checks"]}
    assert states["database"] == "ok", ended.out
    assert states["models"] == "ok", ended.out
    page = states.pop("page")
    assert ended.code == (0 if page == "ok" and "error" not in states.values() else 1)
    mecum.serve()
    assert "running at" in mecum("doctor").out


@pytest.mark.slow
def test_a_password_opens_the_door(mecum: House) -> None:
    assert mecum("password", "set", "--stdin", stdin=b"correct horse battery\n").code == 0
    _, url = mecum.serve("--host", "0.0.0.0", "--port", "0")
    assert url.startswith("http://127.0.0.1:")
    assert mecum("conversations", "list").code == 0


def test_a_wrong_setting_is_told(mecum: House) -> None:
    mecum.settings["server"] = {"port": "many"}
    ended = mecum("conversations", "list")
    assert (ended.code, ended.err.startswith("error settings.invalid")) == (2, True)


def test_a_file_that_no_reader_knows_is_bad_input_and_no_fault(mecum: House, tmp_path: Path) -> None:
    file = tmp_path / "notes.xyz"
    file.write_text("nobody knows this")
    alone = mecum("import", str(file))
    server, _ = mecum.serve()
    beside = mecum("import", str(file), "--json")
    for ended in (alone, beside):
        assert (ended.code, ended.out) == (2, ""), ended.err
        assert "Traceback" not in ended.err
    assert alone.err.splitlines()[-1] == "error import.format_unknown: No reader knows notes.xyz."
    assert orjson.loads(beside.err)["code"] == "import.format_unknown"
    server.send_signal(signal.SIGTERM)
    _, said = server.communicate(timeout=_SECONDS)
    assert b"job refused" in said
    assert b"ERROR" not in said
    assert b"job failed" not in said
