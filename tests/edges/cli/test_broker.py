"""Commands on what the broker keeps: swaps, notices."""

import json
from typing import Any

from fakes.command_line import Call
from fakes.mecum_server import Answer, ScriptedApp

FILE = "/config/files/user_models.json"


def test_what_is_swapped_is_listed_with_why_it_does_not_count(app: ScriptedApp, ask: Call) -> None:
    at = "2026-11-28T08:40:00.000Z"
    held = {"from": "role:chat", "to": "up/m", "in_force": True, "detail": None, "swapped_at": at}
    gone = {**held, "from": "up/a", "to": "up/b", "in_force": False, "detail": "up/b is not here."}
    app.answers["GET /models/swaps"] = Answer({"items": [held, gone]})
    assert ask("models", "swaps").out.splitlines() == [
        f"role:chat\tup/m\t{at}\tcounts",
        f"up/a\tup/b\t{at}\tup/b is not here.",
    ]
    assert ask("models", "swaps", "--json").json == {"items": [held, gone]}


def test_notices_are_listed_and_put_away(app: ScriptedApp, ask: Call) -> None:
    at = "2026-11-28T08:40:00.000Z"
    one = {"id": "role:planner", "created_at": at, "message": "It lacks something.", "dismissed_at": None}
    app.answers |= {
        "GET /notifications": Answer({"items": [one, {**one, "id": "role:poet", "dismissed_at": at}]}),
        "POST /notifications/role:planner/dismiss": Answer(one),
        "POST /notifications/role:planner/restore": Answer(one),
    }
    assert ask("notices", "list", "--all").out.splitlines() == [
        f"role:planner\t\t{at}\tIt lacks something.",
        f"role:poet\tput away\t{at}\tIt lacks something.",
    ]
    assert ask("notices", "dismiss", "role:planner").out == "Put away: role:planner.\n"
    assert ask("notices", "restore", "role:planner").out == "Shown again: role:planner.\n"
    assert ask("notices", "dismiss", "role:planner", "--json").json == one


def test_a_refusal_names_the_command_that_is_the_way_out(app: ScriptedApp, ask: Call) -> None:
    details = {"reason": "no_consent", "endpoint": "cloud"}
    denied = {"code": "egress.denied", "detail": "Nobody agreed.", "details": details}
    app.answers["POST /models/load"] = Answer(denied, 403)
    refused = ask("models", "load", "cloud/m")
    assert (refused.code, refused.err) == (3, "error egress.denied: Nobody agreed. Try: mecum privacy consent cloud\n")
    denied["details"] = {"reason": "local_only"}
    assert ask("models", "load", "cloud/m").err.endswith("Try: mecum privacy policy ask\n")
    assert "Try:" not in ask("models", "load", "cloud/m", "--json").err


def written(app: ScriptedApp) -> list[Any]:
    """Return the documents that were put into `user_models.json`."""
    return [json.loads(one.json["text"]) for one in app.requests("PUT", FILE)]


def test_one_key_is_set_and_all_else_stays(app: ScriptedApp, ask: Call) -> None:
    app.answers |= {
        f"GET {FILE}": Answer({"text": '{"version": 1, "hot_swap": true}', "etag": "e1"}),
        f"PUT {FILE}": Answer({"etag": "e2"}),
        "GET /endpoints": Answer({"items": [{"id": None, "name": "up"}], "next_cursor": None}),
    }
    assert ask("config", "set", "most_at_once.up", "2").out == "Set: most_at_once.up.\n"
    assert ask("config", "set", "fallbacks.a", '["b"]').code == 0
    assert ask("config", "unset", "hot_swap").out == "Unset: hot_swap.\n"
    assert ask("providers", "limit", "up", "3").out == "up: 3 answers at once.\n"
    assert ask("providers", "limit", "up", "none", "--json").json == {"endpoint": "up", "most_at_once": None}
    assert ask("providers", "limit", "up", "0").code == 2
    kept = {"version": 1, "hot_swap": True}
    assert written(app) == [
        {**kept, "most_at_once": {"up": 2}},
        {**kept, "fallbacks": {"a": ["b"]}},
        {"version": 1},
        {**kept, "most_at_once": {"up": 3}},
        {**kept, "most_at_once": {"up": None}},
    ]
    app.answers[f"GET {FILE}"] = Answer({"text": "{", "etag": "e1"})
    assert ask("config", "set", "hot_swap", "true").code == 5


def test_two_models_by_difficulty_are_set_asked_and_taken_back(app: ScriptedApp, ask: Call) -> None:
    pair = {"strong": "up/a", "weak": "up/b", "share": 0.5}
    app.answers |= {
        f"GET {FILE}": Answer({"text": "", "etag": None}),
        f"PUT {FILE}": Answer({"etag": "e2"}),
        "GET /roles/chat": Answer({"by_difficulty": pair}),
        "POST /roles/chat/difficulty": Answer({"strong": False, "reason": "Not harder than usual."}),
    }
    said = "chat: hard questions to up/a, at most 50%; the others to up/b.\n"
    assert ask("roles", "difficulty", "chat").out == said
    assert ask("roles", "difficulty", "chat", "--strong", "up/c").out == said
    assert ask("roles", "difficulty", "chat", "--off", "--json").json == {"role": "chat", "by_difficulty": pair}
    assert written(app) == [
        {"version": 1, "role_mappings": {"chat": {"by_difficulty": {**pair, "strong": "up/c"}}}},
        {"version": 1, "role_mappings": {"chat": {}}},
    ]
    assert ask("roles", "difficulty", "chat", "Why?").out == "weak: Not harder than usual.\n"
