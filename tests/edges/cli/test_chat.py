"""`mecum chat` against a scripted server: what is sent, what is printed where, how it ends."""

import os
import signal
import threading
from pathlib import Path

import orjson
import pytest

from fakes.command_line import Call, Pipe
from fakes.mecum_server import DROP, HANG, TOKEN, Answer, MecumServer, ScriptedApp, completed, delta, problem, started

STORY = [
    {"type": "run.started", "model": "fake/small", "model_reason": "the only one"},
    started(),
    delta("Once upon", 0),
]


def sent(app: ScriptedApp) -> dict[str, object]:
    """Return the one run that was asked for."""
    (request,) = app.requests("POST", "/runs")
    return request.json


def test_the_answer_alone_goes_to_standard_output(app: ScriptedApp, ask: Call) -> None:
    app.script = [*STORY, delta(" a time", 9), completed("Once upon a time")]
    ended = ask("chat", "tell", "me")
    assert (ended.code, ended.out) == (0, "Once upon a time\n")
    assert ended.err == "model: fake/small (the only one)\n"
    assert sent(app) == {"text": "tell me", "wait_for_model": False}


def test_it_is_said_which_model_is_not_here(app: ScriptedApp, ask: Call) -> None:
    begun = {**STORY[0], "stood_in_for": "gone/large"}
    app.script = [begun, *STORY[1:], completed("Once upon")]
    assert ask("chat", "x").err == "gone/large is not here\nmodel: fake/small (the only one)\n"
    reason = "gone/large did not answer (unavailable); fake/small stood in."
    app.script = [{**begun, "model_reason": reason}, *STORY[1:], completed("Once upon")]
    assert ask("chat", "x").err == f"model: fake/small ({reason})\n"


def test_quiet_says_nothing_beside_the_answer(app: ScriptedApp, ask: Call) -> None:
    app.script = [*STORY, completed("Once upon")]
    assert ask("chat", "-q", "x").err == ""


def test_json_prints_one_envelope_a_line(app: ScriptedApp, ask: Call) -> None:
    app.script = [*STORY, completed("Once upon")]
    lines = ask("chat", "x", "--json").out.splitlines()
    types = [orjson.loads(line)["type"] for line in lines]
    assert types == ["run.started", "part.started", "part.delta", "run.completed"]


def test_no_stream_prints_only_the_whole(app: ScriptedApp, ask: Call) -> None:
    app.script = [*STORY, completed("Another text altogether")]
    assert ask("chat", "--no-stream", "x").out == "Another text altogether\n"


def test_what_is_piped_in_stands_in_a_fence_below(app: ScriptedApp, ask: Call, pipe: Pipe) -> None:
    pipe("a ``` b\nä\n".encode())
    app.script = [completed("ok")]
    ask("chat", "summarise")
    assert sent(app)["text"] == "summarise\n\n````\na ``` b\nä\n````"


def test_what_is_piped_in_alone_is_the_message(app: ScriptedApp, ask: Call, pipe: Pipe) -> None:
    pipe(b"hello\n")
    app.script = [completed("ok")]
    ask("chat")
    assert sent(app)["text"] == "hello"


def test_raw_mode_fences_nothing(app: ScriptedApp, ask: Call, pipe: Pipe) -> None:
    pipe(b"upon a time")
    app.script = [completed("ok")]
    ask("chat", "--raw", "--temperature", "0", "Once")
    assert sent(app) == {"text": "Once\nupon a time", "mode": "raw", "temperature": 0.0, "wait_for_model": False}


@pytest.mark.parametrize(
    ("data", "name"), [(b"\xff\xfe", "stdin.bin"), (b"a\x00b", "stdin.bin"), (b"x" * 70_000, "stdin.txt")]
)
def test_a_pipe_that_is_no_message_becomes_a_file(
    app: ScriptedApp, ask: Call, pipe: Pipe, data: bytes, name: str
) -> None:
    pipe(data)
    app.answers["POST /files"] = Answer({"id": "fil_1"}, 201)
    app.script = [completed("ok")]
    ask("chat", "what is it")
    (upload,) = app.requests("POST", "/files")
    assert (upload.body, upload.query) == (data, {"name": name})
    assert sent(app)["files"] == ["fil_1"]


