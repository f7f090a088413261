"""Conversations at hand: tags, the archive, choosing several, and searching with filters."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import check
from e2e.talk import Talk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


def made(house: House, *titles: str, **change: object) -> list[str]:
    """Make conversations, the first of them the newest; return their ids in this order."""
    ids: list[str] = []
    for title in reversed(titles):
        made = house.call("POST", "/conversations", {"title": title})
        ids.insert(0, made["id"])
        if change:
            house.call("PATCH", f"/conversations/{made['id']}", change)
    return ids


def arrived(house: House, title: str, *said: tuple[str, str]) -> str:
    """Bring a conversation in: (moment, text) of each message."""
    messages: list[dict[str, Any]] = []
    for place, (at, text) in enumerate(said):
        parent = messages[-1]["id"] if messages else None
        role = "assistant" if place % 2 else "user"
        parts = [{"type": "text", "text": text}]
        messages.append({"id": f"m{place}", "parent_id": parent, "role": role, "parts": parts, "created_at": at})
    moments = {"created_at": said[0][0], "last_activity_at": said[-1][0]}
    about: dict[str, Any] = {"id": "c", "title": title, "config": {}, "leaf_id": messages[-1]["id"], **moments}
    body: dict[str, Any] = {"format": "mecum.conversation", "version": 1, "conversation": about, "messages": messages}
    return str(house.call("POST", "/conversations/import?format=json", {**body, "files": []})["conversation_id"])


def items(talk: Talk) -> Locator:
    """The conversations that the list shows."""
    return talk.page.get_by_test_id("conversation")


def stored(house: House, ids: list[str], *titles: str) -> None:
    """Wait until conversations are called this: the page shows a change before it is stored."""
    for one, title in zip(ids, titles, strict=True):
        house.reads(f"/conversations/{one}", lambda read, title=title: read["title"] == title)


def begin(talk: Talk) -> Locator:
    """Start choosing; return the bar."""
    talk.page.get_by_test_id("select").click()
    bar = talk.page.get_by_test_id("selection")
    expect(bar).to_be_visible()
    return bar


def pick(talk: Talk, item: str, action: str) -> None:
    """Use a conversation's menu."""
    row = items(talk).filter(has_text=item)
    row.hover()
    row.get_by_role("button", name="Actions for").click()
    talk.page.get_by_role("menuitem", name=action).click()


def test_tags_are_given_in_the_list_and_shown_in_the_header(bare_house: House, new_talk: NewTalk) -> None:
    one, _ = made(bare_house, "Ferry", "Garden")
    talk = new_talk(to=bare_house)
    talk.open(f"/c/{one}")
    pick(talk, "Ferry", "Tags")
    dialog = talk.page.get_by_role("dialog")
    dialog.get_by_label("New tag").fill("work, to  do")
    dialog.get_by_label("New tag").press("Enter")
    expect(dialog.get_by_role("checkbox", name="to do")).to_be_checked()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(items(talk).filter(has_text="Ferry").get_by_test_id("item-tags")).to_have_text("to do · work")
    expect(talk.page.get_by_test_id("labels")).to_contain_text("work")
    shown = talk.page.get_by_test_id("shown")
    shown.get_by_role("button", name="work 1").click()
    expect(items(talk)).to_have_count(1)
    expect(items(talk)).to_contain_text("Ferry")
    shown.get_by_role("button", name="All").click()
    expect(items(talk)).to_have_count(2)
    talk.page.get_by_role("main").get_by_role("button", name="Tags").click()
    dialog.get_by_role("checkbox", name="work").uncheck()
    dialog.get_by_role("button", name="Save").click()
    # With it comes the second notice that says the same.
    expect(dialog).to_be_hidden()
    expect(talk.page.get_by_test_id("labels")).to_have_text("to do")
    talk.page.get_by_test_id("toast").last.get_by_role("button", name="Undo").click()
    expect(talk.page.get_by_test_id("labels")).to_contain_text("work")
    bare_house.reads(f"/conversations/{one}", lambda read: read["tags"] == ["to do", "work"])


