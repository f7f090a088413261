"""The configuration on the page: files with what is wrong in them, edited, and why a value is what it is."""

import json

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import NewTalk
from e2e.house import House
from e2e.talk import Talk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

CONFIGURATION = "/settings/server/configuration"
WRONG = '{\n  "version": 1,\n  "role_mappings": {\n    "critic": { "temperature": 7 }\n  }\n}\n'
#: True where the text is as tall in the textarea as in the coloured copy below it.
EVEN = """() => {
  const area = document.querySelector('[data-testid=code]');
  return area.scrollHeight === area.clientHeight && area.clientHeight === area.parentElement.clientHeight;
}"""


def visit(new_talk: NewTalk, house: House, path: str = CONFIGURATION, **more: object) -> Talk:
    """Open the place."""
    talk = new_talk(to=house, **more)
    talk.page.goto(house.url + path)
    expect(talk.page.get_by_role("heading", level=2).first).to_be_visible()
    return talk


def file(talk: Talk, name: str) -> Locator:
    """The line of a file."""
    return talk.page.locator(f"[data-testid=config-file][data-name='{name}']")


def test_files_have_their_state_and_problems_lead_to_the_line(new_talk: NewTalk, settings_house: House) -> None:
    settings_house.write_config("models.json", WRONG)
    talk = visit(new_talk, settings_house)
    expect(file(talk, "models.yaml")).to_contain_text("Not there")
    expect(file(talk, "models.json")).to_contain_text("1 problem")
    expect(file(talk, "models.json")).to_contain_text("Must be at most 2, not 7.")
    file(talk, "models.json").get_by_role("button", name="Line 4, column").click()
    code = talk.page.get_by_test_id("code")
    expect(code).to_be_focused()
    line = "(({ value, selectionStart }) => value.slice(0, selectionStart).split('\\n').length)(document.activeElement)"
    talk.page.wait_for_function(f"() => {line} === 4")


def test_an_earlier_content_in_force_is_told(new_talk: NewTalk, settings_house: House) -> None:
    settings_house.write_config("models.json", '{ "version": 1, "hot_swap": true }')
    settings_house.write_config("models.json", WRONG)
    talk = visit(new_talk, settings_house)
    expect(file(talk, "models.json")).to_contain_text("Its last good content is in force")


def test_a_file_is_made_saved_and_counts(new_talk: NewTalk, settings_house: House) -> None:
    talk = visit(new_talk, settings_house)
    file(talk, "models.yaml").get_by_role("link", name="Write it: models.yaml").click()
    code = talk.page.get_by_test_id("code")
    code.fill("version: 1\nhot_swop: true\n")
    expect(talk.page.get_by_test_id("problems")).to_contain_text("hot_swap")
    talk.page.get_by_role("button", name="Write “hot_swap”").click()
    expect(talk.page.get_by_test_id("editor-state")).to_contain_text("No problems.")
    talk.page.get_by_role("button", name="Save", exact=True).click()
    expect(talk.page.get_by_test_id("toast")).to_contain_text("models.yaml saved")
    assert (settings_house.data / "config" / "models.yaml").read_text("utf-8") == "version: 1\nhot_swap: true\n"
    assert settings_house.call("GET", "/config")["in_force"]["hot_swap"] is True


def test_a_change_by_another_program_is_shown_at_once(new_talk: NewTalk, settings_house: House) -> None:
    path = settings_house.write_config("user_models.json", '{ "version": 1 }\n')
    talk = visit(new_talk, settings_house, f"{CONFIGURATION}/user_models.json")
    code, conflict = talk.page.get_by_test_id("code"), talk.page.get_by_test_id("conflict")
    expect(code).to_have_value('{ "version": 1 }\n')
    mine, theirs = '{ "version": 1, "hot_swap": true }\n', '{ "version": 1, "hot_swap": false }\n'
    code.fill(mine)
    settings_house.write_config("user_models.json", theirs)
    expect(conflict).to_be_visible()
    expect(code).to_have_value(mine)
    conflict.get_by_role("button", name="Go on editing mine").click()
    expect(conflict).to_be_hidden()
    expect(code).to_have_value(mine)
    assert path.read_text("utf-8") == theirs
    talk.page.get_by_role("button", name="Save", exact=True).click()
    expect(talk.page.get_by_test_id("toast")).to_contain_text("saved")
    assert path.read_text("utf-8") == mine


def test_what_is_untouched_follows_the_file(new_talk: NewTalk, settings_house: House) -> None:
    settings_house.write_config("user_models.json", '{ "version": 1 }\n')
    talk = visit(new_talk, settings_house, f"{CONFIGURATION}/user_models.json")
    expect(talk.page.get_by_test_id("code")).to_have_value('{ "version": 1 }\n')
    settings_house.write_config("user_models.json", '{ "version": 1, "hot_swap": true }\n')
    expect(talk.page.get_by_test_id("code")).to_have_value('{ "version": 1, "hot_swap": true }\n')
    expect(talk.page.get_by_test_id("conflict")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 375])
def test_the_colours_lie_where_the_text_is(new_talk: NewTalk, settings_house: House, width: int) -> None:
    names = [f"a-model-with-quite-a-long-name:{number}b" for number in range(60)]
    text = json.dumps({"version": 1, "role_mappings": {"chat": {"preferred": names}}})
    settings_house.write_config("user_models.json", f"{text}\n\n\n")
    talk = visit(new_talk, settings_house, f"{CONFIGURATION}/user_models.json", size=(width, 760))
    expect(talk.page.get_by_test_id("code")).to_have_value(f"{text}\n\n\n")
    talk.page.wait_for_function(EVEN)


def test_every_level_of_a_key_and_which_counts(new_talk: NewTalk, settings_house: House) -> None:
    for name, models in (("models.json", ["a", "b"]), ("user_models.json", ["c"])):
        document = {"version": 1, "role_mappings": {"planner": {"preferred": models}}}
        settings_house.write_config(name, json.dumps(document, indent=1))
    talk = visit(new_talk, settings_house)
    talk.page.get_by_label("Key").fill("role_mappings.planner.preferred")
    talk.page.get_by_role("button", name="Explain").click()
    levels = talk.page.get_by_test_id("level")
    expect(levels).to_have_count(2)
    expect(levels.nth(0)).to_contain_text("models.json, line 5")
    expect(levels.nth(0)).to_contain_text("Covered")
    expect(levels.nth(1)).to_contain_text("user_models.json")
    expect(levels.nth(1)).to_contain_text("Counts")
    expect(talk.page.get_by_test_id("explanation")).to_contain_text('In force: ["c"]')
    expect(talk.page.get_by_test_id("explanation")).to_contain_text("Conversation, Request")
    talk.page.reload()
    expect(levels).to_have_count(2)


def test_a_key_that_no_level_knows_is_said(new_talk: NewTalk, settings_house: House) -> None:
    talk = visit(new_talk, settings_house)
    talk.page.get_by_label("Key").fill("nobody.knows")
    talk.page.get_by_label("Key").press("Enter")
    expect(talk.page.get_by_role("alert")).to_contain_text("No level knows 'nobody.knows'.")


def test_a_file_of_another_name_is_refused(new_talk: NewTalk, settings_house: House) -> None:
    talk = new_talk(to=settings_house)
    talk.page.goto(f"{settings_house.url}{CONFIGURATION}/passwords.txt")
    expect(talk.page.get_by_role("alert")).to_contain_text("There is no configuration file 'passwords.txt'")
