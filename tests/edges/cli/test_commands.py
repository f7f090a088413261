"""The commands beside chat, against a scripted server: what they ask for and what they print."""

import re
from pathlib import Path
from typing import Any

import pytest

from fakes.command_line import Call, Pipe
from fakes.mecum_server import Answer, ScriptedApp

CNV = "cnv_06hq3k8w2m5v9"
OTHER = "cnv_06hq3k8w2m5v9"
MSG = "msg_06hq3k8w2m5v9"


def conversation(**more: Any) -> dict[str, Any]:
    """Return a conversation as the server shows it."""
    at = "2026-11-21T06:40:00.123Z"
    return {"id": CNV, "title": "On tea", "last_activity_at": at, "leaf_id": MSG, "tags": ["tea"], **more}


def listing(*items: dict[str, Any], cursor: str | None = None) -> Answer:
    """Return one page of a list."""
    return Answer({"items": list(items), "next_cursor": cursor})


def test_conversations_are_listed_page_by_page(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /conversations"] = [
        listing(conversation(), cursor="c1"),
        listing(conversation(id=OTHER, title=None)),
    ]
    ended = ask("conversations", "list", "--all")
    assert ended.out == f"{CNV}\t2026-11-21T06:40:00.123Z\ttea\tOn tea\n{OTHER}\t2026-11-21T06:40:00.123Z\ttea\t\n"
    queries = [seen.query for seen in app.requests("GET", "/conversations")]
    assert queries == [{"limit": "100", "archived": "false"}, {"limit": "100", "cursor": "c1", "archived": "false"}]


def test_the_list_is_narrowed_down(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /conversations"] = listing(conversation())
    ask("conversations", "list", "--archived", "--tag", "tea")
    assert app.requests("GET", "/conversations")[0].query == {"limit": "20", "archived": "true", "tag": "tea"}


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (
            ["tag", CNV, "--add", "a", "--add", "b", "--remove", "c"],
            {"action": "tag", "add": ["a", "b"], "remove": ["c"]},
        ),
        (["archive", CNV], {"action": "archive"}),
        (["unarchive", CNV], {"action": "unarchive"}),
        (["retitle", CNV, "--title", "{n} {title}"], {"action": "rename", "title": "{n} {title}"}),
    ],
)
def test_many_are_changed_at_once(app: ScriptedApp, ask: Call, arguments: list[str], body: dict[str, Any]) -> None:
    skipped = [{"id": OTHER, "code": "conversation.not_found", "message": "Gone."}]
    done = {"id": "bat_06hq3k8w2m5v9", "action": body["action"], "changed": [CNV], "skipped": skipped}
    app.answers["POST /conversations/batches"] = Answer(done)
    ended = ask("conversations", *arguments)
    assert ended.out == f"Changed: {CNV}. Undo: mecum conversations undo bat_06hq3k8w2m5v9\n"
    assert f"{OTHER}: Gone." in ended.err
    assert app.requests("POST", "/conversations/batches")[0].json == {"ids": [CNV], **body}


def test_many_changes_are_undone(app: ScriptedApp, ask: Call) -> None:
    done = {"id": None, "action": "undo", "changed": [CNV], "skipped": []}
    app.answers["POST /conversations/batches/bat_1/undo"] = Answer(done)
    assert ask("conversations", "undo", "bat_1").out == f"Changed: {CNV}.\n"