def test_a_tag_that_cannot_be_is_refused_in_the_servers_words(bare_house: House, new_talk: NewTalk) -> None:
    made(bare_house, "Ferry")
    talk = new_talk(to=bare_house)
    talk.open()
    pick(talk, "Ferry", "Tags")
    dialog = talk.page.get_by_role("dialog")
    dialog.get_by_label("New tag").fill(", ".join(f"tag {number}" for number in range(31)))
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text("A conversation has at most 30 tags.")
    expect(dialog.get_by_label("New tag")).to_have_value(", ".join(f"tag {number}" for number in range(31)))


def test_the_archive_and_back(bare_house: House, new_talk: NewTalk) -> None:
    one, _ = made(bare_house, "Ferry", "Garden")
    talk = new_talk(to=bare_house)
    talk.open(f"/c/{one}")
    pick(talk, "Ferry", "Archive")
    expect(items(talk)).to_have_count(1)
    expect(talk.page.get_by_test_id("labels")).to_have_text("Archived")
    expect(talk.page.get_by_test_id("toast")).to_contain_text("“Ferry” archived")
    talk.page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(items(talk)).to_have_count(2)
    pick(talk, "Ferry", "Archive")
    expect(items(talk)).to_have_count(1)
    shown = talk.page.get_by_test_id("shown")
    shown.get_by_role("button", name="Archive").click()
    expect(items(talk)).to_have_count(1)
    expect(items(talk)).to_contain_text("Ferry")
    pick(talk, "Ferry", "Take out of the archive")
    expect(talk.page.get_by_test_id("conversation-list")).to_contain_text("Nothing is archived.")
    shown.get_by_role("button", name="All").click()
    expect(items(talk)).to_have_count(2)


def test_many_are_chosen_by_keyboard_and_with_shift(bare_house: House, new_talk: NewTalk) -> None:
    made(bare_house, *(f"Talk {number}" for number in range(6)))
    talk = new_talk(to=bare_house)
    talk.open()
    bar = begin(talk)
    expect(bar.get_by_role("status")).to_have_text("0 selected")
    expect(bar.get_by_role("button", name="Delete")).to_be_disabled()
    boxes = talk.page.get_by_role("checkbox")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(bar.get_by_role("status")).to_have_text("4 selected")
    boxes.nth(2).click()
    expect(bar.get_by_role("status")).to_have_text("3 selected")
    boxes.nth(0).focus()
    talk.page.keyboard.press("Space")
    expect(boxes.nth(0)).to_be_checked()
    talk.page.keyboard.press("ArrowDown")
    expect(boxes.nth(1)).to_be_focused()
    talk.page.keyboard.press("Shift+ArrowDown")
    expect(boxes.nth(2)).to_be_checked()
    talk.page.keyboard.press("Control+a")
    expect(bar.get_by_role("status")).to_have_text("6 selected")
    talk.page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(talk.page.get_by_test_id("select")).to_be_focused()


def test_many_are_deleted_and_come_back(bare_house: House, new_talk: NewTalk) -> None:
    ids = made(bare_house, "One", "Two", "Three")
    talk = new_talk(to=bare_house)
    talk.open(f"/c/{ids[0]}")
    bar = begin(talk)
    for title in ("One", "Two"):
        talk.page.get_by_role("checkbox", name=title).check()
    bar.get_by_role("button", name="Delete").click()
    expect(items(talk)).to_have_count(1)
    toast = talk.page.get_by_test_id("toast")
    expect(toast).to_contain_text("2 conversations moved to the trash")
    talk.page.wait_for_url(lambda url: "/c/" not in url)
    toast.get_by_role("button", name="Undo").click()
    expect(items(talk)).to_have_count(3)
    talk.page.wait_for_url(f"**/c/{ids[0]}")
    bare_house.reads("/conversations?deleted=true", lambda read: read["items"] == [])


