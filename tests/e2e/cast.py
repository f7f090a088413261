"""Assistants for the browser tests: made, looked at, and gone afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import NewTalk
from e2e.house import House
from e2e.talk import Talk

PLACE = "/assistants"
LETTERS: dict[str, Any] = {
    "name": "Short letters",
    "prompt": "Write letters of three sentences.\nNo adjectives.",
    "identity": {
        "avatar": "✉️",
        "specialty": "letters that are read",
        "tone": "warm",
        "traits": ["curious", "sparing"],
        "intro_text": "Who is going to read it?",
    },
    "configuration": {"preferred_model": "fake-small", "temperature": 0.3},
}


class Cast:
    """The assistants of a house."""

    def __init__(self, house: House, new_talk: NewTalk) -> None:
        self.house, self._new_talk = house, new_talk

    def make(self, **wanted: Any) -> Any:
        """Make an assistant: the one of short letters where nothing else is said."""
        return self.house.call("POST", "/assistants", {**LETTERS, **wanted})

    def get(self, slug: str = "short-letters") -> Any:
        """Return all of an assistant."""
        return self.house.call("GET", f"/assistants/{slug}")

    def change(self, part: str, slug: str = "short-letters", **fields: Any) -> Any:
        """Change fields of a facet as another device would."""
        return self.house.call("PATCH", f"/assistants/{slug}/{part}", fields)

    def at(self, path: str = PLACE, **wanted: Any) -> Talk:
        """Open a place of the page on a new device."""
        talk = self._new_talk(to=self.house, **wanted)
        talk.page.goto(self.house.url + path)
        expect(talk.page.get_by_role("heading", level=1).first).to_be_visible()
        return talk

    def editing(self, part: str, slug: str = "short-letters", **wanted: Any) -> Talk:
        """Open the form of a part."""
        talk = self.at(f"{PLACE}/{slug}/{part}", **wanted)
        expect(form(talk)).to_have_attribute("data-part", part)
        return talk


@pytest.fixture
def cast(house: House, new_talk: NewTalk) -> Iterator[Cast]:
    """Return the house's assistants, of which there is none, before or afterwards."""
    _dismiss(house)
    yield Cast(house, new_talk)
    _dismiss(house)


def _dismiss(house: House) -> None:
    for deleted in ("false", "true"):
        for one in house.call("GET", f"/assistants?limit=200&deleted={deleted}")["items"]:
            house.call("DELETE", f"/assistants/{one['id']}?purge=true")


def card(talk: Talk, slug: str) -> Locator:
    """An assistant among the others."""
    return talk.page.locator(f"[data-testid=assistant][data-slug={slug}]")


def form(talk: Talk) -> Locator:
    """The form of a part."""
    return talk.page.get_by_test_id("facet-form")


def field(talk: Talk, name: str) -> Locator:
    """A field of the form with everything about it, by the server's name."""
    return form(talk).locator(f"[data-testid=field][data-field={name}]")


def control(talk: Talk, name: str) -> Locator:
    """What is typed into."""
    return field(talk, name).locator("input,textarea,select")


def save(talk: Talk) -> None:
    """Save the form and wait until everything is."""
    form(talk).get_by_role("button", name="Save").click()
    expect(form(talk).get_by_test_id("save-state")).to_have_text("Everything is saved.")


def do(talk: Talk, slug: str, label: str) -> None:
    """Pick something from the menu of a card."""
    card(talk, slug).get_by_test_id("life-menu").click()
    talk.page.get_by_role("menuitem", name=label, exact=True).click()


def undo(talk: Talk, says: str) -> None:
    """Press Undo in the last notice that says this."""
    notice = talk.page.get_by_test_id("toast").filter(has_text=says).last
    notice.get_by_role("button", name="Undo").click()
