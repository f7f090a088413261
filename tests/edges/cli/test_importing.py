"""`mecum import`: what it sends, how it waits, the reckoning it ends with; against a scripted server, and for real."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from factories.foreign import as_json, chat, chatgpt
from fakes.command_line import Call
from fakes.mecum_server import Answer, ScriptedApp

pytestmark = pytest.mark.slow

ID = "imp_06hq3k8w2m5v9"
UPLOAD = {"id": "fil_06hq3k8w2m5v9", "name": "a.json", "size": 3}
COUNTS = {"found": 3, "imported": 2, "already": 0, "skipped": 1}
VIEW: dict[str, Any] = {
    "id": ID,
    "state": "queued",
    "dry_run": False,
    "format": None,
    "files": [UPLOAD],
    "kinds": {},
    "kept": [],
    "found": 0,
    "imported": 0,
    "already": 0,
    "skipped": 0,
    "code": None,
    "kind": None,
    "detail": None,
}
DONE = {**VIEW, "state": "done", "format": "chatgpt", **COUNTS, "kinds": {"message": COUNTS}}
SKIPPED = {"items": [{"kind": "message", "ref": "c/1", "reason": "its role is unknown", "document": None}]}


def scripted(app: ScriptedApp, view: dict[str, Any]) -> None:
    app.answers["POST /imports/files"] = Answer(UPLOAD, 201)
    app.answers["POST /imports"] = Answer(VIEW, 202)
    app.answers[f"GET /imports/{ID}"] = Answer(view)
    app.answers[f"GET /imports/{ID}/skipped"] = Answer({**SKIPPED, "next_cursor": None})


def test_json_ends_with_one_object(app: ScriptedApp, ask: Call, tmp_path: Path) -> None:
    scripted(app, DONE)
    file, key, salt = (tmp_path / name for name in ("a.json", "key", "salt"))
    file.write_bytes(b"[1]")
    key.write_text("k3y\n")
    salt.write_text("s4lt\r\n")
    ended = ask(
        "import", str(file), "--format", "chatgpt", "--dry-run", "--json",
        "--secret-key-file", str(key), "--salt-file", str(salt),
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert orjson.loads(ended.out) == {
        "import_id": ID,
        "found": 3,
        "imported": 2,
        "skipped": [{"ref": "c/1", "reason": "its role is unknown"}],
        "already": 0,
        "format": "chatgpt",
        "dry_run": False,
        "kinds": {"message": COUNTS},
    }
    assert app.requests("POST", "/imports")[0].json == {
        "files": [UPLOAD["id"]],
        "format": "chatgpt",
        "dry_run": True,
        "secret_key": "k3y",
        "salt": "s4lt",
    }


def test_text_says_every_reason(app: ScriptedApp, ask: Call, tmp_path: Path) -> None:
    scripted(app, DONE)
    (tmp_path / "a.json").write_bytes(b"[1]")
    ended = ask("import", str(tmp_path / "a.json"))
    assert ended.out == "message\t3\t2\t0\t1\nall\t3\t2\t0\t1\n"
    assert "skipped: c/1: its role is unknown" in ended.err
    assert f"mecum import undo {ID}" in ended.err


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (
            {"state": "failed", "code": "import.new_here", "kind": "invalid", "detail": "No reader knows a.json."},
            2,
            "error import.new_here: No reader",
        ),
        ({"state": "failed", "code": "who.knows", "detail": None}, 7, "did not come to its end"),
        ({"state": "cancelled"}, 7, "was stopped"),
    ],
)
def test_a_bad_end(app: ScriptedApp, ask: Call, tmp_path: Path, change: dict[str, Any], code: int, words: str) -> None:
    scripted(app, {**VIEW, **change})
    (tmp_path / "a.json").write_bytes(b"[1]")
    ended = ask("import", str(tmp_path / "a.json"))
    assert (ended.code, words in ended.err) == (code, True), ended.err


def test_list_and_undo(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /imports"] = Answer({"items": [DONE], "next_cursor": None})
    assert ask("import", "list").out == f"{ID}\tdone\tchatgpt\t3\t2\t0\t1\ta.json\n"
    app.answers[f"GET /imports/{ID}"] = [Answer(DONE), Answer({**DONE, "state": "undone", "kept": []})]
    app.answers[f"POST /imports/{ID}/undo"] = Answer({**DONE, "state": "undoing"}, 202)
    ended = ask("import", "undo", ID, "--yes")
    assert (ended.code, ended.out) == (0, f"Undone: {ID}.\n")


def test_undo_asks_first(app: ScriptedApp, ask: Call) -> None:
    app.answers[f"GET /imports/{ID}"] = Answer(DONE)
    ended = ask("import", "undo", ID)
    assert (ended.code, "--yes" in ended.err) == (2, True)


def test_an_older_number_means_its_conversation(app: ScriptedApp, ask: Call) -> None:
    one = {"system": "chat", "conversation_id": "cnv_06hq3k8w2m5v9"}
    app.answers["GET /imports/origins"] = Answer({"items": [one], "next_cursor": None})
    done = {"id": "bat_06hq3k8w2m5v9", "action": "delete", "changed": [one["conversation_id"]], "skipped": []}
    app.answers["POST /conversations/batches"] = Answer(done)
    assert ask("conversations", "delete", "17").code == 0
    (asked,) = app.requests("POST", "/conversations/batches")
    assert asked.json == {"action": "delete", "ids": [one["conversation_id"]]}
    other = {"system": "chat", "conversation_id": "cnv_06hq3k8w2m5va"}
    app.answers["GET /imports/origins"] = Answer({"items": [one, other], "next_cursor": None})
    ended = ask("conversations", "delete", "17")
    assert (ended.code, "cnv_06hq3k8w2m5va" in ended.err) == (2, True)


@pytest.mark.slow
def test_for_real(mecum: Call, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"), "--json")
    file = tmp_path / "conversations.json"
    file.write_bytes(as_json([chatgpt("c", ("user", "hello"), ("assistant", "ho"))]))
    first = orjson.loads(mecum("import", str(file), *data).out)
    assert (first["found"], first["imported"], first["already"], first["skipped"]) == (3, 3, 0, [])
    again = orjson.loads(mecum("import", str(file), *data).out)
    assert (again["imported"], again["already"]) == (0, 3)
    assert len(orjson.loads(mecum("import", "list", *data).out)["items"]) == 2
    assert mecum("import", "undo", first["import_id"], *data).code == 0
    assert orjson.loads(mecum("conversations", "list", *data).out)["items"] == []


@pytest.mark.slow
def test_what_stands_only_in_the_log_beside_it_comes(mecum: Call, tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    path.write_bytes(chat([{"role": "user", "content": "in the file"}]))
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        store.execute("PRAGMA journal_mode = wal")
        store.execute("INSERT INTO messages (conversation_id, step, role, content) VALUES (1, 2, 'user', 'in the log')")
        assert path.with_name("chat.db-wal").stat().st_size > 0
        found = orjson.loads(mecum("import", str(path), "--data", str(tmp_path / "data"), "--json").out)
    assert found["kinds"]["message"]["imported"] == 2