def test_files_are_stored_first(app: ScriptedApp, ask: Call, tmp_path: Path) -> None:
    notes = tmp_path / "ü notes.md"
    notes.write_bytes(b"# hi")
    app.answers["POST /files"] = [Answer({"id": "fil_1"}, 201), Answer({"id": "fil_2"}, 201)]
    app.script = [completed("ok")]
    ask("chat", "read", "--file", str(notes), "--file", str(notes))
    assert [upload.query["name"] for upload in app.requests("POST", "/files")] == ["ü notes.md"] * 2
    assert sent(app)["files"] == ["fil_1", "fil_2"]


@pytest.mark.parametrize("flag", ["-c", "--continue"])
@pytest.mark.parametrize("words", [(), ("last",)])
def test_continue_goes_on_with_the_last(app: ScriptedApp, ask: Call, flag: str, words: tuple[str, ...]) -> None:
    app.answers["GET /conversations"] = Answer({"items": [{"id": "cnv_9"}], "next_cursor": None})
    app.script = [completed("ok")]
    ask("chat", flag, *words, "and", "then?")
    assert sent(app)["conversation_id"] == "cnv_9"
    assert sent(app)["text"] == "and then?"


def test_continue_takes_an_id(app: ScriptedApp, ask: Call) -> None:
    app.script = [completed("ok")]
    ask("chat", "hello", "-c", "cnv_06hq3k8w2m5v9", "there")
    assert (sent(app)["conversation_id"], sent(app)["text"]) == ("cnv_06hq3k8w2m5v9", "hello there")


def test_words_after_two_dashes_are_text(app: ScriptedApp, server: MecumServer, mecum: Call) -> None:
    app.answers["GET /conversations"] = Answer({"items": [{"id": "cnv_9"}], "next_cursor": None})
    app.script = [completed("ok")]
    mecum("--server", server.url, "--key", TOKEN, "chat", "-c", "--", "-c", "means?")
    assert (sent(app)["text"], sent(app)["conversation_id"]) == ("-c means?", "cnv_9")


def test_assistants_system_prompts_and_waiting_are_passed_on(app: ScriptedApp, ask: Call) -> None:
    app.script = [completed("ok")]
    ask("chat", "--assistant", "poet", "--system", "Rhyme.", "--wait", "hi")
    assert sent(app) == {"text": "hi", "model": "assistant:poet", "system_prompt": "Rhyme.", "wait_for_model": True}


def test_a_gguf_file_is_named_by_its_whole_path(app: ScriptedApp, ask: Call, tmp_path: Path) -> None:
    (tmp_path / "small.gguf").write_bytes(b"GGUF")
    app.answers["POST /models/files"] = Answer({"ref": "llama_cpp/small"}, 201)
    app.script = [completed("ok")]
    ask("chat", "--model", str(tmp_path / "x" / ".." / "small.gguf"), "hi")
    assert app.requests("POST", "/models/files")[0].query == {"path": str(tmp_path / "small.gguf")}
    assert sent(app)["model"] == "llama_cpp/small"


def test_a_model_file_that_is_not_there_is_not_found(ask: Call) -> None:
    ended = ask("chat", "--model", "./no.gguf", "hi")
    assert (ended.code, ended.err) == (4, "error cli.no_model_file: There is no file ./no.gguf.\n")


def test_a_broken_connection_is_taken_up_where_it_broke(app: ScriptedApp, ask: Call) -> None:
    app.script = [*STORY, DROP, delta(" a time", 9), DROP, completed("Once upon a time")]
    ended = ask("chat", "x")
    assert (ended.code, ended.out) == (0, "Once upon a time\n")
    assert [seen.query["after"] for seen in app.requests("GET", "/runs/run_1/events")] == ["0", "3", "5"]


def test_replayed_text_is_printed_once(app: ScriptedApp, ask: Call) -> None:
    app.script = [started(), delta("für ", 0), delta("für Elise", 0), delta("Elise!", 5), completed("für Elise!")]
    assert ask("chat", "x").out == "für Elise!\n"


def test_reasoning_is_not_the_answer_and_parts_do_not_run_together(app: ScriptedApp, ask: Call) -> None:
    thinking = [started(0, "reasoning"), delta("hm", 0, 0)]
    parts = [started(1), delta("one", 0, 1), started(2), delta("two", 0, 2)]
    message = {
        "id": "m",
        "parts": [{"type": "reasoning", "text": "hm"}, *({"type": "text", "text": t} for t in ("one", "two"))],
    }
    app.script = [*thinking, *parts, {"type": "run.completed", "message": message}]
    assert ask("chat", "x").out == "one\ntwo\n"


