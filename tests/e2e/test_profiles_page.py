"""Profiles on the page: made, copied, edited with live problems, activated, deleted and back, imported, exported."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import NewTalk
from e2e.house import House
from e2e.talk import Talk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

PROFILES = "/settings/workspace/profiles"
EVENINGS = {"version": 1, "name": "evenings", "role_mappings": {"chat": {"preferred": ["fake/fake-main"]}}}


@pytest.fixture
def listed(new_talk: NewTalk, settings_house: House) -> Talk:
    """Return the page with the list of profiles."""
    return at(new_talk, settings_house, PROFILES)


def at(new_talk: NewTalk, house: House, path: str) -> Talk:
    """Open a place of the settings."""
    talk = new_talk(to=house)
    talk.page.goto(house.url + path)
    expect(talk.page.get_by_role("heading", level=2).first).to_be_visible()
    return talk


def row(talk: Talk, name: str) -> Locator:
    """The line of a profile."""
    return talk.page.locator(f"[data-testid=profile][data-name={name}]")


def make(house: House, owner: str = "instance") -> str:
    """Make a profile; return its id."""
    document = {key: value for key, value in EVENINGS.items() if key != "name"}
    return house.call("POST", "/profiles", {"name": "evenings", "owner": owner, "document": document})["id"]


def test_a_profile_is_activated_and_the_list_says_so(listed: Talk, settings_house: House) -> None:
    expect(listed.page.get_by_test_id("active-profiles")).to_contain_text("No profile is active")
    row(listed, "coding").get_by_role("button", name="Activate coding").click()
    expect(listed.page.get_by_test_id("active-profiles")).to_have_text("Active: coding")
    assert settings_house.call("GET", "/profiles/coding")["active"] is True
    row(listed, "coding").get_by_role("button", name="Deactivate coding").click()
    expect(listed.page.get_by_test_id("active-profiles")).to_contain_text("No profile is active")


def test_a_new_profile_opens_in_the_editor(listed: Talk, settings_house: House) -> None:
    listed.page.get_by_role("button", name="New profile").click()
    dialog = listed.page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Evening Reading")
    dialog.get_by_label("Model for chat").fill("fake/fake-main")
    dialog.get_by_role("button", name="Make it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("small letters")
    expect(dialog.get_by_label("Model for chat")).to_have_value("fake/fake-main")
    dialog.get_by_label("Name", exact=True).fill("evening-reading")
    dialog.get_by_role("button", name="Make it").click()
    expect(listed.page.get_by_role("textbox", name="Text of evening-reading")).to_be_visible()
    made = settings_house.call("GET", "/profiles/evening-reading")
    assert made["document"]["role_mappings"] == {"chat": {"preferred": ["fake/fake-main"]}}


def test_a_copy_of_ones_own(listed: Talk, settings_house: House) -> None:
    row(listed, "writing").get_by_role("button", name="Copy writing").click()
    dialog = listed.page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("novel")
    dialog.get_by_label("Whose it is").select_option("person")
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(listed.page.get_by_role("textbox", name="Text of novel")).to_be_visible()
    found = next(one for one in settings_house.call("GET", "/profiles")["items"] if one["name"] == "novel")
    assert found["owner"] == "person"


def test_problems_show_while_writing_and_the_right_word_is_put_in(new_talk: NewTalk, settings_house: House) -> None:
    talk = at(new_talk, settings_house, f"{PROFILES}/{make(settings_house)}")
    code, problems = talk.page.get_by_test_id("code"), talk.page.get_by_test_id("problems")
    expect(talk.page.get_by_test_id("editor-state")).to_have_text("No problems.")
    wrong = code.input_value().replace('"preferred"', '"preffered"')
    code.fill(wrong)
    line = wrong[: wrong.index("preffered")].count("\n") + 1
    expect(problems).to_contain_text("There is no key preffered in role_mappings.chat")
    expect(problems.get_by_role("button", name=f"Line {line}, column")).to_be_visible()
    expect(talk.page.get_by_test_id("marked-line")).to_contain_text("preffered")
    problems.get_by_role("button", name="Line").first.click()
    expect(code).to_be_focused()
    marked = "(({ value, selectionStart: a, selectionEnd: b }) => value.slice(a, b))(document.activeElement)"
    talk.page.wait_for_function(f"() => {marked} === 'preffered'")
    problems.get_by_role("button", name="Write “preferred”").click()
    expect(code).to_have_value(wrong.replace("preffered", "preferred"))
    expect(problems).to_be_hidden()
    talk.page.keyboard.press("Control+z")
    expect(code).to_have_value(wrong)


def test_a_refused_text_stays_and_is_not_stored(new_talk: NewTalk, settings_house: House) -> None:
    ident = make(settings_house)
    before = settings_house.call("GET", f"/profiles/{ident}")["text"]
    talk = at(new_talk, settings_house, f"{PROFILES}/{ident}")
    code = talk.page.get_by_test_id("code")
    code.fill('{ "version": 1, "name": "evenings" }')
    code.press("Control+s")
    expect(talk.page.get_by_test_id("toast")).to_contain_text("must name at least one model")
    expect(code).to_have_value('{ "version": 1, "name": "evenings" }')
    assert settings_house.call("GET", f"/profiles/{ident}")["text"] == before
    talk.page.reload()
    expect(code).to_have_value('{ "version": 1, "name": "evenings" }')
    talk.page.get_by_role("button", name="Discard changes").click()
    expect(code).to_have_value(before)
    talk.page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(code).to_have_value('{ "version": 1, "name": "evenings" }')


@pytest.mark.parametrize("owner", ["instance", "person"])
def test_a_profile_changed_meanwhile_shows_both(new_talk: NewTalk, settings_house: House, owner: str) -> None:
    ident = make(settings_house, owner)
    talk = at(new_talk, settings_house, f"{PROFILES}/{ident}")
    code, conflict = talk.page.get_by_test_id("code"), talk.page.get_by_test_id("conflict")
    talk.page.route("**/api/v1/ws", lambda route: route.abort())
    mine = json.dumps({**EVENINGS, "description": "mine"}, indent=2)
    code.fill(mine)
    other = new_talk(to=settings_house)
    other.page.goto(talk.page.url)
    other.page.get_by_test_id("code").fill(json.dumps({**EVENINGS, "description": "theirs"}, indent=2))
    other.page.get_by_role("button", name="Save", exact=True).click()
    expect(other.page.get_by_test_id("toast")).to_contain_text("saved")
    code.press("Control+s")
    expect(conflict).to_contain_text("evenings was changed meanwhile")
    expect(conflict.get_by_test_id("diff")).to_contain_text('"description": "theirs"')
    expect(conflict.get_by_test_id("diff")).to_contain_text('"description": "mine"')
    expect(code).to_have_value(mine)
    conflict.get_by_role("button", name="Save mine over it").click()
    expect(conflict).to_be_hidden()
    expect(talk.page.get_by_test_id("editor-state")).to_have_text("No problems.")
    assert settings_house.call("GET", f"/profiles/{ident}")["description"] == "mine"


@pytest.mark.parametrize("owner", ["instance", "person"])
def test_a_deleted_profile_comes_back_active_as_it_was(new_talk: NewTalk, settings_house: House, owner: str) -> None:
    make(settings_house, owner)
    settings_house.call("POST", "/profiles/evenings/activate")
    listed = at(new_talk, settings_house, PROFILES)
    row(listed, "evenings").get_by_role("button", name="Delete evenings").click()
    expect(row(listed, "evenings")).to_have_count(0)
    listed.page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(row(listed, "evenings")).to_contain_text("Active")
    assert settings_house.call("GET", "/profiles/evenings")["active"] is True


@pytest.mark.parametrize("owner", ["instance", "person"])
def test_a_deleted_profile_is_in_the_trash(new_talk: NewTalk, settings_house: House, owner: str) -> None:
    make(settings_house, owner)
    listed = at(new_talk, settings_house, PROFILES)
    row(listed, "evenings").get_by_role("button", name="Delete evenings").click()
    removed = listed.page.get_by_test_id("removed-profile")
    removed.get_by_role("button", name="Restore evenings").click()
    expect(row(listed, "evenings")).to_be_visible()
    expect(removed).to_have_count(0)
    row(listed, "evenings").get_by_role("button", name="Delete evenings").click()
    removed.get_by_role("button", name="Delete evenings for ever").click()
    listed.page.get_by_role("alertdialog").get_by_role("button", name="Delete for ever").click()
    expect(removed).to_have_count(0)
    assert settings_house.call("GET", "/trash/profiles")["items"] == []


def test_two_of_a_name_are_told_apart(new_talk: NewTalk, settings_house: House) -> None:
    for owner in ("instance", "person"):
        make(settings_house, owner)
    listed = at(new_talk, settings_house, PROFILES)
    mine = row(listed, "evenings").filter(has_text="Mine")
    mine.get_by_role("button", name="Activate evenings").click()
    expect(mine).to_contain_text("Active")
    expect(row(listed, "evenings").filter(has_text="File of this installation")).not_to_contain_text("Deactivate")
    listed.page.goto(f"{settings_house.url}{PROFILES}/evenings")
    expect(listed.page.get_by_role("alert")).to_contain_text("2 profiles are called 'evenings'")
    listed.page.get_by_test_id("candidates").get_by_role("link", name="instance:evenings").click()
    expect(listed.page.get_by_test_id("editor-state")).to_have_text("No problems.")
    expect(listed.page.locator("main")).to_contain_text("File of this installation")


def test_a_file_is_dropped_and_an_older_one_is_told_of(listed: Talk, settings_house: House) -> None:
    older = {"name": "older", "role_mappings": {"chat": {"preferred": ["fake-main"], "context_length_min": 4000}}}
    expect(listed.page.get_by_test_id("profile-drop")).to_be_visible()
    listed.run(
        """(text) => {
          const data = new DataTransfer();
          data.items.add(new File([text], 'older.json', { type: 'application/json' }));
          document.querySelector('[data-testid=profile-drop]').dispatchEvent(
            new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        json.dumps(older),
    )
    imported = listed.page.get_by_test_id("imported")
    expect(imported).to_contain_text("older is imported.")
    imported.get_by_text("of an older shape").click()
    expect(imported).to_contain_text("role_mappings.chat.requirements.context_length_min")
    expect(row(listed, "older")).to_be_visible()


def test_a_refused_import_says_the_line_and_a_taken_name_can_be_changed(listed: Talk, tmp_path: Path) -> None:
    file = tmp_path / "coding.json"
    file.write_text('{\n  "version": 1,\n  "role_mapings": {}\n}\n', "utf-8")
    listed.page.get_by_test_id("profile-input").set_input_files(file)
    refused = listed.page.get_by_test_id("import-refused")
    expect(refused).to_contain_text("coding.json was not imported")
    expect(refused).to_contain_text("Line 3, column 3")
    file.write_text(json.dumps({**EVENINGS, "name": "taken"}), "utf-8")
    for _ in range(2):
        listed.page.get_by_test_id("profile-input").set_input_files(file)
        expect(row(listed, "taken")).to_be_visible()
    expect(refused).to_contain_text("There is a profile 'taken' already.")
    refused.get_by_label("Import under the name").fill("another")
    refused.get_by_role("button", name="Import", exact=True).click()
    expect(row(listed, "another")).to_be_visible()


def test_a_profile_is_exported_as_a_file(listed: Talk) -> None:
    with listed.page.expect_download() as waiting:
        row(listed, "coding").get_by_role("link", name="Export coding").click()
    download = waiting.value
    assert download.suggested_filename == "coding.json"
    assert json.loads(Path(download.path()).read_text("utf-8"))["name"] == "coding"
