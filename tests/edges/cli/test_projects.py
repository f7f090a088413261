"""`mecum projects` against the running product: every command, and what it leaves behind."""

from pathlib import Path

import pytest

from factories.served import Served, model_server, product, served
from fakes.command_line import Call
from fakes.steps import says

pytestmark = pytest.mark.slow

__all__ = ["model_server", "product", "served"]


@pytest.fixture
def run(mecum: Call, served: Served) -> Call:
    """Return a function that runs `mecum …` against the running product, in which there is no project yet."""
    with served.http as http:
        for query in ("", "&deleted=true"):
            for item in http.get(f"/api/v1/projects?limit=200{query}").json()["items"]:
                http.delete(f"/api/v1/projects/{item['id']}?purge=true")
    return lambda *words, **more: mecum(*words, "--server", served.url, "--key", served.token, **more)


@pytest.fixture
def call(run: Call) -> Call:
    """Return a function that runs `mecum projects …`."""
    return lambda *words, **more: run("projects", *words, **more)


def test_make_fill_and_show(call: Call, run: Call, served: Served, tmp_path: Path) -> None:
    served.upstream.script("test", says("Yes."))
    made = call("create", "Rome trip", "--instructions", "Prices in euros.", "--model", "up/test")
    assert made.out.startswith("Made: Rome trip (prj_")
    file = tmp_path / "hotel.txt"
    file.write_text("Room 7.")
    assert "In it now: fil_" in call("move", "rome trip", "--file", str(file)).out
    assert run("chat", "--project", "Rome trip", "-q", "Which room?").out == "Yes.\n"
    sent = served.upstream.answers()[-1].json["messages"]
    assert sent[0]["content"].startswith("Prices in euros.\n\n[file hotel.txt of the project]\nRoom 7.")
    shown = call("show", "Rome trip").out.splitlines()
    assert "model\tup/test" in shown
    assert "conversations\t1" in shown
    assert "instructions\tPrices in euros." in shown
    found = call("show", "Rome trip", "--json").json
    assert [one["title"] for one in found["conversations"]] == ["Which room?"]
    listed = run("conversations", "list", "--project", "rome trip", "--json").json["items"]
    assert [one["id"] for one in listed] == [found["conversations"][0]["id"]]
    row = call("list").out.splitlines()[0].split("\t")
    assert row[:4] == [found["id"], "Rome trip", "1", "1"]
    hits = run("conversations", "search", 'project:"rome trip"', "--json").json["items"]
    assert {one["conversation_id"] for one in hits} == {listed[0]["id"]}


def test_change_and_move(call: Call, run: Call, served: Served, tmp_path: Path) -> None:
    served.upstream.script("test", says("Yes."))
    call("create", "Rome")
    assert call("rename", "Rome", "Rome in May").out.endswith("is now called Rome in May.\n")
    assert call("set", "rome in may", "--model", "up/test").out == "Rome in May: assistant none, model up/test.\n"
    assert call("set", "rome in may", "--model", "none").out == "Rome in May: assistant none, model none.\n"
    assert call("set", "rome in may").code == 2
    text = tmp_path / "said.md"
    text.write_text("Be brief.")
    assert call("instructions", "rome in may", "--from", str(text)).out == "Changed: Rome in May.\n"
    assert call("instructions", "rome in may", "--from", str(text)).out == "Unchanged: Rome in May.\n"
    assert call("instructions", "rome in may", "--print").out == "Be brief.\n"
    run("chat", "-q", "--model", "up/test", "Hi")
    moved = call("move", "rome in may", "last", "--json").json
    assert len(moved["conversations"]) == 1
    again = call("move", "rome in may", "last", "--out")
    assert again.out == f"Out of it now: {moved['conversations'][0]}.\n"
    never = call("move", "rome in may", "last", "--out")
    assert never.out == "Out of it now: nothing more.\n"
    assert "This is not in the project." in never.err
    assert call("move", "rome in may").code == 2
    assert run("chat", "--project", "Rome in May", "-c", "last", "x").code == 2


def test_the_trash_and_back(call: Call, run: Call, served: Served) -> None:
    served.upstream.script("test", says("Yes."))
    call("create", "Rome", "--model", "up/test")
    run("chat", "-q", "--project", "Rome", "Hi")
    assert call("delete", "Rome").out == "In the trash: Rome. 1 conversation: in no project now.\n"
    assert call("show", "Rome").code == 4
    assert [one["name"] for one in call("list", "--deleted", "--json").json["items"]] == ["Rome"]
    assert call("restore", "Rome").out == "Restored: Rome.\n"
    assert call("delete", "Rome", "--conversations").out == "In the trash: Rome. 1 conversation: in the trash too.\n"
    call("restore", "Rome")
    assert call("list", "--json").json["items"][0]["conversation_count"] == 1
    assert call("delete", "Rome", "--purge").code == 2
    assert call("delete", "Rome", "--purge", "--yes", "--json").json["purged"] is True
    assert call("restore", "Rome").code == 4


@pytest.mark.parametrize("words", [("show", "nothing"), ("move", "nothing", "last"), ("create", "")])
def test_what_cannot_be_is_said(call: Call, words: tuple[str, ...]) -> None:
    ended = call(*words)
    assert ended.code in (2, 4)
    assert ended.err.startswith("error ")