def test_tags_are_listed(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /conversations/tags"] = Answer({"items": [{"name": "tea", "conversations": 3}]})
    assert ask("conversations", "tags").out == "tea\t3\n"


def test_a_search_says_whose_days_are_meant(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /search"] = listing()
    ask("conversations", "search", "ferry", "after:2026", "--zone", "Europe/Rome")
    ask("conversations", "search", "ferry")
    first, second = app.requests("GET", "/search")
    assert first.query == {"limit": "20", "q": "ferry after:2026", "zone": "Europe/Rome"}
    assert re.fullmatch(r"[+-]\d\d:\d\d", second.query["zone"])


def test_a_limit_is_kept(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /conversations"] = listing(conversation(), conversation(id=OTHER), cursor="c1")
    assert len(ask("conversations", "list", "--limit", "2", "--json").json["items"]) == 2
    assert len(app.requests("GET", "/conversations")) == 1


def test_show_reads_backwards_and_prints_forwards(app: ScriptedApp, ask: Call) -> None:
    def message(role: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"id": MSG, "role": role, "parts": list(parts), "state": "complete", "model": None, **more}

    picture = {"type": "image", "file_id": "fil_1", "name": "cup.png"}
    app.answers[f"GET /conversations/{CNV}"] = Answer(conversation())
    app.answers[f"GET /conversations/{CNV}/messages"] = [
        listing(
            message("assistant", {"type": "text", "text": "Oolong."}, model="fake/small", state="interrupted"),
            cursor="older",
        ),
        listing(message("user", {"type": "text", "text": "Which?"}, picture)),
    ]
    assert ask("conversations", "show", CNV).out == (
        f"# On tea ({CNV})\n\n## You\nWhich?\n\n[image: cup.png (fil_1)]\n\n"
        "## Assistant (fake/small, interrupted)\nOolong.\n"
    )


def test_a_trace_says_why_each_model_was_not_taken(app: ScriptedApp, ask: Call) -> None:
    def message(role: str, number: int) -> dict[str, Any]:
        return {"id": f"msg_{number}", "role": role, "run_id": f"run_{number}"}

    considered = [
        {"ref": "up/huge", "named": None, "rule": "memory", "why": "it needs 9.4 GB, 6.1 GB are free", "score": None},
        {"ref": None, "named": "gone", "rule": "not_here", "why": "there is no such model here", "score": None},
        {"ref": "up/small", "named": None, "rule": None, "why": "nothing speaks against it", "score": 0.5},
    ]
    run: dict[str, Any] = {
        "id": "run_2",
        "model": "up/small",
        "model_reason": "The best of 2.",
        "status": "completed",
        "usage": {"eval_count": 3},
        "cost": {"amount": 0.0021, "currency": "USD"},
        "served_by": "box/small",
        "selection": {"role": "chat", "chosen": "up/small", "considered": considered},
        **dict.fromkeys(("stood_in_for", "error", "started_at", "finished_at")),
    }
    app.answers[f"GET /conversations/{CNV}"] = Answer(conversation())
    told = listing(*(message(role, n) for n, role in enumerate(("user", "assistant", "assistant", "user"))))
    app.answers[f"GET /conversations/{CNV}/messages"] = told
    app.answers["GET /runs/run_2"] = Answer(run)
    app.answers["GET /runs/run_1"] = Answer({**run, "id": "run_1", "selection": None})
    assert ask("conversations", "trace", CNV).out.splitlines() == [
        "model\tup/small",
        "why\tThe best of 2.",
        "answered by\tbox/small",
        "state\tcompleted",
        "usage\teval_count 3",
        "cost\t0.002100 USD",
        "run\trun_2",
        "Considered for chat, as it was then:",
        "up/huge\tmemory\tit needs 9.4 GB, 6.1 GB are free",
        "gone\tnot_here\tthere is no such model here",
        "up/small\tchosen\tnothing speaks against it",
    ]
    named = ask("conversations", "trace", CNV, "--message", "msg_1")
    assert "run_1" in named.out
    assert "Considered" not in named.out
    assert ask("conversations", "trace", CNV, "--json").json == run
    missing = ask("conversations", "trace", CNV, "--message", "msg_3")
    assert (missing.code, "cli.no_such_id" in missing.err) == (4, True)


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ({"type": "data", "shown": "a\ufffdb"}, "a\ufffdb"),
        ({"type": "tool_call", "name": "add", "arguments": "{}"}, "[calls add {}]"),
        ({"type": "tool_result", "name": "add", "content": "3"}, "[add: 3]"),
        ({"type": "citation", "title": "Tea"}, "[source: Tea]"),
        ({"type": "reasoning", "text": "hm"}, ""),
    ],
)
def test_every_part_can_be_read(app: ScriptedApp, ask: Call, item: dict[str, Any], text: str) -> None:
    message = {"role": "assistant", "parts": [item], "state": "complete"}
    app.answers[f"GET /conversations/{CNV}"] = Answer(conversation(title=None))
    app.answers[f"GET /conversations/{CNV}/messages"] = listing(message)
    assert ask("conversations", "show", CNV).out == f"# Untitled ({CNV})\n\n## Assistant\n{text}\n"


def test_the_start_of_an_id_will_do(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /conversations"] = listing(conversation(), conversation(id="cnv_16hq3k8w2m5v9"))
    app.answers[f"PATCH /conversations/{CNV}"] = Answer(conversation(title="New"))
    ended = ask("conversations", "rename", "06h", "New")
    assert (ended.code, ended.out) == (0, f"{CNV} is now called New.\n")
    assert app.requests("PATCH", f"/conversations/{CNV}")[0].json == {"title": "New"}


def test_an_ambiguous_start_is_refused_with_the_candidates(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /conversations"] = listing(*(conversation(id=f"cnv_06hq3k8w2m5v9xtd1{end}") for end in "abcdef"))
    ended = ask("conversations", "delete", "cnv_06")
    assert (ended.code, CNV in ended.err, "…" in ended.err) == (2, True, True)


@pytest.mark.parametrize(("words", "code"), [(("show", "cnv_9"), 4), (("show", "last"), 4), (("restore", "last"), 4)])
def test_what_is_not_there_is_not_found(app: ScriptedApp, ask: Call, words: tuple[str, ...], code: int) -> None:
    app.answers["GET /conversations"] = listing()
    assert ask("conversations", *words).code == code


def test_delete_and_restore_take_several(app: ScriptedApp, ask: Call) -> None:
    done = {"id": "bat_06hq3k8w2m5v9", "action": "delete", "changed": [CNV, OTHER], "skipped": []}
    app.answers["POST /conversations/batches"] = Answer(done)
    said = ask("conversations", "delete", CNV, OTHER).out
    assert said == f"In the trash: {CNV}, {OTHER}. Undo: mecum conversations undo bat_06hq3k8w2m5v9\n"
    assert ask("conversations", "restore", CNV, OTHER, "--json").json == done
    # However many they are, each command is one request.
    asked = [one.json for one in app.requests("POST", "/conversations/batches")]
    assert asked == [{"action": action, "ids": [CNV, OTHER]} for action in ("delete", "restore")]
    assert [one for one in app.seen if one.method != "POST"] == []


def test_a_batch_that_changes_nothing_is_refused(app: ScriptedApp, ask: Call) -> None:
    skipped = [{"id": CNV, "code": "conversation.not_found", "message": "There is no such conversation."}]
    app.answers["POST /conversations/batches"] = Answer({"id": None, "changed": [], "skipped": skipped})
    ended = ask("conversations", "delete", CNV)
    assert (ended.code, ended.out) == (4, "")
    assert f"conversation.not_found: {CNV}: There is no such conversation." in ended.err


def test_purge_wants_to_be_sure(app: ScriptedApp, ask: Call) -> None:
    skipped = [{"id": OTHER, "code": "conversation.not_found", "message": "There is no such conversation."}]
    app.answers["POST /conversations/batches"] = Answer({"id": None, "changed": [CNV], "skipped": skipped})
    assert ask("conversations", "purge", CNV, OTHER).code == 2
    assert app.requests("POST", "/conversations/batches") == []
    done = ask("conversations", "purge", CNV, OTHER, "--yes")
    assert (done.code, done.out) == (0, f"Deleted for ever: {CNV}.\n")
    assert f"{OTHER}: There is no such conversation." in done.err
    # However many they are, it is one request.
    asked = [one.json for one in app.requests("POST", "/conversations/batches")]
    assert asked == [{"action": "purge", "ids": [CNV, OTHER]}]
    assert app.requests("DELETE", f"/conversations/{CNV}") == []


def test_search_marks_what_it_found(app: ScriptedApp, ask: Call) -> None:
    pieces = [{"text": "green ", "hit": False}, {"text": "tea", "hit": True}]
    app.answers["GET /search"] = listing({"conversation_id": CNV, "conversation_title": "On tea", "snippet": pieces})
    assert ask("conversations", "search", "green", "tea").out == f"{CNV}\tOn tea\tgreen [tea]\n"
    assert app.requests("GET", "/search")[0].query["q"] == "green tea"


def test_export_is_exact(app: ScriptedApp, ask: Call, tmp_path: Path) -> None:
    data = '{"text": "a\tb\\u001b ü"}\n'.encode()
    app.answers[f"GET /conversations/{CNV}/export"] = Answer(data)
    target = tmp_path / "out.json"
    assert ask("conversations", "export", CNV, "--format", "openai", "-o", str(target)).out == ""
    assert target.read_bytes() == data
    assert ask("conversations", "export", CNV).out.encode() == data
    assert [seen.query["format"] for seen in app.requests("GET", f"/conversations/{CNV}/export")] == ["openai", "json"]


def test_several_come_out_as_one_file(app: ScriptedApp, ask: Call, tmp_path: Path) -> None:
    app.answers["POST /conversations/export"] = Answer(b"PK")
    target = tmp_path / "some.zip"
    done = ask("--json", "conversations", "export", CNV, OTHER, "--format", "markdown", "-o", str(target))
    assert done.json == {"file": str(target), "bytes": 2}
    assert target.read_bytes() == b"PK"
    assert ask("conversations", "export", CNV, OTHER).out == "PK"
    sent = [seen.json for seen in app.requests("POST", "/conversations/export")]
    assert sent == [{"ids": [CNV, OTHER], "format": form} for form in ("markdown", "json")]


def test_import_guesses_the_format_and_reports(app: ScriptedApp, ask: Call, tmp_path: Path, pipe: Pipe) -> None:
    report = {"messages": 2, "parts": 3, "notes": ["one image left out"]}
    app.answers["POST /conversations/import"] = Answer({"conversation_id": CNV, "report": report}, 201)
    (tmp_path / "a.md").write_text("# hi")
    pipe(b"{}")
    ended = ask("conversations", "import", str(tmp_path / "a.md"), "-")
    assert ended.out == f"{CNV}: 2 messages, 3 parts\n" * 2
    assert ended.err == "note: one image left out\n" * 2
    requests = app.requests("POST", "/conversations/import")
    assert [(seen.query["format"], seen.body) for seen in requests] == [("markdown", b"# hi"), ("json", b"{}")]


@pytest.mark.parametrize("words", [(), ("last",), (MSG,), ("msg_06h",)])
def test_fork_copies_up_to_a_message(app: ScriptedApp, ask: Call, words: tuple[str, ...]) -> None:
    app.answers[f"GET /conversations/{CNV}"] = Answer(conversation())
    app.answers[f"GET /conversations/{CNV}/messages"] = listing({"id": MSG})
    app.answers[f"POST /conversations/{CNV}/fork"] = Answer(conversation(id=OTHER), 201)
    assert ask("conversations", "fork", CNV, *words).out == f"{OTHER}\n"
    assert app.requests("POST", f"/conversations/{CNV}/fork")[0].json == {"message_id": MSG}


def test_an_empty_conversation_has_no_last_message(app: ScriptedApp, ask: Call) -> None:
    app.answers[f"GET /conversations/{CNV}"] = Answer(conversation(leaf_id=None))
    assert ask("conversations", "fork", CNV).code == 4


def in_the_trash(app: ScriptedApp) -> None:
    """Put one of each kind there."""
    deleted = {"deleted_at": "2026-11-21T00:00:00.000Z"}
    app.answers["GET /conversations"] = listing(conversation(title="Rome", **deleted))
    app.answers["GET /assistants"] = listing({"id": "ast_06hq3k8w2m5v9", "slug": "tea", "name": "Tea", **deleted})
    app.answers["GET /projects"] = listing({"id": "prj_06hq3k8w2m5v9", "name": "Trip", **deleted})


def test_the_trash_is_listed_and_emptied(app: ScriptedApp, ask: Call) -> None:
    in_the_trash(app)
    gone = {"purged": 3, "conversations": 2, "assistants": 1, "projects": 0}
    app.answers["DELETE /trash"] = Answer(gone)
    listed = ask("trash", "list")
    assert [line.split("\t")[0] for line in listed.out.splitlines()] == ["conversation", "assistant", "project"]
    assert CNV in listed.out
    for kind in ("conversations", "assistants", "projects"):
        assert app.requests("GET", f"/{kind}")[0].query["deleted"] == "true"
    assert ask("trash", "list", "--only", "projects").out.count("\n") == 1
    assert ask("trash", "empty").code == 2
    assert ask("trash", "empty", "--yes").out == "Deleted for ever: 2 conversations, 1 assistant.\n"
    assert ask("trash", "empty", "--yes", "--json", "--only", "assistants").json == gone
    assert [one.query for one in app.requests("DELETE", "/trash")] == [{}, {"only": "assistants"}]


def test_what_is_in_the_trash_comes_back_or_goes_by_what_it_is_called(app: ScriptedApp, ask: Call) -> None:
    in_the_trash(app)
    app.answers["POST /conversations/batches"] = Answer({"id": "bat_1", "changed": [CNV], "skipped": []})
    app.answers["POST /assistants/ast_06hq3k8w2m5v9/restore"] = Answer({})
    app.answers["POST /projects/prj_06hq3k8w2m5v9/restore"] = Answer({})
    assert ask("trash", "restore", CNV[:9], "Tea", "Trip").out == "Restored: Rome, Tea, Trip.\n"
    assert app.requests("POST", "/conversations/batches")[0].json == {"action": "restore", "ids": [CNV]}
    assert len(app.requests("POST", "/assistants/ast_06hq3k8w2m5v9/restore")) == 1
    app.answers["DELETE /projects/prj_06hq3k8w2m5v9"] = Answer({"purged": True})
    app.answers["POST /assistants/batches"] = Answer({"changed": ["ast_06hq3k8w2m5v9"], "skipped": []})
    assert ask("trash", "purge", "Trip", "ast_").code == 2
    assert ask("trash", "purge", "Rome", "Trip", "ast_", "--yes").out == "Deleted for ever: Trip, Rome, Tea.\n"
    assert app.requests("DELETE", "/projects/prj_06hq3k8w2m5v9")[0].query == {"purge": "true"}
    assert app.requests("POST", "/conversations/batches")[1].json == {"action": "purge", "ids": [CNV]}
    assert app.requests("POST", "/assistants/batches")[0].json == {"action": "purge", "ids": ["ast_06hq3k8w2m5v9"]}
    assert ask("trash", "restore", "nobody").code == 4


def test_a_new_key_shows_its_secret_alone(app: ScriptedApp, ask: Call) -> None:
    made = {
        "id": "key_1",
        "name": "ci",
        "prefix": "mk_ab",
        "secret": "mk_abc",
        "created_at": "2026-11-21T00:00:00.000Z",
    }
    app.answers["POST /keys"] = Answer(made, 201)
    ended = ask("keys", "create", "ci")
    assert (ended.out, ended.err) == ("mk_abc\n", "Keep it now: it is not shown again.\n")
    assert ask("keys", "create", "ci", "--json").json == made


@pytest.mark.parametrize("given", ["ci", "key_1", "key_"])
def test_a_key_is_revoked_by_name_or_id(app: ScriptedApp, ask: Call, given: str) -> None:
    app.answers["GET /keys"] = listing({"id": "key_1", "name": "ci", "prefix": "mk_ab", "created_at": "x"})
    app.answers["DELETE /keys/key_1"] = Answer(None, 204)
    assert ask("keys", "list").out == "key_1\tci\tmk_ab\tx\n"
    assert ask("keys", "revoke", given).out == "Revoked: ci (key_1).\n"
    assert ask("keys", "revoke", given, "--json").json == {"revoked": "key_1"}


@pytest.mark.parametrize(("has_one", "lines", "current"), [(False, b"new\n", None), (True, b"old\nnew\n", "old")])
def test_the_password_comes_from_standard_input(
    app: ScriptedApp, ask: Call, pipe: Pipe, has_one: bool, lines: bytes, current: str | None
) -> None:
    app.answers["GET /session"] = Answer({"password_set": has_one})
    app.answers["PUT /owner/password"] = Answer(None, 204)
    pipe(lines)
    assert ask("password", "set", "--stdin").out == "The password is set.\n"
    assert app.requests("PUT", "/owner/password")[0].json == {"current_password": current, "new_password": "new"}


def test_a_password_needs_a_terminal_or_the_right_lines(app: ScriptedApp, ask: Call, pipe: Pipe) -> None:
    app.answers["GET /session"] = Answer({"password_set": False})
    assert ask("password", "set").code == 2
    pipe(b"one\ntwo\n")
    assert ask("password", "set", "--stdin").code == 2


def test_files_go_in_and_come_back(app: ScriptedApp, ask: Call, tmp_path: Path) -> None:
    stored = {"id": "fil_1", "name": "a.bin", "media_type": "application/octet-stream", "size": 3}
    app.answers |= {
        "POST /files": Answer(stored, 201),
        "GET /files/fil_1": Answer(stored),
        "GET /files/fil_1/content": Answer(b"\x00\xff\n"),
    }
    (tmp_path / "a.bin").write_bytes(b"\x00\xff\n")
    assert ask("files", "add", str(tmp_path / "a.bin")).out == "fil_1\ta.bin\tapplication/octet-stream\t3\n"
    assert ask("files", "add", str(tmp_path / "a.bin"), "--json").json == {"items": [stored]}
    assert ask("files", "get", "fil_1", "-o", str(tmp_path / "b.bin")).code == 0
    assert (tmp_path / "b.bin").read_bytes() == b"\x00\xff\n"
    assert ask("files", "get", "fil_1", "--json").json == stored


def test_a_file_that_cannot_be_written_is_told(app: ScriptedApp, ask: Call, tmp_path: Path) -> None:
    app.answers["GET /files/fil_1/content"] = Answer(b"x")
    ended = ask("files", "get", "fil_1", "-o", str(tmp_path / "none" / "b"))
    assert (ended.code, ended.err.startswith("error cli.file: No such file")) == (1, True)


MODEL = {
    "ref": "ollama/llama3.2:3b",
    "name": "llama3.2:3b",
    "provider": "ollama",
    "local": True,
    "context_length": 8192,
    "vision": None,
    "tools": True,
    "reasoning": False,
    "raw_only": False,
    "available": True,
    "detail": "2.0 GB",
}


def test_models_are_listed_with_the_one_that_answers_marked(app: ScriptedApp, ask: Call) -> None:
    cloud = {**MODEL, "ref": "openai/x", "local": False, "raw_only": True, "available": False, "detail": "no key"}
    app.answers["GET /models"] = Answer({"items": [MODEL, cloud], "default": {"ref": MODEL["ref"], "reason": "local"}})
    app.answers["POST /models/refresh"] = app.answers["GET /models"]
    estimated = {"tokens_per_second": 15.0, "method": "Estimate: 30 GB/s."}
    figure = {"ref": MODEL["ref"], "price": None, "measured": None, "estimated": estimated}
    app.answers["GET /models/figures"] = Answer({"items": [figure]})
    lines = ask("models", "refresh").out.splitlines()
    assert lines[0] == "ollama/llama3.2:3b\t*\tthis machine\t8192\ttools\tabout 15 tokens/s (estimated)\t2.0 GB"
    assert lines[1] == "openai/x\t\telsewhere\t8192\tcompletion only\t\tnot available: no key"
    told = ask("models", "list", "--json").json
    assert (told["default"]["reason"], told["items"][0]["figures"]["estimated"]) == ("local", estimated)
    assert told["items"][1]["figures"] is None
    measured = {"tokens_per_second": 41.66, "first_token_seconds": 0.3, "failure_rate": 0.0, "answers": 1.0}
    app.answers["GET /models/figures"] = Answer({"items": [{**figure, "measured": measured, "estimated": None}]})
    assert "\t41.7 tokens/s\t" in ask("models", "list").out
    fast = {**figure, "measured": {**measured, "tokens_per_second": 2517.3}, "estimated": None}
    app.answers["GET /models/figures"] = Answer({"items": [fast]})
    assert "\t2520 tokens/s\t" in ask("models", "list").out


FACTS: dict[str, Any] = {
    "model": {**MODEL, "provider": "ollama", "endpoint": "ollama", "kind": "chat"}
    | {"parameters": None, "size_bytes": 2_019_393_189, "loaded": True},
    "served": {"address": "http://127.0.0.1:11434", "file": None, "relay": None, "members": [], "most_at_once": None}
    | {"why": "Ollama on this machine serves it.", "silence": None},
    "capabilities": {
        "creativity": {"value": None, "source": None},
        "supports_tools": {"value": True, "source": "reported"},
    },
    "window": {"tokens": 8192, "served": 8192, "source": "sent", "loaded": 4096, "refuses": False, "why": "Asked for."},
    "memory": {
        "bytes": 6_180_589_312,
        "measured": False,
        "parts": {"weights": 1, "cache": None, "compute": 3, "process": 4, "tokens": 8192, "total": 8},
        "fits": True,
        "why": "Takes 6.2 GB.",
    },
    "stays": {"seconds": 600.0, "source": "settings", "why": "10 minutes, as the settings say."},
    "loaded": {"ref": MODEL["ref"], "memory_bytes": 7, "busy": None, "until": "2026-11-28T08:40:00.000Z"},
    "performance": {"tokens_per_second": 41.5, "first_token_seconds": 0.25, "failure_rate": None, "answers": 3.0}
    | {"measured_at": "2026-11-28T08:40:00.000Z", "estimated": None},
    "price": None,
    "price_why": "It runs on this machine.",
    "roles": [{"role": "chat", "reason": "The only one."}],
    "swaps": [{"from": "role:chat", "to": MODEL["ref"], "detail": None}],
    "configured": [{"key": "k", "value": "30m", "level": "file", "source": "models.json", "line": 4}],
}


def test_a_model_is_shown_with_where_each_fact_is_from(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /models/facts"] = Answer(FACTS)
    lines = ask("models", "show", "llama3.2:3b").out.splitlines()
    assert app.requests("GET", "/models/facts")[0].query == {"ref": "llama3.2:3b"}
    assert not any(line.startswith("estimated") for line in lines)
    assert {
        "served\tOllama on this machine serves it.\t",
        "address\thttp://127.0.0.1:11434\t",
        "answers at once\tno limit\t",
        "creativity\tunknown\t",
        "supports tools\tyes\treported",
        "parameters\tunknown\t",
        "window\t8192\tsent: Asked for.",
        "window in memory\t4096\tits server",
        "memory bytes\t6180589312\testimate",
        "memory cache\tunknown\testimate with 8,192 tokens",
        "keep alive\t10 minutes, as the settings say.\tsettings",
        "in memory busy\tunknown\t",
        "tokens per second\t41.5\tmeasured, last 2026-11-28T08:40:00.000Z",
        "failure rate\tunknown\tmeasured, last 2026-11-28T08:40:00.000Z",
        "price\tnone\tIt runs on this machine.",
        "role chat\tThe only one.\t",
        f"swap\t{MODEL['ref']} answers for role:chat\tcounts",
        "k\t30m\tmodels.json:4",
    } <= set(lines)
    told = ask("models", "show", MODEL["ref"], "--json").json
    assert (told["ref"], told["performance"]) == (MODEL["ref"], FACTS["performance"])
    assert told["capabilities"] == FACTS["capabilities"]


def test_a_price_and_an_estimated_speed_say_how_they_are_known(app: ScriptedApp, ask: Call) -> None:
    estimated = {"tokens_per_second": 15.0, "method": "Estimate: 30 GB/s."}
    price = {"input": 2.5, "output": 10.0, "cached": 1.25, "currency": "USD"}
    performance = {**dict.fromkeys(FACTS["performance"]), "estimated": estimated}
    app.answers["GET /models/facts"] = Answer({**FACTS, "performance": performance, "price": price})
    lines = ask("models", "show", MODEL["ref"]).out.splitlines()
    assert "estimated tokens per second\t15\tEstimate: 30 GB/s." in lines
    assert "price output of a million tokens\t10 USD\tIt runs on this machine." in lines
    app.answers["GET /models/facts"] = Answer({**FACTS, "model": {**FACTS["model"], "local": False}})
    assert "price\tunknown\tIt runs on this machine." in ask("models", "show", MODEL["ref"]).out.splitlines()


def test_a_model_that_is_not_there_is_refused_in_the_servers_words(app: ScriptedApp, ask: Call) -> None:
    refusal = {"code": "model.not_found", "detail": "There is no model 'nothing' here.", "status": 404}
    app.answers["GET /models/facts"] = Answer(refusal, 404)
    ended = ask("models", "show", "nothing")
    assert (ended.code, "There is no model 'nothing' here." in ended.err) == (4, True)


ROLE: dict[str, Any] = {
    "role": "planner",
    "chosen": "ollama/llama3.2:3b",
    "reason": "Your first choice for planner.",
    "problem": "No model here has all that planner asks for.",
    "considered": [
        {"ref": None, "named": "gone", "rule": "not_here", "why": "there is no such model here"},
        {"ref": "ollama/llama3.2:3b", "named": None, "rule": None, "why": "nothing speaks against it"},
        {"ref": "ollama/large", "named": None, "rule": "memory", "why": "it needs 9.4 GB, 6.1 GB are free"},
    ],
}


def test_roles_say_which_model_fills_them_and_why(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /roles"] = Answer({"items": [ROLE, {**ROLE, "role": "speaker", "chosen": None, "problem": None}]})
    app.answers["GET /roles/planner"] = app.answers["GET /roles/chat"] = Answer(ROLE)
    lines = ask("roles", "list").out.splitlines()
    assert lines[0] == "planner\tollama/llama3.2:3b\tNo model here has all that planner asks for."
    assert lines[1] == "speaker\t\tYour first choice for planner."
    lines = ask("roles", "explain", "planner").out.splitlines()
    assert lines[0] == "planner: ollama/llama3.2:3b. Your first choice for planner."
    assert lines[2:] == [
        "gone\tnot_here\tthere is no such model here",
        "ollama/llama3.2:3b\tchosen\tnothing speaks against it",
        "ollama/large\tmemory\tit needs 9.4 GB, 6.1 GB are free",
    ]
    assert ask("models", "explain", "--json").json == ROLE
    assert ask("models", "explain", "planner").out.splitlines() == [
        "planner: ollama/llama3.2:3b. Your first choice for planner.",
        *lines[1:],
    ]


def test_a_silent_server_has_its_way_out(app: ScriptedApp, ask: Call) -> None:
    gone = {"ref": None, "named": "box/large", "rule": "unavailable", "why": "its server box does not answer"}
    app.answers["GET /roles/planner"] = Answer({**ROLE, "problem": None, "considered": [gone, *ROLE["considered"]]})
    assert "mecum providers test NAME" in ask("roles", "explain", "planner").err
    app.answers["GET /roles/planner"] = Answer({**ROLE, "problem": None})
    assert "mecum providers test" not in ask("roles", "explain", "planner").err


def test_a_name_that_several_bear_has_its_way_out(app: ScriptedApp, ask: Call) -> None:
    refusal = {"code": "model.ambiguous", "detail": "2 models are called 'x'; say which: a/x, b/x.", "status": 404}
    app.answers["GET /models/facts"] = Answer(refusal, 404)
    ended = ask("models", "show", "x")
    assert (ended.code, ended.err) == (
        4,
        "error model.ambiguous: 2 models are called 'x'; say which: a/x, b/x. Try: mecum models list\n",
    )


def test_what_is_known_of_a_model_is_printed_with_its_source(app: ScriptedApp, ask: Call) -> None:
    facts = {
        "model_size": {"value": 3_000_000_000, "source": "name"},
        "supports_tools": {"value": True, "source": "reported"},
        "creativity": {"value": None, "source": None},
    }
    app.answers["GET /models/capabilities"] = Answer({"ref": MODEL["ref"], "capabilities": facts})
    assert ask("models", "capabilities", MODEL["ref"]).out.splitlines() == [
        "model size\t3000000000\tname",
        "supports tools\tyes\treported",
        "creativity\tunknown\t",
    ]
    assert ask("models", "capabilities", MODEL["ref"], "--json").json["capabilities"] == facts


def test_models_are_loaded_and_swapped(app: ScriptedApp, ask: Call) -> None:
    one = {"ref": "llama_cpp/m", "memory_bytes": 9, "busy": None, "until": "2026-11-28T08:40:00.000Z"}
    app.answers |= {
        "GET /models/loaded": Answer({"items": [one]}),
        "POST /models/load": Answer(None, 204),
        "POST /models/unload": Answer(None, 204),
        "POST /models/swap": Answer({"from": "role:chat", "to": "llama_cpp/m"}),
    }
    assert ask("models", "loaded").out == "llama_cpp/m\t9\tunknown\t2026-11-28T08:40:00.000Z\n"
    assert ask("models", "loaded", "--json").json == {"items": [one]}
    assert ask("models", "load", "m").out == "Loaded: m.\n"
    assert ask("models", "load", "m", "--keep", "1h").out == "Loaded: m.\n"
    asked = [one.json for one in app.requests("POST", "/models/load")]
    assert asked == [{"ref": "m"}, {"ref": "m", "keep_alive": "1h"}]
    assert ask("models", "unload", "m", "--json").json == {"unloaded": "m"}
    assert ask("models", "swap", "chat", "m").out == "llama_cpp/m answers for role:chat.\n"
    assert app.requests("POST", "/models/swap")[0].json == {"from": "chat", "to": "m"}


def test_endpoints_come_and_go(app: ScriptedApp, ask: Call, pipe: Pipe) -> None:
    made = {"id": "end_1", "name": "lab", "wire": "openai", "base_url": "http://127.0.0.1:9/v1"}
    app.answers |= {
        "POST /endpoints": Answer(made, 201),
        "GET /endpoints": listing(made),
        "DELETE /endpoints/end_1": Answer(None, 204),
    }
    pipe(b"sk-secret\n")
    assert ask("models", "add-endpoint", "lab", made["base_url"], "--api-key-stdin").out == "Connected: lab (end_1).\n"
    body = {"name": "lab", "wire": "openai", "base_url": made["base_url"], "api_key": "sk-secret"}
    assert app.requests("POST", "/endpoints")[0].json == body
    assert ask("models", "endpoints").out == "end_1\tlab\topenai\thttp://127.0.0.1:9/v1\n"
    assert ask("models", "remove-endpoint", "lab").out == "Disconnected: lab (end_1).\n"
    app.answers["GET /endpoints"] = listing({**made, "id": None})
    assert ask("models", "remove-endpoint", "lab").code == 5


def test_an_endpoint_that_is_known_needs_no_address(app: ScriptedApp, ask: Call, pipe: Pipe) -> None:
    there = {"title": "Far", "base_url": "https://far.example.org/v1", "wire": "google", "key_variable": "FAR_KEY"}
    app.answers |= {
        "GET /endpoints/known": listing({"name": "far", **there}, {"name": "near", **there, "key_variable": None}),
        "POST /endpoints": Answer({"id": "end_1", "name": "far"}, 201),
    }
    added = ask("providers", "add", "far")
    assert added.out == "Connected: far (end_1).\n"
    assert "will be sent to far.example.org" in added.err
    assert "far wants a key" in added.err
    body = {"name": "far", "wire": "google", "base_url": "https://far.example.org/v1"}
    assert app.requests("POST", "/endpoints")[0].json == {**body, "consent": True}
    ask("models", "add-endpoint", "far", "--wire", "openai", "--no-consent")
    assert app.requests("POST", "/endpoints")[1].json == {**body, "wire": "openai"}
    pipe(b"sk-1\n")
    assert "wants a key" not in ask("providers", "add", "far", "--api-key-stdin").err
    assert "wants a key" not in ask("providers", "add", "near").err
    app.answers["POST /endpoints"] = Answer({"code": "endpoint.exists", "status": 409}, 409)
    assert "privacy withdraw" not in ask("providers", "add", "far").err
    missing = ask("providers", "add", "farther", "--json")
    assert (missing.code, missing.problem["code"]) == (2, "cli.address_unknown")
    assert "Known are far, near." in missing.problem["detail"]
    assert "far\tFar\thttps://far.example.org/v1\tFAR_KEY\n" in ask("providers", "known").out


@pytest.mark.parametrize("group", ["models", "providers"])
@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 7)])
def test_an_endpoint_is_tested(app: ScriptedApp, ask: Call, group: str, ok: bool, code: int) -> None:
    app.answers["GET /endpoints"] = listing({"id": "end_1", "name": "lab"}, {"id": None, "name": "fixed"})
    told = Answer({"ok": ok, "models": 2, "latency_ms": 3, "detail": "refused"})
    app.answers |= {"POST /endpoints/end_1/test": told, "POST /endpoints/fixed/test": told}
    ended = ask(group, "test", "lab")
    assert (ended.code, "lab" in ended.out) == (code, True)
    assert ask(group, "test", "fixed", "--json").json["ok"] is ok


@pytest.mark.parametrize(("there", "code"), [(True, 0), (False, 7)])
def test_a_model_is_tested_by_asking_its_server(app: ScriptedApp, ask: Call, there: bool, code: int) -> None:
    app.answers["GET /endpoints"] = listing({"id": "end_1", "name": "lab"})
    model = {"ref": "ollama/m", "name": "m", "endpoint": "ollama", "available": there}
    app.answers["GET /models"] = Answer({"items": [model], "default": None})
    told = {"ok": True, "models": 2, "latency_ms": 3, "detail": "2 models."}
    app.answers["POST /endpoints/ollama/test"] = Answer(told)
    ended = ask("models", "test", "m")
    assert ended.code == code
    assert ("not available" in ended.out) is not there
    assert ask("models", "test", "ollama/m", "--json").json == {
        **told,
        "ok": there,
        "model": "ollama/m",
        "available": there,
    }
    assert ask("models", "test", "nobody").code == 4


def test_providers_are_endpoints_by_shorter_names(app: ScriptedApp, ask: Call) -> None:
    made = {"id": "end_1", "name": "lab", "wire": "openai", "base_url": "http://127.0.0.1:9/v1"}
    consented = {"endpoint": "lab", "in_force": True, "place": "127.0.0.1"}
    app.answers |= {
        "POST /endpoints": Answer(made, 201),
        "GET /endpoints": listing(made),
        "DELETE /endpoints/end_1": Answer(None, 204),
        "POST /privacy/consents": Answer({"items": [consented]}),
        "DELETE /privacy/consents/lab": Answer(None, 204),
    }
    assert ask("providers", "add", "lab", made["base_url"]).out == "Connected: lab (end_1).\n"
    assert ask("providers", "list", "--json").json == {"items": [made]}
    assert ask("providers", "consent", "lab").out == "Conversations may be sent to lab (127.0.0.1).\n"
    assert ask("providers", "withdraw", "lab").out == "Nothing is sent to lab any more.\n"
    assert ask("providers", "remove", "lab", "--json").json == {"removed": "end_1"}


def test_a_file_is_added_as_a_model(app: ScriptedApp, ask: Call, tmp_path: Path) -> None:
    file = tmp_path / "small.gguf"
    assert ask("models", "add", str(file)).code == 4
    file.write_bytes(b"GGUF")
    app.answers["POST /models/files"] = Answer({"ref": "llama_cpp/small"}, 201)
    assert ask("models", "add", str(file)).out == "Added: llama_cpp/small.\n"
    assert ask("models", "add", str(file), "--json").json == {"ref": "llama_cpp/small"}