def test_many_are_archived_and_renamed(bare_house: House, new_talk: NewTalk) -> None:
    ids = made(bare_house, "One", "Two", "Three")
    talk = new_talk(to=bare_house)
    talk.open()
    bar = begin(talk)
    for title in ("One", "Two"):
        talk.page.get_by_role("checkbox", name=title).check()
    bar.get_by_role("button", name="Rename").click()
    dialog = talk.page.get_by_role("dialog")
    dialog.get_by_label("New title").fill("{n}. {title}")
    expect(dialog.get_by_test_id("renames").get_by_role("listitem")).to_have_text(["1. One", "2. Two"])
    dialog.get_by_label("New title").fill("")
    dialog.get_by_role("button", name="Rename").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("New title").fill("{n}. {title}")
    dialog.get_by_role("button", name="Rename").click()
    expect(dialog).to_be_hidden()
    expect(talk.page.get_by_role("checkbox", name="2. Two")).to_be_visible()
    stored(bare_house, ids, "1. One", "2. Two", "Three")
    talk.page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(talk.page.get_by_role("checkbox", name="2. Two")).to_be_hidden()
    stored(bare_house, ids, "One", "Two", "Three")
    bar.get_by_role("button", name="All").click()
    bar.get_by_role("button", name="Archive").click()
    expect(items(talk)).to_have_count(0)
    bare_house.reads("/conversations?archived=true", lambda read: len(read["items"]) == 3)


def test_many_are_tagged_together(bare_house: House, new_talk: NewTalk) -> None:
    ids = made(bare_house, "One", "Two")
    bare_house.call("PATCH", f"/conversations/{ids[0]}", {"tags": ["old", "half"]})
    bare_house.call("PATCH", f"/conversations/{ids[1]}", {"tags": ["old"]})
    talk = new_talk(to=bare_house)
    talk.open()
    bar = begin(talk)
    bar.get_by_role("button", name="All").click()
    bar.get_by_role("button", name="Tags").click()
    dialog = talk.page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox", name="old")).to_be_checked()
    expect(dialog.get_by_role("checkbox", name="half")).to_have_js_property("indeterminate", True)
    dialog.get_by_role("checkbox", name="old").uncheck()
    dialog.get_by_label("New tag").fill("new")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    assert [bare_house.call("GET", f"/conversations/{one}")["tags"] for one in ids] == [["half", "new"], ["new"]]


def test_many_are_taken_out_as_one_file(bare_house: House, new_talk: NewTalk, tmp_path: Path) -> None:
    for number in range(3):
        arrived(bare_house, f"Ferry {number}", ("2025-01-02T10:00:00Z", f"The ferry number {number}."))
    talk = new_talk(to=bare_house)
    talk.open()
    bar = begin(talk)
    bar.get_by_role("button", name="All").click()
    bar.get_by_role("button", name="Export").click()
    with talk.page.expect_download() as download:
        talk.page.get_by_role("menuitem", name="Markdown").click()
    file = tmp_path / "some.zip"
    download.value.save_as(file)
    assert download.value.suggested_filename == "conversations.zip"
    archive = zipfile.ZipFile(io.BytesIO(file.read_bytes()))
    assert len(json.loads(archive.read("export.json"))["conversations"]) == 3
    assert "The ferry number 2." in "".join(archive.read(name).decode() for name in archive.namelist())


