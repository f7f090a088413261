"""`mecum models pull`, against a scripted server: what it asks for, how it waits, how it ends."""

import subprocess
import sys
from typing import Any

import pytest

from fakes.command_line import Call
from fakes.mecum_server import Answer, ScriptedApp

pytestmark = pytest.mark.slow

ID = "job_06hq3k8w2m5v9"
PULL: dict[str, Any] = {
    "id": ID,
    "source": "https://files.example.org/tiny.gguf",
    "state": "queued",
    "says": None,
    "done_bytes": 0,
    "total_bytes": None,
    "attempts": 0,
    "model": None,
    "sha256": None,
    "verified": None,
    "code": None,
    "detail": None,
}
RUNNING = {**PULL, "state": "running", "says": "fetching", "done_bytes": 500_000, "total_bytes": 2_000_000}
DONE = {**RUNNING, "state": "done", "says": "done", "model": "llama_cpp/tiny", "sha256": "00", "verified": "no"}
PLACE = f"GET /models/pulls/{ID}"


@pytest.mark.slow
def test_it_is_watched_to_its_end(app: ScriptedApp, ask: Call) -> None:
    app.answers["POST /models/pulls"] = Answer(PULL, 202)
    app.answers[PLACE] = [Answer(RUNNING), Answer(DONE)]
    ended = ask(
        "models", "pull", PULL["source"], "--sha256", "ab" * 32, "--name", "mine", "--allow-host", "cdn.example.org"
    )
    assert ended.code == 0
    assert ended.out == "Fetched: llama_cpp/tiny, not verified: nobody said a checksum; it is 00.\n"
    assert "fetching: 0.5 of 2.0 MB (25 %)" in ended.err
    assert app.requests("POST", "/models/pulls")[0].json == {
        "source": PULL["source"],
        "hosts": ["cdn.example.org"],
        "sha256": "ab" * 32,
        "name": "mine",
    }


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"state": "failed", "code": "pull.checksum_wrong", "detail": "Another file."}, 2, "Another file."),
        ({"state": "failed", "code": "egress.denied", "detail": "Local only."}, 3, "Local only."),
        ({"state": "failed", "code": "who.knows", "detail": None}, 7, "was not fetched"),
        ({"state": "cancelled"}, 7, "was cancelled"),
    ],
)
def test_a_bad_end_says_why(app: ScriptedApp, ask: Call, change: dict[str, object], code: int, words: str) -> None:
    app.answers["POST /models/pulls"] = Answer(PULL, 202)
    app.answers[PLACE] = Answer({**PULL, **change})
    ended = ask("models", "pull", "ollama:tiny")
    assert (ended.code, words in ended.err) == (code, True), ended


def test_a_code_that_nobody_here_knows_is_told_all_the_same(app: ScriptedApp, ask: Call) -> None:
    app.answers["POST /models/pulls"] = Answer(PULL, 202)
    app.answers[PLACE] = Answer({**PULL, "state": "failed", "code": "who.knows", "detail": "Something new."})
    ended = ask("models", "pull", "ollama:tiny")
    assert (ended.code, ended.err.splitlines()[-1]) == (7, "error who.knows: Something new.")


@pytest.mark.parametrize(("code", "exits"), [("pull.checksum_wrong", 2), ("egress.denied", 3), ("model.not_found", 4)])
def test_a_process_that_only_asks_knows_what_went_wrong(code: str, exits: int) -> None:
    """Here all is loaded that has errors; in a command that asks a server it is not."""
    program = (
        "from mecum.edges.cli import outcome, pulling\n"
        f"view = {{'state': 'failed', 'code': {code!r}, 'detail': 'So it is.'}}\n"
        "raise SystemExit(outcome.tell(pulling.failure(view), as_json=False))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr.startswith(f"error {code}: So it is.")) == (exits, True), ended.stderr


def test_it_is_left_alone_listed_and_cancelled(app: ScriptedApp, ask: Call) -> None:
    app.answers["POST /models/pulls"] = Answer(PULL, 202)
    app.answers["GET /models/pulls"] = Answer({"items": [DONE, RUNNING], "next_cursor": None})
    app.answers[f"DELETE /models/pulls/{ID}"] = Answer(None, 204)
    assert ID in ask("models", "pull", PULL["source"], "--detach").out
    assert ask("models", "pull", PULL["source"], "--detach", "--json").json == PULL
    rows = [line.split("\t") for line in ask("models", "pulls").out.splitlines()]
    assert [(row[2], row[4]) for row in rows] == [("done", "llama_cpp/tiny"), ("running", "")]
    assert ask("models", "cancel-pull", ID).out == f"Cancelled: {ID}.\n"


def test_what_would_fit_is_listed(app: ScriptedApp, ask: Call) -> None:
    small = {
        "source": "ollama:qwen3:4b",
        "parameters": 4_022_000_000,
        "quantization": "Q4_K_M",
        "memory_bytes": 4_100_000_000,
        "fits": "now",
        "here": False,
        "tokens_per_second": 9.87,
    }
    large = {**small, "source": "ollama:llama3.3:70b", "fits": "no", "tokens_per_second": None}
    app.answers["GET /models/catalogue"] = Answer({"items": [small, large], "next_cursor": None})
    listed = ask("models", "catalogue", "--context", "4096", "--quantization", "Q8_0").out
    assert listed == "ollama:qwen3:4b\t4.02B\tQ4_K_M\t4.1 GB\tfits now\tabout 9.87 tokens/s (estimate)\n"
    assert app.requests("GET", "/models/catalogue")[0].query == {"context": "4096", "quantization": "Q8_0"}
    assert "does not fit" in ask("models", "catalogue", "--all").out
    assert [item["source"] for item in ask("models", "catalogue", "--json").json["items"]] == [small["source"]]
