"""An assistant in conversations: chosen, shown, stamped on its answers, changed at any message."""

from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.cast import PLACE, Cast, card, cast
from e2e.talk import Talk
from fakes.steps import Say
from fakes.upstream import Upstream

__all__ = ["cast"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

PROMPT = "You are Short letters."


def choose(talk: Talk, name: str) -> None:
    """Pick an assistant for the next message."""
    talk.page.get_by_test_id("assistant-menu").click()
    talk.page.get_by_role("menuitemradio", name=name).click()


def asked(models: Upstream, text: str) -> Any:
    """Return what a model was sent for the message with this text."""
    bodies = [request.json for request in models.answers()]
    return next(body for body in bodies if body["messages"][-1]["content"] == text)


def system_of(body: Any) -> str:
    return "\n".join(one["content"] for one in body["messages"] if one["role"] == "system")


def test_a_conversation_with_one(cast: Cast, models: Upstream) -> None:
    made = cast.make()
    for model in ("fake-main", "fake-small"):
        models.script(model, [Say(f"Said by {model}.")])
    talk = cast.at()
    card(talk, "short-letters").get_by_test_id("chat-with").click()
    talk.page.wait_for_url("**/?assistant=short-letters")
    expect(talk.page.get_by_test_id("chat-portrait")).to_contain_text("Short letters")
    expect(talk.page.get_by_test_id("intro")).to_have_text("Who is going to read it?")
    expect(talk.page.get_by_test_id("starter").nth(2)).to_be_visible()
    # Its own model, without anybody choosing it.
    expect(talk.page.get_by_test_id("model-menu")).to_contain_text("fake-small")
    talk.page.reload()
    expect(talk.page.get_by_test_id("chat-portrait")).to_contain_text("Short letters")
    talk.send("To the landlord")
    answer = talk.settled()
    expect(answer.get_by_test_id("info")).to_contain_text("Short letters")
    expect(talk.page.get_by_test_id("header-assistant")).to_contain_text("Short letters")
    body = asked(models, "To the landlord")
    assert system_of(body).startswith(PROMPT)
    assert body["model"] == "fake-small"
    conversation = cast.house.call("GET", f"/conversations/{talk.conversation_id()}")
    assert conversation["config"]["assistant_id"] == made["id"]
    # At the next message nobody, and then again.
    choose(talk, "None")
    expect(talk.page.get_by_test_id("header-assistant")).to_have_count(0)
    talk.send("And now?")
    second = talk.settled(2)
    expect(second.get_by_test_id("info")).to_contain_text("fake-main")
    expect(second.get_by_test_id("info")).not_to_contain_text("Short letters")
    assert PROMPT not in system_of(asked(models, "And now?"))
    choose(talk, "Short letters")
    talk.send("Once more")
    expect(talk.settled(3).get_by_test_id("info")).to_contain_text("Short letters")
    talk.answers.nth(2).get_by_test_id("info").click()
    expect(talk.page.get_by_test_id("trace")).to_contain_text("AssistantShort letters")
    talk.page.keyboard.press("Escape")
    talk.page.get_by_test_id("inspector-toggle").click()
    expect(talk.page.get_by_test_id("inspector-assistant")).to_contain_text("Short letters")


def test_it_is_offered_on_the_empty_page(cast: Cast) -> None:
    talk = cast.at("/")
    talk.page.get_by_test_id("to-assistants").click()
    talk.page.wait_for_url(f"**{PLACE}")
    cast.make()
    expect(card(talk, "short-letters")).to_be_visible()
    talk.page.get_by_test_id("new-chat").click()
    talk.composer.fill("A draft that stays")
    talk.page.get_by_test_id("chat-with-list").get_by_role("button", name="Short letters").click()
    expect(talk.page.get_by_test_id("chat-portrait")).to_be_visible()
    expect(talk.composer).to_have_value("A draft that stays")
    expect(talk.composer).to_be_focused()
    expect(talk.composer).to_have_attribute("placeholder", "Write to Short letters …")
    choose(talk, "None")
    expect(talk.page.get_by_test_id("chat-portrait")).to_have_count(0)
    talk.page.get_by_test_id("assistant-menu").click()
    talk.page.get_by_role("menuitem", name="All assistants").click()
    talk.page.wait_for_url(f"**{PLACE}")


def test_the_menu_is_chosen_from_by_keys_and_from_the_palette(cast: Cast) -> None:
    cast.make()
    talk = cast.at("/")
    talk.page.get_by_test_id("assistant-menu").focus()
    talk.page.keyboard.press("Enter")
    expect(talk.page.get_by_role("menuitemradio", name="Short letters")).to_be_visible()
    expect(talk.page.get_by_role("menuitemradio", name="None")).to_be_focused()
    talk.page.keyboard.press("ArrowDown")
    talk.page.keyboard.press("Enter")
    expect(talk.page.get_by_test_id("header-assistant")).to_contain_text("Short letters")
    for words, number in (("Answer without an assistant", 0), ("Let Short letters answer", 1)):
        talk.command(words)
        expect(talk.page.get_by_test_id("header-assistant")).to_have_count(number)


def test_one_that_is_gone_says_so(cast: Cast, models: Upstream) -> None:
    made = cast.make()
    models.script("fake-main", [Say("Without.")])
    conversation = cast.house.call("POST", "/conversations", {"config": {"assistant_id": made["id"]}})
    cast.house.say("To the landlord", conversation_id=conversation["id"])
    cast.house.call("DELETE", "/assistants/short-letters")
    talk = cast.at(f"/c/{conversation['id']}")
    expect(talk.page.get_by_test_id("assistant-gone")).to_be_visible()
    expect(talk.settled().get_by_test_id("info")).to_contain_text("an assistant that is gone")
    talk.send("Still there?")
    expect(talk.bubbles.last).to_have_attribute("data-state", "failed")
    expect(talk.page.get_by_text("There is no assistant")).to_be_visible()
    choose(talk, "None")
    talk.page.get_by_role("button", name="Retry").click()
    talk.settled(2)
    # Back from the trash, it answers again.
    cast.house.call("POST", f"/assistants/{made['id']}/restore")
    choose(talk, "Short letters")
    expect(talk.page.get_by_test_id("header-assistant")).to_contain_text("Short letters")
