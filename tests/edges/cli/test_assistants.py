"""`mecum assistants` against the running product: every command, and what it leaves behind."""

import os
from pathlib import Path

import pytest

from factories.cards import inside
from factories.cards import picture as png
from factories.served import Served, model_server, product, served
from fakes.command_line import Call, Pipe
from fakes.steps import says

pytestmark = pytest.mark.slow

__all__ = ["model_server", "product", "served"]


@pytest.fixture
def call(mecum: Call, served: Served) -> Call:
    """Return a function that runs `mecum assistants …` against the running product, in which there is none yet."""
    with served.http as http:
        for query in ("", "&deleted=true"):
            for item in http.get(f"/api/v1/assistants?limit=200{query}").json()["items"]:
                http.delete(f"/api/v1/assistants/{item['id']}?purge=true")
    return lambda *words: mecum("assistants", *words, "--server", served.url, "--key", served.token)


def test_make_edit_compare_and_bring_back(call: Call, tmp_path: Path) -> None:
    assert call("create", "Tea time", "--prompt", "Be brief.", "--model", "up/test").out == "Made: tea-time.\n"
    edited = call("edit", "tea-time", "tone=warm", 'traits=["curious"]', "temperature=0.2", "featured_rank=null")
    assert edited.out == "Changed: tea-time.\n"
    shown = call("show", "tea-time").out.splitlines()
    assert "identity.tone\twarm\t" in shown
    assert 'identity.traits\t["curious"]\t' in shown
    assert "prompt\tBe brief.\t" in shown
    assert call("show", "tea-time", "--prompt").out == (
        "You are Tea time.\nYour tone is warm.\nYour traits: curious.\n\nBe brief.\n"
    )
    file = tmp_path / "prompt.md"
    file.write_text("Be long.")
    assert "Version 2 of the prompt" in call("prompt", "tea-time", "--from", str(file)).out
    assert call("prompt", "tea-time", "--print").out == "Be long.\n"
    numbers = [line.split("\t")[0] for line in call("versions", "tea-time").out.splitlines()]
    assert numbers == ["5", "4", "3", "2", "1"]
    assert "identity.tone\t\twarm" in call("diff", "tea-time", "1").out
    assert "as it was at version 1" in call("restore", "tea-time", "1").out
    assert call("prompt", "tea-time", "--print").out == "Be brief.\n"
    assert call("diff", "tea-time", "1", "--json").json["items"] == []


def test_a_facet_as_a_file(call: Call, tmp_path: Path) -> None:
    call("create", "Tea")
    file = tmp_path / "identity.json"
    file.write_text('{"tone": "dry", "motto": "Less."}')
    assert call("edit", "tea", "--facet", "identity", "--from", str(file)).out == "Changed: tea.\n"
    assert call("edit", "tea", "--facet", "identity", "--from", str(file)).out == "Unchanged: tea.\n"
    found = call("show", "tea", "--json").json
    assert (found["identity"]["tone"], found["identity"]["motto"]) == ("dry", "Less.")
    for wrong in ("[]", "{"):
        file.write_text(wrong)
        assert call("edit", "tea", "--from", str(file)).code == 2


def test_what_is_none_of_the_choices_is_said(call: Call) -> None:
    call("create", "Tea")
    ended = call("edit", "tea", "persona_mode=strange", 'traits={"unknown": 1}')
    assert (ended.code, ended.out) == (0, "Changed: tea.\n")
    assert ended.err == "persona_mode: 'strange' is none of its choices: kept, and behaves as balanced.\n"
    assert "identity.persona_mode\tstrange\tbehaves as balanced" in call("show", "tea").out
    assert call("edit", "tea", "persona_mode=planner").err == ""


