"""The place of imports: files chosen and dropped, the reckoning with its reasons, undo; UX statement 18 on it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import check
from e2e.talk import Talk
from factories.foreign import as_json, chat, chatgpt

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

PLACE = "/settings/workspace/import"
LONG = "an-export-with-a-very-long-name-that-nobody-has-shortened-2026-11-28-conversations.json"


def talks(tmp_path: Path, name: str = "conversations.json") -> Path:
    file = tmp_path / name
    said = ("user", "hello"), ("assistant", "ho")
    file.write_bytes(as_json([chatgpt(f"c{number}", *said, title=f"Talk {number}") for number in range(3)]))
    return file


def dirty(tmp_path: Path) -> Path:
    file = tmp_path / "chat.db"
    rows = [{"role": "user", "content": "good"}, {"role": "wizard", "content": "abracadabra"}]
    file.write_bytes(chat([*rows, {"role": "user", "content": "lost", "conversation_id": 9999}]))
    return file


def place(new_talk: NewTalk, house: House, **wanted: object) -> Talk:
    talk = new_talk(to=house, **wanted)  # type: ignore[arg-type]
    talk.page.goto(house.url + PLACE)
    expect(talk.page.get_by_role("heading", name="Bring a record in")).to_be_visible()
    return talk


def bring(page: Page, *files: Path) -> None:
    page.get_by_test_id("import-files").set_input_files([str(file) for file in files])
    page.get_by_role("button", name="Import", exact=True).click()


def test_a_record_comes_in_and_is_taken_back(new_talk: NewTalk, bare_house: House, tmp_path: Path) -> None:
    page = place(new_talk, bare_house).page
    expect(page.get_by_text("Nothing was imported yet.")).to_be_visible()
    bring(page, talks(tmp_path), dirty(tmp_path))
    first = page.get_by_test_id("import").first
    expect(first).to_have_attribute("data-state", "done")
    expect(first).to_contain_text("conversations.json, chat.db")
    rows = first.get_by_test_id("reckoning").get_by_role("row")
    expect(rows.nth(1)).to_have_text("Conversations4400")
    expect(rows.nth(2)).to_have_text("Messages9702")
    expect(rows.nth(3)).to_have_text("All131102")
    # The list beside it has them without a reload.
    expect(page.get_by_test_id("rail")).to_contain_text("Talk 2")
    first.get_by_text("What was skipped, and why").click()
    expect(first.get_by_test_id("skipped")).to_contain_text("its role 'wizard' is unknown")
    first.get_by_text("What it says").first.click()
    expect(first.get_by_test_id("skipped")).to_contain_text("abracadabra")
    bring(page, talks(tmp_path))
    expect(page.get_by_test_id("import")).to_have_count(2)
    expect(page.get_by_test_id("import").first.get_by_role("row").nth(3)).to_have_text("All9090")
    page.get_by_role("button", name="Undo the import of conversations.json, chat.db").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-testid=import][data-state=undone]")).to_have_count(1)
    expect(page.get_by_test_id("rail")).not_to_contain_text("Talk 2")


def test_files_can_be_dropped_and_taken_off(new_talk: NewTalk, bare_house: House, tmp_path: Path) -> None:
    page = place(new_talk, bare_house).page
    body = json.dumps(talks(tmp_path).read_text())
    dropped = page.evaluate_handle(
        f"() => {{ const held = new DataTransfer(); held.items.add(new File([{body}], 'dropped.json')); return held; }}"
    )
    page.get_by_test_id("drop-files").dispatch_event("drop", {"dataTransfer": dropped})
    page.get_by_test_id("import-files").set_input_files(str(dirty(tmp_path)))
    expect(page.get_by_label("Files to import").get_by_role("listitem")).to_have_count(2)
    page.get_by_role("button", name="Do not import chat.db").click()
    page.get_by_label("Only try: make the reckoning, and store nothing").check()
    page.get_by_role("button", name="Try it").click()
    first = page.get_by_test_id("import").first
    expect(first).to_contain_text("only tried")
    expect(first.get_by_role("row").nth(1)).to_have_text("Conversations3300")
    expect(page.get_by_test_id("rail")).not_to_contain_text("Talk 2")
    expect(first.get_by_role("button")).to_have_count(0)


def test_the_server_says_what_is_wrong_and_nothing_is_lost(
    new_talk: NewTalk, bare_house: House, tmp_path: Path
) -> None:
    page = place(new_talk, bare_house).page
    (tmp_path / "empty.json").write_bytes(b"")
    (tmp_path / "other.txt").write_bytes(b"no record")
    page.get_by_test_id("import-files").set_input_files(str(tmp_path / "empty.json"))
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("The file is empty.")
    expect(page.get_by_label("Files to import")).to_contain_text("empty.json")
    page.get_by_role("button", name="Do not import empty.json").click()
    bring(page, tmp_path / "other.txt")
    expect(page.get_by_test_id("import").first.get_by_role("alert")).to_have_text("No reader knows other.txt.")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ux_18_imports(new_talk: NewTalk, bare_house: House, tmp_path: Path, dark: bool, size: tuple[int, int]) -> None:
    talk = place(new_talk, bare_house, size=size, dark=dark)
    page = talk.page
    check(talk, "imports, nothing chosen")
    page.get_by_test_id("import-files").set_input_files([str(talks(tmp_path, LONG)), str(dirty(tmp_path))])
    page.get_by_text("For an encrypted database").click()
    check(talk, "imports, files chosen")
    page.get_by_role("button", name="Import", exact=True).click()
    first = page.get_by_test_id("import").first
    expect(first).to_have_attribute("data-state", "done")
    first.get_by_text("What was skipped, and why").click()
    first.get_by_text("What it says").first.click()
    check(talk, "imports, a reckoning")
    (tmp_path / "other.txt").write_bytes(b"no record")
    bring(page, tmp_path / "other.txt")
    expect(page.get_by_test_id("import").first.get_by_role("alert")).to_be_visible()
    check(talk, "imports, one failed")
