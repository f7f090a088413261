"""The root: what starts light, how errors end, where the common options may stand."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

import mecum as package
from fakes.command_line import Call
from fakes.mecum_server import TOKEN, Answer, MecumServer, ScriptedApp, problem
from mecum.edges.cli.root import COMMANDS, MODULES, root

PROBE = """
import sys
sys.argv = ["mecum", *{words!r}]
from mecum.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sorted(sys.modules), file=sys.stderr)
"""


def loaded(*words: str) -> set[str]:
    """Return the modules a call loads."""
    call = [sys.executable, "-c", PROBE.format(words=words)]
    ended = subprocess.run(call, capture_output=True, text=True, timeout=30, check=True)
    return set(ended.stderr.split())


@pytest.mark.parametrize("words", [("--version",), ("--version", "--json"), ("--json", "--version")])
def test_the_version_needs_nothing(words: tuple[str, ...]) -> None:
    modules = loaded(*words)
    assert not {"click", "asyncio", "orjson", "pydantic", "mecum.edges.cli"} & modules


@pytest.mark.parametrize("words", [("--help",), ("completion", "zsh"), ("version",)])
def test_light_commands_load_no_server(words: tuple[str, ...]) -> None:
    assert not {"pydantic", "sqlalchemy", "fastapi", "uvicorn", "rich"} & loaded(*words)


@pytest.mark.parametrize("words", [("--version",), ("version",), ("--json", "version")])
def test_the_version_is_told(mecum: Call, words: tuple[str, ...]) -> None:
    ended = mecum(*words)
    assert (ended.code, package.__version__ in ended.out) == (0, True)


@pytest.mark.parametrize(
    "words", ["--version --json", "--json --version", "--version --data x --json", "version --json"]
)
def test_the_version_is_told_as_json(mecum: Call, words: str) -> None:
    assert mecum(*words.split()).json == {"version": package.__version__}


def test_the_version_as_json_is_told_before_anything_is_loaded() -> None:
    call = [sys.executable, "-m", "mecum", "--version", "--json"]
    said = subprocess.run(call, capture_output=True, timeout=30, check=True).stdout
    assert json.loads(said) == {"version": package.__version__}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(mecum: Call, name: str) -> None:
    ended = mecum(name, "--help")
    assert ended.code == 0
    assert "--data DIR" in ended.out
    assert "--server URL" in ended.out


def test_every_command_is_listed() -> None:
    folder = Path(__file__).parents[3] / "src" / "mecum" / "edges" / "cli" / "commands"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == {MODULES.get(name, name) for name in COMMANDS}


def test_no_command_shows_the_help(mecum: Call) -> None:
    ended = mecum()
    assert (ended.code, ended.out) == (2, "")
    assert "doctor" in ended.err


@pytest.mark.parametrize("words", [("sing",), ("keys", "sing"), ("trash", "list", "--loud"), ("keys", "create")])
def test_a_wrong_line_is_a_usage_error(mecum: Call, words: tuple[str, ...]) -> None:
    ended = mecum(*words)
    assert (ended.code, ended.err.startswith("error cli.usage: "), ended.err.count("\n")) == (2, True, 1)


def test_common_options_stand_anywhere(mecum: Call, server: MecumServer, app: ScriptedApp) -> None:
    app.answers["GET /keys"] = Answer({"items": [], "next_cursor": None})
    where = ["--server", server.url, "--key", TOKEN]
    assert mecum(*where, "--json", "keys", "list").json == {"items": []}
    assert mecum("keys", *where, "list", "--json").json == {"items": []}
    assert mecum("keys", "--json", "list", *where).json == {"items": []}


def test_the_last_place_wins(mecum: Call, server: MecumServer, app: ScriptedApp) -> None:
    app.answers["GET /keys"] = Answer({"items": [], "next_cursor": None})
    line = ["--key", "wrong", "keys", "--server", server.url, "list", "--key", TOKEN]
    assert mecum(*line).code == 0


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, 2), (401, 3), (403, 3), (404, 4), (409, 5), (413, 6), (429, 6), (500, 1), (502, 7), (503, 7)],
)
def test_a_refusal_ends_with_the_code_of_its_kind(app: ScriptedApp, ask: Call, status: int, code: int) -> None:
    app.answers["GET /keys"] = problem(status, "some.code", "Because\x1b[31m of this.", request_id="req_1")
    ended = ask("keys", "list")
    assert (ended.code, ended.out) == (code, "")
    found = " (request req_1 in the log)" if status == 500 else ""
    assert ended.err == f"error some.code: Because\ufffd[31m of this.{found}\n"
    assert ask("keys", "list", "--json").problem["request_id"] == "req_1"


def test_a_fault_of_the_server_is_found_in_its_log(app: ScriptedApp, ask: Call) -> None:
    ask("keys", "list")
    sent = [request.headers["x-request-id"] for request in app.requests("GET", "/keys")]
    assert sent
    assert all(one.startswith("cli_") for one in sent)
    app.answers["GET /keys"] = problem(500, "internal.error", "Something broke.", request_id="cli_1.1")
    ended = ask("keys", "list")
    assert "error internal.error: Something broke. (request cli_1.1 in the log)" in ended.err


def test_an_answer_that_is_no_problem_is_still_an_error(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /keys"] = Answer(b"<h1>Bad gateway</h1>", 502)
    ended = ask("keys", "list")
    assert (ended.code, ended.err) == (7, "error http.unexpected: The server answered 502.\n")


def test_another_kind_of_server_is_told(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /keys"] = Answer(b"<!doctype html>")
    ended = ask("keys", "list")
    assert (ended.code, ended.err.startswith("error cli.stranger: What answers at http://127.0.0.1:")) == (7, True)


def test_a_server_without_our_routes_is_another_kind(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /keys"] = Answer({"error": "not found"}, 404)
    ended = ask("keys", "list")
    assert (ended.code, ended.err.startswith("error cli.stranger: ")) == (7, True)


def test_a_server_that_is_not_there_is_unavailable(mecum: Call) -> None:
    ended = mecum("keys", "list", "--server", "127.0.0.1:1", "--key", "x")
    assert (ended.code, ended.err.startswith("error net.unavailable: ")) == (7, True)


@pytest.mark.parametrize("url", ["ftp://x", "http://", "::", "http://[::bad", "http://h:99999", ""])
def test_a_wrong_address_is_invalid(mecum: Call, url: str) -> None:
    assert mecum("keys", "list", "--server", url, "--key", "x").code == 2


@pytest.mark.parametrize("option", ["--data", "--server", "--key"])
def test_an_empty_option_is_no_default(mecum: Call, option: str) -> None:
    """A script's variable that is not set must not lead to another record."""
    ended = mecum("keys", "list", option, "")
    assert (ended.code, ended.err.startswith("error cli.usage: ")) == (2, True)