def test_an_editor(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call("create", "Tea", "--prompt", "Be brief.")
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nprintf "Be kind." > "$1"\n')
    script.chmod(0o700)
    monkeypatch.setenv("EDITOR", os.fspath(script))
    assert "Version 2" in call("prompt", "tea").out
    assert call("prompt", "tea", "--print").out == "Be kind.\n"
    assert call("prompt", "tea").out == "Unchanged: tea.\n"


@pytest.mark.parametrize("fields", [("nonsense=1",), ("tone",), ("temperature=9",), ("growth_points=3",)])
def test_what_cannot_be_is_said(call: Call, fields: tuple[str, ...]) -> None:
    call("create", "Tea")
    ended = call("edit", "tea", *fields)
    assert ended.code == 2
    assert ended.err.startswith("error ")


def test_what_is_measured(call: Call) -> None:
    call("create", "Tea")
    lines = [line.split("\t") for line in call("measures", "tea").out.splitlines()]
    assert ["total_interactions", "", "count", "1 answer more is needed."] in lines
    found = call("measures", "tea", "--now", "--json").json
    attempted = next(one for one in found["measures"] if one["name"] == "last_reflection_attempted_at")
    assert attempted["value"] == found["at"]
    assert call("measures", "nobody").code == 4


def test_descendants_and_lists(call: Call) -> None:
    call("create", "Tea", "--slug", "tea-room", "--draft")
    assert call("clone", "tea-room", "--name", "Coffee").out == "Made: coffee.\n"
    spawned = call("spawn", "tea-room", "Matcha", "--reason", "Greener.", "--trait", "calm")
    assert spawned.out == "Made: matcha.\n"
    assert call("show", "matcha", "--json").json["growth"]["spawned_traits"] == ["calm"]
    assert [line.split("\t")[:3] for line in call("list").out.splitlines()] == [
        ["matcha", "Matcha", "active"],
        ["coffee", "Coffee", "active"],
        ["tea-room", "Tea", "draft"],
    ]
    assert call("archive", "coffee").out == "Archived: coffee.\n"
    assert [item["slug"] for item in call("list", "--archived", "--json").json["items"]] == ["coffee"]
    assert call("archive", "coffee", "--back").out == "In use: coffee.\n"
    call("edit", "matcha", "is_featured=true", "is_guide=true", "is_primary=true")
    for which in (("--only", "featured"), ("--only", "guide"), ("--only", "primary"), ("--parent", "tea-room")):
        assert [item["slug"] for item in call("list", *which, "--json").json["items"]] == ["matcha"], which
    assert [item["slug"] for item in call("list", "--draft", "--json").json["items"]] == ["tea-room"]
    assert call("archive", "tea-room", "--back").out == "In use: tea-room.\n"


def test_a_demo_its_clone_and_one_that_goes_by_itself(call: Call) -> None:
    call("create", "Tea")
    assert call("edit", "tea", "is_demo=true", "demo_slug=tea-demo", "mentor_for_demo_clone=true").code == 0
    assert call("clone", "tea", "--slug", "mine", "--draft").out == "Made: mine.\n"
    mine = call("show", "mine", "--json").json
    assert (mine["status"], mine["display"]["is_demo_clone"], mine["mentor"]["slug"]) == ("draft", True, "tea")
    assert call("list", "--only", "demo").out.startswith("tea\t")
    call("edit", "mine", "is_ephemeral=true", "expires_at=2100-01-01T00:00:00Z", "mentor_assistant=null")
    assert call("list", "--only", "ephemeral").out.startswith("mine\t")
    assert call("show", "mine", "--json").json["mentor"] is None


def test_out_and_in_again(mecum: Call, call: Call, served: Served, tmp_path: Path) -> None:
    call("create", "Tea", "--prompt", "Be brief.")
    picture = tmp_path / "tea.png"
    picture.write_bytes(png())
    assert call("avatar", "tea", str(picture)).out == "Changed: tea.\n"
    file, card = tmp_path / "tea.json", tmp_path / "card.png"
    assert call("export", "tea", "--versions", "-o", str(file)).code == 0
    assert call("export", "tea", "--format", "card-v3-png", "-o", str(card)).code == 0
    assert inside(card.read_bytes())["ccv3"]["data"]["system_prompt"] == "Be brief."
    call("delete", "tea", "--purge", "--yes")
    where = ("--server", served.url, "--key", served.token)
    ended = mecum("import", str(file), str(card), "--json", *where)
    assert ended.json["kinds"]["assistant"] == {"found": 2, "imported": 2, "already": 0, "skipped": 0}
    assert call("prompt", "tea-2", "--print").out == "Be brief.\n"
    again = tmp_path / "again.json"
    call("export", "tea", "--versions", "-o", str(again))
    assert again.read_bytes() == file.read_bytes()
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(card.read_bytes()[:-20])
    assert "import.card_unreadable" in mecum("import", str(damaged), *where).err


def test_a_list_of_those_that_are_called_so(call: Call) -> None:
    call("create", "Tea")
    call("create", "Coffee")
    assert call("list", "--search", "TE").out.startswith("tea\t")
    assert call("list", "--search", "cocoa").out == ""


def test_delete_and_undo(call: Call) -> None:
    call("create", "Tea")
    assert call("delete", "tea").out == "In the trash: tea.\n"
    assert call("show", "tea").code == 4
    assert call("list", "--deleted").out.startswith("tea\t")
    assert call("undo", "tea").out == "Back: tea.\n"
    assert call("delete", "tea", "--purge").code == 2
    assert call("delete", "tea", "--purge", "--yes").out == "Deleted for ever: tea.\n"
    assert call("undo", "tea").code == 4


def test_several_are_one_change(call: Call) -> None:
    for name in ("Tea", "Coffee", "Cocoa"):
        call("create", name)
    assert call("archive", "tea", "coffee").out == "Archived: tea, coffee.\n"
    assert {line.split("\t")[0] for line in call("list", "--archived").out.splitlines()} == {"tea", "coffee"}
    assert call("archive", "tea", "--back").out == "In use: tea.\n"
    ended = call("delete", "tea", "nobody", "cocoa")
    assert (ended.code, ended.out) == (0, "In the trash: tea, cocoa.\n")
    assert ended.err.startswith("nobody: ")
    assert call("delete", "nobody").code == 4
    done = call("undo", "tea", "cocoa", "--json").json
    assert (len(done["changed"]), done["skipped"]) == (2, [])
    assert call("delete", "tea", "coffee", "--purge", "--yes").out == "Deleted for ever: tea, coffee.\n"
    assert call("list", "--all").out.startswith("cocoa\t")


def test_starters(call: Call) -> None:
    assert call("starters").out.startswith("editor\tEditor\t\t")
    assert call("starters", "editor", "tutor").out == "Made: editor, tutor.\n"
    assert call("starters", "editor").out == "All of them are there.\n"
    assert [item["there"] for item in call("starters", "--json").json["items"]].count(True) == 2


def test_a_chat_with_one(mecum: Call, call: Call, served: Served, pipe: Pipe) -> None:
    call("create", "Tea", "--prompt", "Be brief.", "--model", "up/test")
    served.upstream.script("test", says("Oolong."))
    ended = mecum("chat", "--assistant", "tea", "Which?", "--server", served.url, "--key", served.token)
    assert ended.out == "Oolong.\n"
    assert served.asked()["messages"][0] == {"role": "system", "content": "You are Tea.\n\nBe brief."}
    gone = mecum("chat", "--assistant", "nobody", "Which?", "--server", served.url, "--key", served.token)
    assert (gone.code, gone.err.split(":")[0]) == (4, "error assistant.not_found")
