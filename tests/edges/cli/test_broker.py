"""Commands on what the broker keeps: swaps, notices."""

from fakes.command_line import Call
from fakes.mecum_server import Answer, ScriptedApp


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
