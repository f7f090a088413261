"""What a model read of a conversation is beneath the answer and beside it."""

import time
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import check
from fakes.ollama_wire import OllamaModel
from fakes.reading import Reader, Vocabulary
from fakes.steps import says
from fakes.upstream import Upstream

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"]),
    pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"]),
]


SUMMARY: Final = (
    "They plan a trip to Lisbon in May, with two children and a dog.\n"
    "The budget is 2,400 euros; the flights are booked. Open is where they stay."
)


def test_what_was_read_is_told(
    house: House, new_talk: NewTalk, models: Upstream, dark: bool, size: tuple[int, int]
) -> None:
    models.readers["fake-small"] = (Reader(512, "messages", Vocabulary(0.5)), "plumbago")
    ident = house.say("plumbago " + "and a long story of it " * 50, model="fake/fake-small")["conversation_id"]
    talk = new_talk(size=size, dark=dark)
    talk.open(f"/c/{ident}")
    talk.settled()
    expect(talk.answers.last.get_by_test_id("context-word")).to_be_visible()
    talk.page.get_by_test_id("inspector-toggle").click()
    told = talk.page.get_by_test_id("context-report")
    expect(told).to_contain_text("512")
    expect(told).to_contain_text("The window was asked for with the message.")
    expect(told.get_by_role("note")).to_be_visible()
    check(talk, "what the model read")


@pytest.fixture
def long_talk(settings_house: House, models: Upstream) -> Iterator[str]:
    """Return a conversation whose older messages are summarised; the models it needs are there for as long."""
    house, before = settings_house, list(models.models)
    models.add(OllamaModel("fake-short", context_length=2048, size=1_000_000_000, digest="c" * 64))
    models.add(OllamaModel("fake-sums", context_length=8192, size=1_000_000_000, digest="d" * 64))
    models.script("fake-short", says("It is a fine town to be in, and the tram goes up the hill. " * 4))
    models.script("fake-sums", says(SUMMARY))
    house.write_config("models.json", '{"version": 1, "role_mappings": {"summariser": {"preferred": ["fake-sums"]}}}')
    house.call("POST", "/models/refresh")
    run = house.say("Tell me of Lisbon. " * 20, model="fake/fake-short")
    for _ in range(40):
        if run["context_report"]["summarised"] and not run["context_report"]["dropped"]:
            break
        time.sleep(0.25)  # a summary is written when nobody waits
        run = house.say("And then? " * 40, conversation_id=run["conversation_id"], model="fake/fake-short")
    yield run["conversation_id"]
    models.models = before
    house.call("POST", "/models/refresh")


def test_what_was_summarised_is_told_and_can_be_read(
    settings_house: House, new_talk: NewTalk, long_talk: str, dark: bool, size: tuple[int, int]
) -> None:
    talk = new_talk(settings_house, size=size, dark=dark)
    talk.open(f"/c/{long_talk}")
    told = talk.answers.last.get_by_test_id("info")
    expect(told.get_by_test_id("context-word")).to_contain_text("older messages summarised")
    told.click()
    dialog = talk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Messages summarised")
    toggle = dialog.get_by_test_id("summary-toggle")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.focus()
    toggle.press("Enter")
    expect(dialog.get_by_test_id("summary")).to_contain_text("They plan a trip to Lisbon in May")
    expect(dialog.get_by_test_id("summary")).to_contain_text("Written by fake/fake-sums")
    check(talk, "a summary in the report of an answer")
    toggle.press("Enter")
    expect(dialog.get_by_test_id("summary")).to_have_count(0)
    talk.page.keyboard.press("Escape")
    talk.page.get_by_test_id("inspector-toggle").click()
    talk.page.get_by_test_id("context-report").get_by_test_id("summary-toggle").click()
    expect(talk.page.get_by_test_id("summary")).to_contain_text("Open is where they stay.")
    check(talk, "a summary beside the conversation")


def test_a_summary_that_is_gone_is_said(
    house: House, new_talk: NewTalk, models: Upstream, dark: bool, size: tuple[int, int]
) -> None:
    gone = "sum_06hq3k8w2m5v9"
    models.script("fake-main", says("Yes."))
    run = house.say("Hi", model="fake/fake-main")
    reason = {"messages": 4, "summary_id": gone, "message_id": run["message_id"], "model": "x", "reason": "older"}
    report = {**run["context_report"], "summarised": [reason]}
    talk = new_talk(size=size, dark=dark)
    shown = {**run, "context_report": report}
    talk.page.route(f"**/api/v1/runs/{run['id']}", lambda route: route.fulfill(json=shown))
    talk.open(f"/c/{run['conversation_id']}")
    talk.answers.last.get_by_test_id("info").click()
    talk.page.get_by_test_id("summary-toggle").click()
    refused = talk.page.get_by_role("dialog").get_by_role("alert")
    expect(refused).to_contain_text("There is no such summary.")
    check(talk, "a summary that is gone")