def test_a_fault_of_ours_is_one_line(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /keys"] = Answer({"surprise": True})
    ended = ask("keys", "list")
    assert (ended.code, ended.err) == (1, "error internal.error: KeyError: 'items'\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(mecum: Call, shell: str) -> None:
    ended = mecum("completion", shell)
    assert (ended.code, "_MECUM_COMPLETE" in ended.out) == (0, True)


def test_the_root_knows_no_other_command() -> None:
    assert root.get_command(click.Context(root), "__init__") is None


def test_a_reader_that_leaves_ends_it_quietly(server: MecumServer, app: ScriptedApp) -> None:
    item = {"id": "key_1", "name": "x" * 1000, "prefix": "mk_", "created_at": "2026-11-21T00:00:00.000Z"}
    app.answers["GET /keys"] = Answer({"items": [item] * 2000, "next_cursor": None})
    words = [sys.executable, "-m", "mecum", "keys", "list", "--server", server.url, "--key", TOKEN]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as call:
        assert call.stdout is not None
        assert call.stderr is not None
        call.stdout.readline()
        call.stdout.close()
        assert call.stderr.read() == b""
        assert call.wait(20) == 141


@pytest.mark.parametrize("words", [("sing",), ("keys", "create"), ("chat",), ("upgrade", "--data", "{nowhere}")])
def test_errors_of_its_own_are_whole_problems(mecum: Call, tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = mecum(*(word.format(nowhere=tmp_path / "none") for word in words), "--json")
    found = ended.problem
    assert (ended.code, found["type"]) == (2, "urn:mecum:error:cli.usage")
    assert found["title"]
    assert found["title"] != found["detail"]


def test_a_problem_of_the_machine_says_its_kind(mecum: Call, server: MecumServer, tmp_path: Path) -> None:
    port = server.url.rpartition(":")[2]
    found = mecum("serve", "--data", str(tmp_path), "--port", port, "--json").problem
    assert (found["code"], found["type"]) == ("cli.port_taken", "urn:mecum:error:cli.port_taken")
    assert found["title"] == "Another program listens there."


@pytest.mark.parametrize("words", [("serve",), ("worker",), ("upgrade",), ("downgrade",), ("restore", "x.mecum")])
@pytest.mark.parametrize("option", [("--server", "127.0.0.1:1"), ("--key", "x")])
def test_work_on_a_folder_is_never_done_on_another_one(
    mecum: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], option: tuple[str, str]
) -> None:
    monkeypatch.setenv("MECUM_DATA", str(tmp_path / "own"))
    ended = mecum(*words, *option)
    assert (ended.code, "--data instead of --server" in ended.err) == (2, True)
    assert not (tmp_path / "own").exists()
