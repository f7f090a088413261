"""`mecum privacy`, against a scripted server: what it asks for and what it prints."""

import pytest

from fakes.command_line import Call
from fakes.mecum_server import Answer, ScriptedApp

CLOUD = {
    "endpoint": "cloud",
    "place": "https://api.example.org",
    "private": False,
    "relayed": False,
    "consented": True,
    "from_settings": False,
    "given_at": "2026-11-21T06:40:00.123Z",
    "in_force": True,
}


@pytest.mark.parametrize(
    ("word", "mode"), [("local", "local_only"), ("ask", "ask"), ("cloud", "cloud_unless_sensitive")]
)
def test_the_policy_is_read_and_changed(app: ScriptedApp, ask: Call, word: str, mode: str) -> None:
    view = {"mode": mode, "behaves_as": mode, "changed_at": None}
    app.answers["GET /privacy/policy"] = app.answers["PUT /privacy/policy"] = Answer(view)
    read, changed = ask("privacy", "policy"), ask("privacy", "policy", word)
    assert (read.code, read.out) == (0, changed.out)
    assert app.requests("PUT", "/privacy/policy")[0].json == {"mode": mode}
    assert ask("privacy", "policy", "--json").json == view
    assert ask("privacy", "policy", "everything").code == 2


def test_consents_are_given_listed_and_taken_back(app: ScriptedApp, ask: Call) -> None:
    waiting = {**CLOUD, "in_force": False}
    fresh = {**waiting, "consented": False, "relayed": True, "endpoint": "ollama"}
    settled = {**CLOUD, "endpoint": "set", "from_settings": True, "given_at": None}
    listing = Answer({"items": [CLOUD, fresh, settled], "next_cursor": None})
    app.answers["GET /privacy/consents"] = app.answers["POST /privacy/consents"] = listing
    app.answers["DELETE /privacy/consents/cloud"] = Answer(None, 204)
    given = ask("privacy", "consent", "cloud")
    assert given.out == "Conversations may be sent to cloud (https://api.example.org).\n"
    lines = ask("privacy", "consents").out.splitlines()
    assert [line.split("\t")[2] for line in lines] == ["yes", "no", "yes"]
    assert lines[1].endswith("nobody agreed: mecum privacy consent ollama")
    assert len(ask("privacy", "consents", "--json").json["items"]) == 3
    assert ask("privacy", "withdraw", "cloud").out == "Nothing is sent to cloud any more.\n"
    app.answers["POST /privacy/consents"] = Answer({"items": [waiting], "next_cursor": None})
    assert "local only" in ask("privacy", "consent", "cloud").out


def test_what_left_is_listed(app: ScriptedApp, ask: Call) -> None:
    row = {
        "at": "2026-11-21T06:40:00.123Z",
        "host": "api.example.org",
        "purpose": "model.chat",
        "data_class": "conversation",
        "bytes_out": 12,
        "status": None,
        "person_id": None,
        "decision": "wish",
        "person": None,
        "refusal": None,
    }
    kept = {
        **row,
        "person_id": "per_06hq3k8w2m5v9",
        "person": "Ada",
        "bytes_out": 0,
        "refusal": "no_consent",
        "decision": None,
    }
    app.answers["GET /privacy/egress"] = Answer({"items": [row, kept], "next_cursor": None})
    ended = ask("privacy", "egress", "--host", "api.example.org", "--limit", "7")
    assert [line.split("\t")[1:] for line in ended.out.splitlines()] == [
        ["api.example.org", "Mecum itself", "model.chat", "conversation", "12", "", "wish"],
        ["api.example.org", "Ada", "model.chat", "conversation", "0", "not sent: nobody agreed", ""],
    ]
    assert app.requests("GET", "/privacy/egress")[0].query == {"limit": "7", "host": "api.example.org"}
    assert ask("privacy", "egress", "--json").json["items"] == [row, kept]
    narrowed = ("--person", "me", "--mode", "local", "--decision", "wish", "--since", "2026-11-21", "--endpoint", "far")
    ask("privacy", "egress", *narrowed)
    assert app.requests("GET", "/privacy/egress")[2].query == {
        "limit": "50",
        "person": "me",
        "mode": "local_only",
        "decision": "wish",
        "since": "2026-11-21",
        "endpoint": "far",
    }


def test_adding_an_endpoint_beyond_this_machine_says_what_that_means(app: ScriptedApp, ask: Call) -> None:
    app.answers["POST /endpoints"] = Answer({"name": "cloud", "id": "end_06hq3k8w2m5v9"}, 201)
    ended = ask("models", "add-endpoint", "cloud", "https://api.example.org/v1")
    assert "will be sent to api.example.org" in ended.err
    assert ask("models", "add-endpoint", "cloud", "https://api.example.org/v1", "--no-consent").err == ""
    assert ask("models", "add-endpoint", "near", "http://127.0.0.1:1/v1").err == ""
    asked = [seen.json.get("consent") for seen in app.requests("POST", "/endpoints")]
    assert asked == [True, None, None]
