"""What a person says for themselves in the settings: at once, on every device, and never lost in silence."""

import json

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import NewTalk
from e2e.house import House
from e2e.talk import Talk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


def option(talk: Talk, name: str) -> Locator:
    """Return one of the answers about long conversations."""
    group = talk.page.get_by_role("group", name="Long conversations")
    return group.get_by_role("radio", name=name)


def opened(new_talk: NewTalk, house: House) -> Talk:
    """Open a person's settings on a device of its own."""
    talk = new_talk(to=house)
    talk.page.goto(f"{house.url}/settings/me")
    expect(option(talk, "As configured")).to_be_visible()
    return talk


def test_a_person_leaves_summaries_out_for_themselves(bare_house: House, new_talk: NewTalk) -> None:
    talk, other = (opened(new_talk, bare_house) for _ in range(2))
    expect(option(talk, "As configured")).to_be_checked()
    expect(talk.page.get_by_text("Now: summarise.")).to_be_visible()
    option(talk, "As configured").focus()
    talk.page.keyboard.press("ArrowDown")
    talk.page.keyboard.press("ArrowDown")
    expect(option(talk, "Leave out")).to_be_checked()
    expect(talk.page.get_by_text("Your long conversations are not summarised").first).to_be_visible()
    expect(option(other, "Leave out")).to_be_checked()
    talk.page.reload()
    expect(option(talk, "Leave out")).to_be_checked()
    assert bare_house.call("GET", "/config/own") == {"summaries": False, "in_force": {"summaries": False}}
    bare_house.write_config("user_models.json", json.dumps({"version": 1, "summaries": False}))
    option(talk, "As configured").click()
    expect(talk.page.get_by_text("Now: leave out.")).to_be_visible()


def test_a_refusal_is_said_and_nothing_seems_changed(bare_house: House, new_talk: NewTalk) -> None:
    talk = opened(new_talk, bare_house)
    problem = {
        "status": 503,
        "code": "storage.unavailable",
        "detail": "The store does not answer.",
        "kind": "unavailable",
    }
    path = "**/api/v1/config/own"
    talk.page.route(
        path,
        lambda route: route.fulfill(status=503, json=problem) if route.request.method == "PUT" else route.continue_(),
    )
    option(talk, "Leave out").click()
    expect(talk.page.get_by_text("The store does not answer.").first).to_be_visible()
    expect(option(talk, "As configured")).to_be_checked()
