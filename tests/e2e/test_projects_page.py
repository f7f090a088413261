"""Projects: made, filled, begun in, moved to and from, thrown away and brought back; UX statement 18 on them."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import check
from e2e.talk import Talk
from fakes.steps import says
from fakes.upstream import Upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

LONG = "A project with a very long name that nobody has shortened, about the house by the sea"


@pytest.fixture(autouse=True)
def empty(house: House, models: Upstream) -> None:
    """Leave no project, conversation or assistant of an earlier test."""
    for deleted in ("", "&deleted=true"):
        for project in house.call("GET", f"/projects?limit=200{deleted}")["items"]:
            house.call("DELETE", f"/projects/{project['id']}?purge=true")
        for assistant in house.call("GET", f"/assistants?limit=200{deleted}")["items"]:
            house.call("DELETE", f"/assistants/{assistant['id']}?purge=true")
        for conversation in house.call("GET", f"/conversations?limit=200{deleted}")["items"]:
            house.call("DELETE", f"/conversations/{conversation['id']}?purge=true")
    models.script("fake-main", says("Yes."))


def made(house: House, name: str = "Rome trip", **more: Any) -> str:
    """Make a project and return its id."""
    return str(house.call("POST", "/projects", {"name": name, **more})["id"])


def said(house: House, text: str, **more: Any) -> str:
    """Say something and return the conversation."""
    return str(house.say(text, model="fake/fake-main", **more)["conversation_id"])


def at(new_talk: NewTalk, house: House, path: str, heading: str, **wanted: Any) -> Talk:
    """Open a place and wait for its heading."""
    talk = new_talk(**wanted)
    talk.page.goto(house.url + path)
    expect(talk.page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    return talk


def toast(page: Page, text: str) -> Locator:
    """Return the notice that says this, once it is there."""
    found = page.get_by_test_id("toast").filter(has_text=text)
    expect(found).to_be_visible()
    return found


def prompt(models: Upstream, said: str) -> str:
    """Return the system prompt with which a model was asked this."""
    asked = (request.json["messages"] for request in models.answers())
    first = next(messages[0] for messages in asked if said in messages[-1]["content"])
    return str(first["content"]) if first["role"] == "system" else ""


def test_a_chat_begins_in_a_new_project(new_talk: NewTalk, house: House, models: Upstream) -> None:
    talk = at(new_talk, house, "/projects", "Projects")
    page = talk.page
    expect(page.get_by_test_id("no-projects")).to_be_visible()
    page.get_by_role("button", name="New project").click()
    page.get_by_label("Name").fill("  Rome   trip ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Rome trip", level=1)).to_be_visible()
    page.get_by_test_id("instructions").fill("Prices in euros.")
    page.get_by_role("button", name="Save", exact=True).click()
    toast(page, "The instructions are saved")
    page.get_by_label("Model").fill("fake/fake-main")
    page.keyboard.press("Enter")
    toast(page, "Saved: counts for the next new conversation")
    page.get_by_role("button", name="New chat in this project").click()
    expect(page.get_by_test_id("project-start")).to_contain_text("fake/fake-main answers.")
    expect(page.get_by_test_id("project-place")).to_contain_text("Rome trip")
    expect(talk.composer).to_be_focused()
    talk.send("How much is the ferry?")
    talk.settled()
    assert prompt(models, "How much is the ferry?") == "Prices in euros."
    talk.conversation_id()
    expect(page.get_by_test_id("project-place")).to_contain_text("Rome trip")
    rail = page.get_by_test_id("rail")
    expect(rail.get_by_test_id("rail-projects")).to_contain_text("Rome trip")
    expect(rail.get_by_test_id("project-of")).to_contain_text("Rome trip")
    page.get_by_test_id("inspector-toggle").click()
    told = page.get_by_test_id("context-project")
    expect(told).to_contain_text("Rome trip: its instructions were sent")
    told.get_by_role("link").click()
    expect(page.get_by_test_id("project-conversations")).to_contain_text("How much is the ferry?")


def test_settings_of_the_first_message_do_not_lose_the_project(
    new_talk: NewTalk, house: House, models: Upstream
) -> None:
    project_id = made(house, instructions="Prices in euros.", model="fake/fake-main")
    talk = new_talk()
    talk.open(f"/?project={project_id}")
    talk.page.get_by_test_id("inspector-toggle").click()
    talk.page.get_by_label("System prompt").fill("In English.")
    talk.send("Hello?")
    talk.settled()
    assert prompt(models, "Hello?") == "Prices in euros.\n\nIn English."
    assert house.call("GET", f"/conversations/{talk.conversation_id()}")["project_id"] == project_id


def test_a_conversation_is_moved_by_its_menu_and_by_its_header(new_talk: NewTalk, house: House) -> None:
    made(house)
    ident = said(house, "Ferries to Capri")
    talk = new_talk()
    talk.open(f"/c/{ident}")
    page = talk.page
    talk.settled()
    page.get_by_test_id("move-conversation").click()
    dialog = page.get_by_role("dialog", name="Move “Ferries to Capri”")
    dialog.get_by_role("button", name="Rome trip").click()
    toast(page, "Moved to Rome trip")
    expect(page.get_by_test_id("project-place")).to_contain_text("Rome trip")
    toast(page, "Moved to Rome trip").get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("project-place")).to_have_count(0)
    # By its menu, into one that is made for it, without a mouse.
    page.get_by_test_id("conversation").hover()
    page.get_by_role("button", name="Actions for Ferries to Capri").press("Enter")
    page.get_by_role("menuitem", name="Move to a project").press("Enter")
    page.get_by_label("Find a project").fill("Capri")
    expect(page.get_by_role("button", name="Make “Capri” and move it there")).to_be_visible()
    page.keyboard.press("Enter")
    toast(page, "Moved to Capri")
    expect(page.get_by_test_id("project-place")).to_contain_text("Capri")
    # And out of it, through the commands.
    talk.command("Move to a project")
    page.get_by_role("button", name="In no project").click()
    toast(page, "Out of its project")
    expect(page.get_by_test_id("project-place")).to_have_count(0)
    assert house.call("GET", f"/conversations/{ident}")["project_id"] is None


def test_files_are_added_told_and_taken_out(new_talk: NewTalk, house: House, models: Upstream, tmp_path: Path) -> None:
    project_id = made(house, model="fake/fake-main")
    (tmp_path / "hotel.txt").write_text("Room 7.")
    (tmp_path / "map.bin").write_bytes(bytes(range(256)))
    talk = at(new_talk, house, f"/projects/{project_id}", "Rome trip")
    page = talk.page
    page.get_by_test_id("project-file-input").set_input_files([str(tmp_path / "hotel.txt"), str(tmp_path / "map.bin")])
    rows = page.get_by_test_id("project-file")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("goes into answers")
    expect(rows.last).to_contain_text("by its name only")
    said(house, "Which room?", project_id=project_id)
    assert "Room 7." in prompt(models, "Which room?")
    page.get_by_role("link", name="Which room?").first.click()
    talk.settled()
    page.get_by_test_id("inspector-toggle").click()
    told = page.get_by_test_id("context-project")
    expect(told).to_contain_text("hotel.txt: sent whole")
    expect(told).to_contain_text("map.bin: its content is not text")
    page.go_back()
    page.get_by_role("button", name="Take out: hotel.txt").click()
    expect(rows).to_have_count(1)
    toast(page, "Out of the project: hotel.txt").get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    dropped = page.evaluate_handle(
        "() => { const held = new DataTransfer();"
        " held.items.add(new File(['Two tickets.'], 'tickets.md')); return held; }"
    )
    page.get_by_test_id("drop-project-files").dispatch_event("drop", {"dataTransfer": dropped})
    expect(rows).to_have_count(3)
    # What the server refuses it says itself.
    (tmp_path / "nothing.txt").write_bytes(b"")
    page.get_by_test_id("project-file-input").set_input_files(str(tmp_path / "nothing.txt"))
    toast(page, "The file is empty.")
    expect(rows).to_have_count(3)


def test_its_assistant_answers_and_others_work_in_it(new_talk: NewTalk, house: House, models: Upstream) -> None:
    configuration = {"preferred_model": "fake/fake-main"}
    house.call("POST", "/assistants", {"name": "Guide", "prompt": "Be kind.", "configuration": configuration})
    house.call("POST", "/assistants", {"name": "Cook"})
    project_id = made(house)
    talk = at(new_talk, house, f"/projects/{project_id}", "Rome trip")
    page = talk.page
    page.get_by_label("Assistant", exact=True).select_option("Guide")
    toast(page, "Saved: counts for the next new conversation")
    page.get_by_label("Add an assistant").select_option("Cook")
    page.get_by_role("button", name="Add", exact=True).click()
    inside = page.get_by_test_id("project-assistants")
    expect(inside).to_contain_text("Cook")
    page.get_by_role("button", name="New chat in this project").click()
    expect(page.get_by_test_id("project-start")).to_contain_text("Guide answers.")
    talk.send("Hello?")
    talk.settled()
    assert prompt(models, "Hello?") == "You are Guide.\n\nBe kind."
    page.get_by_test_id("project-place").click()
    page.get_by_role("button", name="Take out: Cook").click()
    expect(inside).to_have_count(0)


def test_it_says_what_becomes_of_what_is_in_it(new_talk: NewTalk, house: House) -> None:
    project_id = made(house)
    ident = said(house, "Ferries to Capri", project_id=project_id)
    page = at(new_talk, house, f"/projects/{project_id}", "Rome trip").page

    def ask() -> Locator:
        page.get_by_test_id("project-menu").click()
        page.get_by_role("menuitem", name="Delete the project").click()
        return page.get_by_test_id("remove-project")

    dialog = ask()
    expect(dialog).to_contain_text("Its 1 conversation stays, in no project.")
    dialog.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("heading", name="Projects", level=1)).to_be_visible()
    assert house.call("GET", f"/conversations/{ident}")["project_id"] is None
    toast(page, "Rome trip is in the trash").get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("project-conversations")).to_contain_text("Ferries to Capri")
    # With its conversations, when that is asked for.
    dialog = ask()
    dialog.get_by_label("Move its 1 conversation to the trash too").check()
    expect(dialog).not_to_contain_text("stays")
    dialog.get_by_role("button", name="Move to trash").click()
    toast(page, "Rome trip and 1 conversation are in the trash")
    expect(page.get_by_test_id("rail")).not_to_contain_text("Ferries to Capri")
    removed = page.get_by_test_id("removed-project")
    removed.get_by_role("button", name="Restore Rome trip").click()
    expect(page.get_by_test_id("project")).to_contain_text("1 conversation")
    expect(page.get_by_test_id("rail")).to_contain_text("Ferries to Capri")
    # For ever only after a question.
    house.call("DELETE", f"/projects/{project_id}")
    removed.get_by_role("button", name="Delete for ever: Rome trip").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete for ever").click()
    expect(removed).to_have_count(0)
    assert house.call("GET", f"/conversations/{ident}")["project_id"] is None


def test_nothing_is_lost_when_somebody_else_was_faster(new_talk: NewTalk, house: House) -> None:
    project_id = made(house, instructions="Prices in euros.")
    page = at(new_talk, house, f"/projects/{project_id}", "Rome trip").page
    area = page.get_by_test_id("instructions")
    area.fill("Prices in lire.")
    page.reload()
    expect(area).to_have_value("Prices in lire.")
    house.call("PATCH", f"/projects/{project_id}", {"instructions": "Prices in dollars."})
    conflict = page.get_by_test_id("conflict")
    expect(conflict).to_contain_text("Prices in dollars.")
    expect(area).to_have_value("Prices in lire.")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    conflict.get_by_role("button", name="Take what is saved").click()
    expect(area).to_have_value("Prices in dollars.")
    toast(page, "Your changes are put aside").get_by_role("button", name="Undo").click()
    expect(area).to_have_value("Prices in lire.")
    conflict.get_by_role("button", name="Save mine over it").click()
    toast(page, "The instructions are saved")
    assert house.call("GET", f"/projects/{project_id}")["instructions"] == "Prices in lire."


def test_the_server_says_what_is_wrong_with_a_name(new_talk: NewTalk, house: House) -> None:
    made(house)
    page = at(new_talk, house, "/projects", "Projects").page
    page.get_by_role("button", name="New project").click()
    page.get_by_label("Name").fill("ROME trip")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Another project has this name.")
    expect(page.get_by_label("Name")).to_have_value("ROME trip")
    page.keyboard.press("Escape")
    page.goto(f"{house.url}/projects/prj_0000000000000")
    expect(page.get_by_role("alert")).to_contain_text("There is no such project.")


def test_another_device_sees_it_at_once(new_talk: NewTalk, house: House) -> None:
    page = new_talk().page
    heard: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    page.goto(f"{house.url}/projects")
    expect(page.get_by_test_id("no-projects")).to_be_visible()
    while not any("subscribed" in frame for frame in heard):
        page.wait_for_timeout(50)
    project_id = made(house)
    expect(page.get_by_test_id("project")).to_contain_text("Rome trip")
    page.get_by_test_id("project").get_by_role("link").click()
    house.call("PATCH", f"/projects/{project_id}", {"name": "Rome in May"})
    expect(page.get_by_role("heading", name="Rome in May", level=1)).to_be_visible()
    said(house, "Ferries to Capri", project_id=project_id)
    expect(page.get_by_test_id("project-conversations")).to_contain_text("Ferries to Capri")
    house.call("DELETE", f"/projects/{project_id}")
    expect(page.get_by_role("alert")).to_contain_text("There is no such project.")


#: Keeps back what the page says on its socket until `window.__listen` is called.
KEPT_BACK = """
const Open = window.WebSocket;
const listening = new Promise((listen) => { window.__listen = listen; });
window.WebSocket = class extends Open {
  send(text) { void listening.then(() => super.send(text)); }
};
"""


def test_what_changed_before_the_page_listened_is_shown(new_talk: NewTalk, house: House) -> None:
    page = new_talk().page
    page.add_init_script(KEPT_BACK)
    page.goto(f"{house.url}/projects")
    expect(page.get_by_test_id("no-projects")).to_be_visible()
    made(house)
    page.evaluate("() => window.__listen()")
    expect(page.get_by_test_id("project")).to_contain_text("Rome trip")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ux_18_projects(new_talk: NewTalk, house: House, tmp_path: Path, dark: bool, size: tuple[int, int]) -> None:
    talk = at(new_talk, house, "/projects", "Projects", size=size, dark=dark)
    page = talk.page
    check(talk, "projects, none")
    house.call("POST", "/assistants", {"name": "An assistant with a name that is a good deal longer than most"})
    assistant = house.call("GET", "/assistants")["items"][0]["id"]
    project_id = made(house, LONG, instructions="Prices in euros.\nShort answers.", assistant=assistant)
    made(house, "Rome")
    house.call("DELETE", f"/projects/{made(house, 'Old plans')}")
    house.call("POST", f"/projects/{project_id}/contents", {"assistants": [assistant]})
    ident = said(house, "A question that is rather longer than the line it stands in " * 3, project_id=project_id)
    expect(page.get_by_test_id("project")).to_have_count(2)
    check(talk, "projects, a list and the trash")
    page.goto(f"{house.url}/projects/{project_id}")
    expect(page.get_by_test_id("project-conversations")).to_be_visible()
    file = tmp_path / "a-file-with-a-very-long-name-that-nobody-has-shortened-2026-11-28.txt"
    file.write_text("Room 7.")
    page.get_by_test_id("project-file-input").set_input_files(str(file))
    expect(page.get_by_test_id("project-file")).to_have_count(1)
    check(talk, "a project")
    page.get_by_test_id("instructions").fill("Prices in lire.")
    house.call("PATCH", f"/projects/{project_id}", {"instructions": "Prices in dollars."})
    expect(page.get_by_test_id("conflict")).to_be_visible()
    check(talk, "a project, a conflict")
    page.get_by_test_id("project-menu").click()
    page.get_by_role("menuitem", name="Delete the project").click()
    expect(page.get_by_test_id("remove-project")).to_be_visible()
    check(talk, "a project, before it is deleted")
    page.keyboard.press("Escape")
    page.goto(f"{house.url}/?project={project_id}")
    expect(page.get_by_test_id("project-start")).to_be_visible()
    check(talk, "a chat that begins in a project")
    page.goto(f"{house.url}/c/{ident}")
    talk.settled()
    page.get_by_test_id("move-conversation").click()
    expect(page.get_by_test_id("move-dialog").get_by_role("button", name="Rome")).to_be_visible()
    check(talk, "moving a conversation")