def test_a_search_with_filters(bare_house: House, new_talk: NewTalk) -> None:
    old = arrived(
        bare_house,
        "Old crossing",
        ("2024-03-01T10:00:00Z", "When does the ferry leave?"),
        ("2024-03-01T10:01:00Z", "The ferry leaves at nine."),
    )
    bare_house.call("PATCH", f"/conversations/{old}", {"tags": ["to do"]})
    bare_house.say("Which ferry goes to Rome?")
    arrived(bare_house, "Older crossing", ("2023-03-01T10:00:00Z", "A ferry of 2023."))
    talk = new_talk(to=bare_house)
    talk.open()
    talk.page.get_by_test_id("open-palette").click()
    talk.page.get_by_test_id("palette-input").fill("ferry before:2025")
    results = talk.page.get_by_test_id("palette-results").get_by_role("option")
    expect(results.filter(has_text="leaves at nine")).to_be_visible()
    results.filter(has_text="All results").click()
    talk.page.wait_for_url("**/search?*")
    found = talk.page.get_by_test_id("found-conversation")
    expect(found).to_have_count(2)
    # By their dates, although the older one came last.
    expect(found.nth(0)).to_contain_text("Old crossing")
    expect(found.nth(1)).to_contain_text("Older crossing")
    expect(found.nth(0).get_by_role("link")).to_have_count(2)
    box = talk.page.get_by_test_id("search-input")
    filters = talk.page.get_by_test_id("filters")
    filters.get_by_role("button", name="From the assistant").click()
    expect(box).to_have_value("ferry before:2025 from:assistant")
    expect(found).to_have_count(1)
    filters.get_by_role("button", name="From the assistant").click()
    filters.get_by_role("button", name="Tag").click()
    talk.page.get_by_role("menuitemradio", name="to do").click()
    expect(box).to_have_value('ferry before:2025 tag:"to do"')
    expect(found).to_have_count(1)
    expect(filters.get_by_role("button", name="Tag")).to_have_attribute("data-on", "true")
    talk.page.reload()
    expect(box).to_have_value('ferry before:2025 tag:"to do"')
    found.get_by_role("link").first.click()
    talk.page.wait_for_url(f"**/c/{old}*")
    expect(talk.answers).to_contain_text("The ferry leaves at nine.")
    talk.page.go_back()
    expect(found).to_have_count(1)


def test_a_wrong_filter_is_told_in_the_servers_words(bare_house: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=bare_house)
    talk.page.goto(f"{talk.url}/search")
    expect(talk.page.get_by_text("Find anything that was ever said")).to_be_visible()
    box = talk.page.get_by_test_id("search-input")
    expect(box).to_be_focused()
    box.fill("ferry after:soon")
    alert = talk.page.get_by_role("alert")
    expect(alert).to_contain_text("takes a day, a month or a year")
    box.fill("ferry assistant:nobody")
    expect(alert).to_have_text("There is no assistant called nobody.")
    box.fill("zzqx")
    expect(talk.page.get_by_text("Nothing found", exact=True)).to_be_visible()
    expect(alert).to_be_hidden()
    talk.page.keyboard.press("Control+k")
    talk.page.get_by_test_id("palette-input").fill("is:what")
    expect(talk.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("takes")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ux_18_conversations_at_hand(bare_house: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    for number in range(12):
        tags = [f"tag {number % 6}", "a tag with a name that is as long as a name may be, sixty letters"][
            : 1 + number % 2
        ]
        made(bare_house, f"A conversation with quite a long title, number {number}", tags=[tag[:60] for tag in tags])
    arrived(bare_house, "Ferries", ("2024-03-01T10:00:00Z", "ferry " * 90), ("2024-03-01T11:00:00Z", "A ferry."))
    talk = new_talk(to=bare_house, size=size, dark=dark)
    talk.open()
    if size == PHONE:
        talk.page.get_by_role("button", name="Open the menu").click()
    check(talk, "list with tags")
    bar = begin(talk)
    for number in (1, 2, 3):
        talk.page.get_by_role("checkbox").nth(number).check()
    check(talk, "choosing")
    for button in ("Tags", "Rename"):
        bar.get_by_role("button", name=button).click()
        expect(talk.page.get_by_role("dialog")).to_be_visible()
        check(talk, f"{button} of many")
        talk.page.keyboard.press("Escape")
        expect(talk.page.get_by_role("dialog")).to_be_hidden()
    talk.page.goto(f"{talk.url}/search")
    expect(talk.page.get_by_text("Find anything that was ever said")).to_be_visible()
    check(talk, "search, nothing asked")
    box = talk.page.get_by_test_id("search-input")
    box.fill("ferry")
    expect(talk.page.get_by_test_id("found-conversation")).to_have_count(1)
    check(talk, "search, found")
    talk.page.get_by_test_id("filters").get_by_role("button", name="Tag").click()
    expect(talk.page.get_by_role("menu")).to_be_visible()
    check(talk, "search, tags")
    talk.page.keyboard.press("Escape")
    box.fill("ferry after:soon")
    expect(talk.page.get_by_role("alert")).to_be_visible()
    check(talk, "search, refused")
    box.fill("zzqx")
    expect(talk.page.get_by_text("Nothing found", exact=True)).to_be_visible()
    check(talk, "search, nothing found")
