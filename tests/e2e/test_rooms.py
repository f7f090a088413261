"""The other rooms of the page: files, taking conversations out and in, the owner's password, keys, system prompt."""

import json
import re
import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewTalk
from e2e.house import House
from e2e.talk import Talk
from fakes.steps import Say
from fakes.upstream import Upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


def picture() -> bytes:
    """A PNG of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    )


def test_files_are_attached_removed_and_sent(talk: Talk, models: Upstream, tmp_path: Path) -> None:
    models.script("fake-main", [Say("I read it.")])
    for name, data in (("notes.txt", b"The meeting is on Thursday."), ("dot.png", picture()), ("wrong.txt", b"no")):
        (tmp_path / name).write_bytes(data)
    talk.page.get_by_test_id("file-input").set_input_files(
        [tmp_path / "notes.txt", tmp_path / "dot.png", tmp_path / "wrong.txt"]
    )
    attached = talk.page.get_by_test_id("attachment")
    expect(attached).to_have_count(3)
    talk.page.get_by_role("button", name="Remove wrong.txt").click()
    expect(attached).to_have_count(2)
    expect(attached.locator("progress")).to_have_count(0)
    talk.page.reload()
    expect(attached).to_have_count(2)
    talk.send("What is in these?")
    talk.settled()
    expect(attached).to_have_count(0)
    expect(talk.bubbles.get_by_role("link", name="notes.txt")).to_be_visible()
    image = talk.bubbles.get_by_role("img", name="dot.png")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("naturalWidth", 1)
    assert "The meeting is on Thursday." in json.dumps(models.answers()[-1].json)


def test_a_picture_is_pasted(talk: Talk) -> None:
    talk.composer.focus()
    talk.run(
        """(bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], 'pasted.png', { type: 'image/png' }));
          document.getElementById('composer')
            .dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        list(picture()),
    )
    expect(talk.page.get_by_test_id("attachment")).to_contain_text("pasted.png")


def test_export_and_import(talk: Talk, models: Upstream, tmp_path: Path) -> None:
    models.script("fake-main", [Say("A sentence to keep.")])
    talk.send("Say something.")
    talk.settled()
    with talk.page.expect_download() as download:
        talk.page.get_by_role("button", name="Export").click()
        talk.page.get_by_role("menuitem", name="JSON", exact=True).click()
    file = tmp_path / "conversation.json"
    download.value.save_as(file)
    talk.page.goto(f"{talk.url}/settings/workspace")
    talk.page.get_by_test_id("import-input").set_input_files(file)
    talk.page.get_by_role("button", name="Open it").click()
    expect(talk.answers).to_contain_text("A sentence to keep.")


def test_what_a_format_cannot_carry_is_told(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("A sentence to keep.")])
    talk.send("Say something.")
    talk.settled()
    with talk.page.expect_download():
        talk.page.get_by_role("button", name="Export").click()
        talk.page.get_by_role("menuitem", name="OpenAI messages").click()
    expect(talk.page.get_by_test_id("toast")).to_contain_text("Not in the file: messages lose their model")


def test_the_page_names_the_licences_of_what_it_is_made_of(talk: Talk) -> None:
    talk.page.goto(f"{talk.url}/licences.txt")
    expect(talk.page.locator("body")).to_contain_text("react-dom")
    expect(talk.page.locator("body")).to_contain_text("Permission is hereby granted")


def test_the_server_says_what_its_machine_is(bare_house: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=bare_house)
    talk.page.goto(f"{talk.url}/settings/server")
    card = talk.page.get_by_test_id("hardware-card")
    expect(card).to_contain_text(re.compile(r"Memory.*GB free of .*GB"))
    expect(card).to_contain_text("Battery")


def test_a_password_closes_the_page(bare_house: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=bare_house)
    talk.page.goto(f"{talk.url}/settings/server")
    talk.page.get_by_label("New password").fill("correct horse battery")
    talk.page.get_by_role("button", name="Set password").click()
    expect(talk.page.get_by_label("Current password")).to_be_visible()
    other = new_talk(to=bare_house)
    other.page.goto(other.url)
    login = other.page.get_by_test_id("login")
    expect(login).to_be_visible()
    login.get_by_label("Password").fill("wrong")
    login.get_by_role("button", name="Open").click()
    expect(login.get_by_role("alert")).to_have_text("That is not the password.")
    login.get_by_label("Password").fill("correct horse battery")
    login.get_by_role("button", name="Open").click()
    expect(other.composer).to_be_visible()
    other.page.goto(f"{other.url}/settings/me")
    other.page.get_by_role("button", name="Sign out").click()
    expect(login).to_be_visible()


def test_a_key_is_shown_once(bare_house: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=bare_house)
    talk.page.goto(f"{talk.url}/settings/me")
    talk.page.get_by_label("Name of the new key").fill("notebook")
    talk.page.get_by_role("button", name="Make a key").click()
    expect(talk.page.get_by_text("mk_").first).to_be_visible()
    talk.page.reload()
    expect(talk.page.get_by_text("notebook", exact=True)).to_be_visible()
    expect(talk.page.get_by_text("Copy it now")).to_be_hidden()
    talk.page.get_by_role("button", name="Remove key").click()
    talk.page.get_by_role("alertdialog").get_by_role("button", name="Remove key").click()
    expect(talk.page.get_by_text("notebook", exact=True)).to_be_hidden()


def test_a_system_prompt_reaches_the_model(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("Arr.")])
    talk.page.get_by_test_id("inspector-toggle").click()
    talk.page.get_by_label("System prompt").fill("Speak like a pirate.")
    talk.page.get_by_label("System prompt").blur()
    talk.send("Hello")
    talk.settled()
    sent = [request for request in models.requests if "Hello" in json.dumps(request.json)]
    assert "Speak like a pirate." in json.dumps(sent[0].json)


def test_a_renamed_conversation_and_thumbs_stay(house: House, talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("Good enough.")])
    talk.send("Rate this.")
    talk.settled()
    talk.page.get_by_role("button", name="Good answer").click()
    item = talk.page.get_by_test_id("conversation").filter(has_text="Rate this.")
    item.hover()
    item.get_by_role("button", name="Actions for").click()
    talk.page.get_by_role("menuitem", name="Rename").click()
    talk.page.get_by_role("textbox", name="New title").fill("My own title")
    talk.page.get_by_role("textbox", name="New title").press("Enter")
    expect(talk.page.get_by_test_id("title")).to_have_text("My own title")
    # The page shows both before they are stored.
    path = f"/conversations/{talk.conversation_id()}"
    house.reads(path, lambda one: one["title"] == "My own title")
    house.reads(f"{path}/messages", lambda page: page["items"][-1]["feedback"] == 1)
    talk.page.reload()
    expect(talk.page.get_by_test_id("title")).to_have_text("My own title")
    expect(talk.page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")


def test_a_fork_has_what_was_said(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("The beginning.")])
    talk.send("Begin.")
    answer = talk.settled()
    first = talk.conversation_id()
    answer.get_by_role("button", name="Start a new conversation from here").click()
    talk.page.wait_for_url(lambda url: "/c/" in url and first not in url)
    expect(talk.answers).to_contain_text("The beginning.")