def test_what_is_no_text_is_shown_in_its_place(app: ScriptedApp, ask: Call) -> None:
    data = {"type": "data", "media_type": "text/plain", "base64": "AA==", "shown": "\ufffd"}
    told = [delta("ab", 0), started(1, "data"), {"type": "part.completed", "part": 1, "content": data}]
    parts = [{"type": "text", "text": "ab"}, data, {"type": "text", "text": "cd"}]
    end = {"type": "run.completed", "message": {"id": "m", "parts": parts}}
    app.script = [started(), *told, started(2), delta("cd", 0, 2), end]
    assert ask("chat", "x").out == "ab\ufffdcd\n"
    assert ask("chat", "--no-stream", "x").out == "ab\ufffdcd\n"


def test_sources_are_named_beside_the_answer(app: ScriptedApp, ask: Call) -> None:
    parts = [{"type": "text", "text": "It was so."}, {"type": "citation", "title": "Notes", "quote": "so"}]
    app.script = [{"type": "run.completed", "message": {"id": "m", "parts": parts}}]
    ended = ask("chat", "x")
    assert (ended.out, ended.err) == ("It was so.\n", "source: Notes\n")


def test_waiting_is_said(app: ScriptedApp, ask: Call) -> None:
    app.script = [{"type": "run.status", "phase": "waiting_for_model"}, {"type": "something.new"}, completed("ok")]
    assert ask("chat", "--wait", "x").err == "waiting for a model …\n"


def test_why_it_waits_is_said_once(app: ScriptedApp, ask: Call) -> None:
    because = {"code": "model.not_a_server", "message": "A web page answers there."}
    waits = {"type": "run.status", "phase": "waiting_for_model", "waits_because": because}
    app.script = [waits, waits, completed("ok")]
    assert ask("chat", "--wait", "x").err == "waiting for a model: A web page answers there.\n"
    app.script = [waits, HANG]
    assert ask("chat", "x").err.endswith("can (`--wait` waits for that). A web page answers there.\n")


def test_nobody_waits_without_being_told_to(app: ScriptedApp, ask: Call) -> None:
    app.script = [{"type": "run.status", "phase": "waiting_for_model"}, HANG]
    ended = ask("chat", "x")
    assert (ended.code, ended.err.startswith("error cli.no_model_now: ")) == (7, True)
    assert app.requests("POST", "/runs/run_1/cancel") == []


@pytest.mark.parametrize(("kind", "code"), [("unavailable", 7), ("limit", 6), ("invalid", 2)])
def test_a_failed_run_ends_with_the_code_of_its_kind(app: ScriptedApp, ask: Call, kind: str, code: int) -> None:
    app.answers["GET /errors/codes"] = Answer({"items": [{"code": "model.gone", "kind": kind}]})
    app.script = [
        *STORY,
        {"type": "run.failed", "error": {"code": "model.gone", "message": "It left."}, "message": None},
    ]
    ended = ask("chat", "-q", "x")
    assert (ended.code, ended.out, ended.err) == (code, "Once upon\n", "error model.gone: It left.\n")


def test_an_interrupted_run_keeps_what_there_is(app: ScriptedApp, ask: Call) -> None:
    app.script = [*STORY, {"type": "run.interrupted", "message": None}]
    ended = ask("chat", "x", "--json")
    assert (ended.code, ended.problem["code"]) == (7, "run.interrupted")


def test_a_refusal_is_told_by_its_code(app: ScriptedApp, ask: Call) -> None:
    errors = [{"path": "text", "message": "holds NUL"}]
    app.answers["POST /runs"] = problem(422, "message.not_storable", "It cannot be stored.", errors=errors)
    ended = ask("chat", "x")
    assert (ended.code, ended.err) == (2, "error message.not_storable: It cannot be stored. (text: holds NUL)\n")


def test_control_c_cancels_the_answer_on_the_server(app: ScriptedApp, ask: Call) -> None:
    app.script = [*STORY, HANG]

    def interrupt() -> None:
        assert app.hanging.wait(10)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    ended = ask("chat", "-q", "x")
    assert (ended.code, ended.out, ended.err) == (130, "Once upon\n", "")
    assert len(app.requests("POST", "/runs/run_1/cancel")) == 1


def test_nothing_to_say_is_an_error(ask: Call, mecum: Call) -> None:
    assert mecum("chat").err.startswith("error cli.usage: Nothing to send")
    ended = ask("chat")
    assert (ended.code, ended.err.startswith("error cli.usage: Nothing to send")) == (2, True)
