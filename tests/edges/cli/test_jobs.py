"""`mecum jobs` against a scripted server, and against the product."""

from pathlib import Path
from typing import Any

import pytest

from fakes.command_line import Call
from fakes.mecum_server import Answer, ScriptedApp

ENTRY: dict[str, Any] = {
    "id": "job_1",
    "kind": "transfer.import",
    "of": "you",
    "state": "running",
    "attempts": 1,
    "most_attempts": 6,
    "progress": {"says": "reading", "done": 1, "of": 4},
    "code": "model.unavailable",
    "detail": "The model does not answer.",
    "every_seconds": None,
    "run_at": "2026-11-21T06:40:00.123Z",
    "created_at": "2026-11-21T06:40:00.123Z",
    "finished_at": None,
    "can_cancel": True,
    "can_retry": False,
}


def test_jobs_are_listed_and_narrowed_down(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /jobs"] = Answer({"items": [ENTRY], "next_cursor": None})
    ended = ask("jobs", "list", "--state", "failed", "--kind", "transfer.import")
    assert ended.out.split("\t")[:5] == ["job_1", "transfer.import", "running", "reading 25 %", "1 of 6"]
    assert ended.out.endswith("The model does not answer.\n")
    assert app.seen[-1].query == {
        "limit": "50",
        "state": "failed",
        "kind": "transfer.import",
        "scheduled": "false",
    }
    # How far one was told to be last says nothing once it is done.
    app.answers["GET /jobs"] = Answer({"items": [{**ENTRY, "state": "done"}], "next_cursor": None})
    assert ask("jobs", "list").out.split("\t")[:4] == ["job_1", "transfer.import", "done", ""]
    app.answers["GET /jobs"] = Answer({"items": [ENTRY], "next_cursor": None})
    assert ask("jobs", "list", "--all", "--json").json == {"items": [ENTRY]}
    assert app.seen[-1].query == {"limit": "50"}


def test_one_is_shown_stopped_and_begun_again(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /jobs/job_1"] = Answer(ENTRY)
    app.answers["POST /jobs/job_1/cancel"] = Answer({**ENTRY, "state": "cancelled"})
    app.answers["POST /jobs/job_1/retry"] = Answer({**ENTRY, "state": "queued"})
    shown = ask("jobs", "show", "job_1").out
    assert "asked for by\tyou" in shown
    assert "over at" not in shown
    assert ask("jobs", "show", "job_1", "--json").json == ENTRY
    assert ask("jobs", "cancel", "job_1").out == "Cancelled: job_1 (transfer.import).\n"
    assert ask("jobs", "cancel", "job_1", "--json").json["state"] == "cancelled"
    assert ask("jobs", "retry", "job_1").out == "Begins again: job_1 (transfer.import).\n"


def test_a_refusal_is_the_servers_own_sentence(app: ScriptedApp, ask: Call) -> None:
    problem = {"code": "job.not_repeatable", "detail": "Only a job that failed can be run again.", "status": 409}
    app.answers["POST /jobs/job_1/retry"] = Answer(problem, 409)
    ended = ask("jobs", "retry", "job_1")
    assert (ended.code, ended.out) == (5, "")
    assert "Only a job that failed can be run again." in ended.err


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_the_product_from_end_to_end(mecum: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECUM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MECUM_MODELS__OLLAMA_URL", "")
    monkeypatch.setenv("MECUM_STORAGE__KEY", "none")
    assert mecum("jobs", "list").out == ""
    assert mecum("backup", "create", "--json").code == 0
    (made,) = mecum("jobs", "list", "--json").json["items"]
    assert (made["kind"], made["state"], made["of"], made["can_retry"]) == ("backup.make", "done", "you", False)
    assert mecum("jobs", "list", "--state", "failed", "--state", "running", "--json").json == {"items": []}
    assert "trash.expire" in mecum("jobs", "list", "--all").out
    refused = mecum("jobs", "cancel", "job_every_trash.expire")
    assert (refused.code != 0, "comes round by itself" in refused.err) == (True, True)
    assert mecum("jobs", "retry", "job_every_trash.expire").code == 0
    gone = mecum("jobs", "show", "job_nowhere")
    assert (gone.code, gone.err.startswith("error job.not_found")) == (4, True)
