"""What a model read of a conversation is beneath the answer and beside it."""

import pytest
from playwright.sync_api import expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import check
from fakes.reading import Reader, Vocabulary
from fakes.upstream import Upstream

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"]),
    pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"]),
]


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
