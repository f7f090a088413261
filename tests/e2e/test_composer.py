"""UX statements about writing and choosing: 6, 11, 12, 15."""

import pytest
from playwright.sync_api import FilePayload, Route, expect

from e2e.conftest import NewTalk
from e2e.house import House
from e2e.talk import Talk
from fakes.steps import Hang, Say
from fakes.upstream import Upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

_PRESS_SLASH = """() => {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true, cancelable: true }));
  return document.activeElement.id;
}"""


def test_ux_06_drafts_survive(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("One moment"), Hang()])
    talk.send("Begin.")
    first = talk.conversation_id()
    talk.writing("One moment")
    talk.composer.fill("draft of the first")
    talk.stop.click()
    expect(talk.composer).to_have_value("draft of the first")
    talk.choose_model("fake-small")
    expect(talk.composer).to_have_value("draft of the first")
    talk.page.get_by_test_id("new-chat").click()
    expect(talk.composer).to_have_value("")
    talk.composer.fill("draft of a new one")
    talk.page.go_back()
    expect(talk.composer).to_have_value("draft of the first")
    talk.page.reload()
    expect(talk.composer).to_have_value("draft of the first")
    talk.open()
    expect(talk.composer).to_have_value("draft of a new one")
    assert first != ""


def test_ux_11_keys(talk: Talk) -> None:
    talk.page.locator("body").click(position={"x": 640, "y": 20})
    talk.page.keyboard.press("/")
    expect(talk.composer).to_be_focused()
    expect(talk.composer).to_have_value("")
    talk.composer.blur()
    # The key after it comes at once when somebody types fast: the focus is there before anything is painted.
    assert talk.page.evaluate(_PRESS_SLASH) == "composer"
    talk.composer.blur()
    talk.page.keyboard.press("?")
    listed = talk.page.get_by_role("dialog", name="Keyboard shortcuts")
    for key in ("Send the message", "New line", "Stop the answer", "New chat", "Search and commands"):
        expect(listed.get_by_text(key, exact=True)).to_be_visible()
    talk.page.keyboard.press("Escape")
    expect(listed).to_be_hidden()


def test_ux_11_what_is_typed_at_once_goes_into_the_palette(talk: Talk) -> None:
    talk.composer.focus()
    # The palette is fetched when it is first asked for; nobody waits for that.
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    talk.page.route("**/assets/palette-*.js", hold)
    with talk.page.expect_request("**/assets/palette-*.js"):
        talk.page.keyboard.press("Control+k")
    talk.page.keyboard.type("traxx")
    talk.page.keyboard.press("Backspace")
    talk.page.keyboard.press("Backspace")
    talk.page.keyboard.type("sh")
    held[0].continue_()
    expect(talk.page.get_by_test_id("palette-input")).to_have_value("trash")
    talk.page.keyboard.press("Enter")
    expect(talk.page.get_by_role("heading", name="Trash", exact=True)).to_be_visible()
    talk.page.go_back()
    expect(talk.composer).to_have_value("")


def test_an_empty_file_is_named(talk: Talk) -> None:
    files: list[FilePayload] = [
        {"name": "full.txt", "mimeType": "text/plain", "buffer": b"words"},
        {"name": "void.txt", "mimeType": "text/plain", "buffer": b""},
    ]
    talk.page.locator("input[type=file]").set_input_files(files)
    expect(talk.page.get_by_text("void.txt: The file is empty.", exact=True).first).to_be_visible()
    expect(talk.page.get_by_text("full.txt", exact=True)).to_be_visible()


def test_ux_11_every_action_is_in_the_palette(house: House, talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("A word about juniper.")])
    run = house.say("Tell me about juniper berries.")
    talk.open(f"/c/{run['conversation_id']}")
    talk.settled()
    talk.page.keyboard.press("Control+k")
    options = talk.page.get_by_test_id("palette-results").get_by_role("option")
    wanted = (
        "New chat", "Models", "Settings", "Trash", "Dark theme", "Light theme", "Keyboard shortcuts", "Rename",
        "Delete", "Export as Markdown", "Export as JSON", "Conversation settings", "Attach files", "Choose a model",
        "Copy the last answer", "Answer again", "Import",
    )  # fmt: skip
    for name in wanted:
        expect(options.filter(has_text=name).first).to_be_attached()
    talk.page.get_by_test_id("palette-input").fill("juniper")
    found = options.filter(has_text="about juniper").first
    expect(found).to_be_visible()
    found.click()
    talk.page.wait_for_url("**/c/*?m=*")
    expect(talk.page.locator("[data-marked]")).to_have_count(1)


def test_ux_11_enter_during_composition_never_sends(talk: Talk) -> None:
    talk.composer.fill("にほん")
    talk.composer.focus()
    talk.run("""() => {
      const box = document.getElementById('composer');
      box.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
      for (const more of [{ isComposing: true }, { keyCode: 229 }])
        box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...more }));
    }""")
    talk.page.wait_for_timeout(200)
    expect(talk.bubbles).to_have_count(0)
    expect(talk.composer).to_have_value("にほん")
    talk.composer.press("Shift+Enter")
    expect(talk.composer).to_have_value("にほん\n")
    expect(talk.bubbles).to_have_count(0)


def test_ux_12_starters_fill_and_do_not_send(talk: Talk) -> None:
    starters = talk.page.get_by_test_id("starter")
    expect(starters.nth(2)).to_be_visible()
    starters.first.click()
    expect(talk.composer).not_to_have_value("")
    expect(talk.composer).to_be_focused()
    talk.page.wait_for_timeout(300)
    expect(talk.bubbles).to_have_count(0)
    assert talk.page.url.endswith("/")


def test_ux_12_without_a_model_it_says_so_and_offers_one(bare_house: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=bare_house)
    talk.open()
    empty = talk.page.get_by_test_id("empty-state")
    expect(empty).to_contain_text("Search mode, no language model")
    expect(talk.page.get_by_test_id("starter").nth(2)).to_be_visible()
    for way in ("Connect Ollama", "Paste an API key", "Choose a GGUF file"):
        expect(empty.get_by_role("link", name=way)).to_be_visible()
    talk.send("How many kilometres are 72 miles?")
    answer = talk.settled()
    expect(answer).to_contain_text("no language model", ignore_case=True)
    talk.open()
    empty.get_by_role("link", name="Choose a GGUF file").click()
    expect(talk.page.get_by_role("heading", name="Choose a GGUF file")).to_be_visible()


def test_ux_15_a_switch_applies_to_the_next_message(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("From the large one.")])
    models.script("fake-small", [Say("From the small one.")])
    talk.send("Who are you?")
    expect(talk.settled(1).get_by_test_id("info")).to_contain_text("fake-main")
    talk.choose_model("fake-small")
    expect(talk.answers.nth(0).get_by_test_id("info")).to_contain_text("fake-main")
    talk.send("And now?")
    expect(talk.settled(2).get_by_test_id("info")).to_contain_text("fake-small")
    talk.shows("From the small one.", 2)


def test_ux_15_warns_before_sending_what_will_not_fit(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("It was long. " * 300)])
    talk.send("Tell me a long story.")
    talk.settled()
    warning = talk.page.get_by_test_id("context-warning")
    expect(warning).to_be_hidden()
    talk.choose_model("fake-small")
    expect(warning).to_contain_text("fake-small can read 512")
    expect(talk.bubbles).to_have_count(1)
