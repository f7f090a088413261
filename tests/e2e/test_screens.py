"""UX statement 18: on no screen does axe find anything, light and dark, on a desktop and at 375 px."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import RICH, check
from e2e.talk import Talk
from fakes.steps import Drop, Fail, Hang, Say, Think, Wait
from fakes.upstream import Upstream

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"]),
    pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"]),
]

PLACES = (
    "/models",
    "/models/get",
    "/models/servers",
    "/trash",
    "/settings/me",
    "/settings/workspace",
    "/settings/server",
    "/nowhere",
)


def visit(talk: Talk, path: str) -> None:
    """Open a place that has no composer."""
    talk.page.goto(talk.url + path)
    expect(talk.page.get_by_role("heading", level=1)).to_be_visible()


def open_rail(talk: Talk, size: tuple[int, int]) -> None:
    """Show the rail, which a desktop always does."""
    if size == PHONE:
        talk.page.get_by_role("button", name="Open the menu").click()
    expect(talk.page.get_by_test_id("rail")).to_be_visible()


def check_question(talk: Talk, button: str, where: str) -> None:
    """Press what cannot be undone, check the question, and say no."""
    talk.page.get_by_role("button", name=button).first.click()
    asked = talk.page.get_by_role("alertdialog")
    expect(asked).to_be_visible()
    check(talk, where)
    asked.get_by_role("button", name="Cancel").click()
    expect(asked).to_be_hidden()


def test_ux_18_the_conversation(
    house: House, new_talk: NewTalk, models: Upstream, dark: bool, size: tuple[int, int]
) -> None:
    models.script("fake-main", [Think("Hm."), Say(RICH)])
    ident = house.say("Show me everything.")["conversation_id"]
    talk = new_talk(size=size, dark=dark)
    talk.open()
    check(talk, "empty page")
    talk.open(f"/c/{ident}")
    talk.settled()
    expect(talk.page.locator("math")).to_be_visible()
    check(talk, "conversation")
    talk.answers.get_by_text("Thought about it").click()
    expect(talk.answers.get_by_text("Hm.")).to_be_visible()
    check(talk, "reasoning")
    for button in ("Model:", "Export"):
        talk.page.get_by_role("button", name=button).click()
        expect(talk.page.get_by_role("menu")).to_be_visible()
        check(talk, f"menu {button}")
        talk.page.keyboard.press("Escape")
    talk.page.get_by_test_id("inspector-toggle").click()
    expect(talk.page.get_by_test_id("inspector")).to_be_visible()
    check(talk, "inspector")
    talk.page.get_by_test_id("inspector").get_by_role("button", name="Close").click()
    talk.bubbles.hover()
    talk.bubbles.get_by_role("button", name="Edit message").click()
    expect(talk.page.get_by_role("textbox", name="Edit your message")).to_be_visible()
    check(talk, "editing")


def test_ux_18_answers_that_did_not_end_well(
    house: House, new_talk: NewTalk, models: Upstream, dark: bool, size: tuple[int, int]
) -> None:
    talk = new_talk(size=size, dark=dark)
    talk.open()
    # Named: one that only fails is passed over by its role after a while, and all four screens ask one server.
    talk.choose_model("fake-main")
    models.script("fake-main", [Say("It began well"), Wait(0.05), Drop()])
    talk.send("Break off")
    expect(talk.answers.last).to_have_attribute("data-state", "failed")
    models.script("fake-main", [Fail(500, "out of memory")])
    talk.send("Fail")
    expect(talk.answers).to_have_count(2)
    expect(talk.answers.last).to_have_attribute("data-state", "failed")
    models.script("fake-main", [Say("Word by word"), Hang()])
    talk.send("Go on for ever")
    talk.writing("Word by word")
    talk.send("And this waits")
    expect(talk.bubbles.last).to_have_attribute("data-state", "waiting")
    check(talk, "writing, another in the queue")
    talk.bubbles.last.get_by_role("button", name="Cancel").click()
    talk.stop.click()
    expect(talk.stop).to_be_hidden()
    check(talk, "broken off, failed, stopped")
    talk.page.route("**/api/v1/runs", lambda route: route.abort())
    talk.page.route("**/api/v1/ws", lambda route: route.abort())
    talk.send("This does not get through")
    expect(talk.page.get_by_test_id("delivery")).to_be_visible()
    check(talk, "not sent")
    talk.choose_model("fake-small")
    talk.composer.fill("a long text " * 400)
    expect(talk.page.get_by_test_id("context-warning")).to_be_visible()
    check(talk, "will not fit")


def test_ux_18_the_rail_and_the_palette(
    house: House, new_talk: NewTalk, models: Upstream, dark: bool, size: tuple[int, int]
) -> None:
    models.script("fake-main", [Say("The ferry leaves at nine.")])
    ident = house.say("When does the ferry leave?")["conversation_id"]
    house.call("PATCH", f"/conversations/{ident}", {"title": "A journey"})
    talk = new_talk(size=size, dark=dark)
    talk.open(f"/c/{ident}")
    open_rail(talk, size)
    check(talk, "rail")
    item = talk.page.get_by_test_id("conversation").filter(has_text="A journey").first
    item.hover()
    item.get_by_role("button", name="Actions for A journey").click()
    check(talk, "menu of a conversation")
    talk.page.get_by_role("menuitem", name="Rename").click()
    expect(talk.page.get_by_role("textbox", name="New title")).to_be_focused()
    check(talk, "renaming")
    talk.page.keyboard.press("Escape")
    item.hover()
    item.get_by_role("button", name="Actions for A journey").click()
    talk.page.get_by_role("menuitem", name="Delete").click()
    expect(talk.page.get_by_test_id("toast")).to_be_visible()
    check(talk, "deleted, with Undo")
    talk.page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    house.reads("/conversations", lambda listed: ident in [one["id"] for one in listed["items"]])
    talk.open()
    talk.page.keyboard.press("Control+k")
    expect(talk.page.get_by_role("option").first).to_be_visible()
    check(talk, "palette")
    talk.page.get_by_test_id("palette-input").fill("ferry")
    expect(talk.page.get_by_role("option").filter(has_text="A journey").first).to_be_visible()
    check(talk, "search")
    talk.page.get_by_test_id("palette-input").fill("zzqx")
    expect(talk.page.get_by_text("Nothing found.")).to_be_visible()
    check(talk, "nothing found")
    talk.page.keyboard.press("Escape")
    talk.page.locator("body").press("?")
    expect(talk.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    check(talk, "shortcuts")


def test_ux_18_places(bare_house: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    talk = new_talk(to=bare_house, size=size, dark=dark)
    talk.open()
    expect(talk.page.get_by_test_id("get-model")).to_be_visible()
    check(talk, "empty page without a model")
    assert talk.scroller.evaluate("(box) => box.scrollTop") == 0
    for path in PLACES:
        visit(talk, path)
        check(talk, path)
    ident = bare_house.say("A conversation to delete")["conversation_id"]
    bare_house.call("PATCH", f"/conversations/{ident}", {"title": "Old plans " * 9})
    bare_house.call("DELETE", f"/conversations/{ident}")
    visit(talk, "/trash")
    expect(talk.page.get_by_test_id("trashed")).to_be_visible()
    check(talk, "trash")
    check_question(talk, "Delete for ever", "deleting for ever")
    check_question(talk, "Empty the trash", "emptying the trash")
    bare_house.call("POST", "/endpoints", {"name": "studio", "wire": "openai", "base_url": "http://127.0.0.1:9/v1"})
    visit(talk, "/models/servers")
    talk.page.get_by_role("button", name="OpenAI", exact=True).click()
    expect(talk.page.get_by_test_id("consent")).to_be_visible()
    talk.page.get_by_role("button", name="Test studio").click()
    expect(talk.page.get_by_role("status").filter(has_text="answer")).to_be_visible()
    check(talk, "a server that does not answer")
    check_question(talk, "Remove", "removing a server")
    visit(talk, "/settings/me")
    talk.page.get_by_label("Name of the new key").fill("notebook")
    talk.page.get_by_role("button", name="Make a key").click()
    expect(talk.page.get_by_text("mk_").first).to_be_visible()
    check(talk, "a new key")
    check_question(talk, "Remove key", "removing a key")


def test_ux_18_files(bare_house: House, new_talk: NewTalk, dark: bool, size: tuple[int, int], tmp_path: Path) -> None:
    note = tmp_path / "a note with quite a long name, as people give them.txt"
    filler = "\n\n".join(f"Line {number} of a long note about other things." for number in range(60))
    note.write_text(f"{filler}\n\nThe spare key hangs behind the blue barometer.\n\n{filler}", "utf-8")
    talk = new_talk(to=bare_house, size=size, dark=dark)
    talk.open()
    talk.page.get_by_test_id("file-input").set_input_files([note])
    expect(talk.page.get_by_role("button", name="Remove a note")).to_be_visible()
    check(talk, "attached")
    talk.send("Where does the spare key hang?")
    talk.settled()
    check(talk, "sources")
    talk.answers.last.get_by_test_id("citation").first.click()
    expect(talk.page.get_by_test_id("file-text")).to_contain_text("barometer")
    check(talk, "file viewer")


def test_ux_18_the_closed_door(bare_house: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    bare_house.call("PUT", "/owner/password", {"current_password": None, "new_password": "correct horse battery"})
    talk = new_talk(to=bare_house, size=size, dark=dark)
    talk.page.goto(talk.url)
    login = talk.page.get_by_test_id("login")
    expect(login).to_be_visible()
    check(talk, "login")
    login.get_by_label("Password").fill("wrong")
    login.get_by_role("button", name="Open").click()
    expect(login.get_by_role("alert")).to_be_visible()
    check(talk, "wrong password")
