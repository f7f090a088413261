"""UX statement 18 on the screens of assistants: light and dark, on a desktop and at 375 px."""

import pytest
from playwright.sync_api import expect

from e2e.cast import PLACE, Cast, cast, control, form
from e2e.conftest import DESKTOP, PHONE
from e2e.screen import check
from fakes.steps import Say
from fakes.upstream import Upstream

__all__ = ["cast"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"]),
    pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"]),
]
LONG = "An-assistant-whose-name-is-one-word-that-is-much-wider-than-a-telephone-ever-was"


def test_ux_18_the_gallery(cast: Cast, dark: bool, size: tuple[int, int]) -> None:
    talk = cast.at(dark=dark, size=size)
    expect(talk.page.get_by_test_id("starter-assistant").first).to_be_visible()
    check(talk, "nobody")
    made = cast.make(display={"is_featured": True, "is_primary": True, "is_guide": True})
    cast.make(name=LONG, slug="long", status="draft", is_demo=True, identity={"specialty": LONG, "description": LONG})
    expect(talk.page.get_by_test_id("assistant")).to_have_count(2)
    check(talk, "cards")
    talk.page.get_by_test_id("life-menu").first.click()
    expect(talk.page.get_by_role("menu")).to_be_visible()
    check(talk, "menu")
    talk.page.keyboard.press("Escape")
    talk.page.get_by_role("button", name="List").click()
    check(talk, "list")
    talk.page.get_by_role("button", name="New assistant").click()
    expect(talk.page.get_by_role("dialog")).to_be_visible()
    check(talk, "new")
    talk.page.goto(f"{cast.house.url}{PLACE}/nobody")
    expect(talk.page.get_by_role("alert")).to_be_visible()
    check(talk, "nobody of this name")
    cast.house.call("DELETE", f"/assistants/{made['id']}")
    project = cast.house.call("POST", "/projects", {"name": LONG})["id"]
    cast.house.call("DELETE", f"/projects/{project}")
    talk.page.goto(f"{cast.house.url}/trash")
    expect(talk.page.get_by_test_id("trashed-assistant")).to_be_visible()
    expect(talk.page.get_by_test_id("trashed-project")).to_be_visible()
    check(talk, "trash")
    cast.house.call("DELETE", "/trash?only=projects")


def test_ux_18_one_of_them(cast: Cast, dark: bool, size: tuple[int, int]) -> None:
    cast.make(configuration={"thinking_style": "dreamy"}, display={"is_ephemeral": True})
    cast.house.call("POST", "/assistants/short-letters/spawn", {"name": LONG, "slug": "long", "reason": LONG})
    cast.change("identity", motto=LONG, description=LONG)
    cast.house.call("PUT", "/assistants/short-letters/prompt", {"text": LONG})
    talk = cast.at(f"{PLACE}/short-letters", dark=dark, size=size)
    expect(talk.page.get_by_test_id("preview-text")).to_be_visible()
    check(talk, "overview")
    talk.page.get_by_role("link", name="Versions").click()
    talk.page.get_by_role("button", name="Compare version 1 with now").click()
    expect(talk.page.locator("[data-testid=difference][data-field=prompt]")).to_be_visible()
    check(talk, "versions")
    talk.page.get_by_role("link", name="Edit", exact=True).click()
    parts = ("Basics", "Identity", "Configuration", "Capabilities", "Growth", "Quality", "Display")
    for part in parts:
        talk.page.get_by_role("link", name=part).click()
        expect(form(talk)).to_have_attribute("data-part", part.lower().replace("basics", "core"))
        check(talk, part)
    talk.page.goto(f"{cast.house.url}{PLACE}/long/growth")
    expect(talk.page.get_by_test_id("life-facts")).to_be_visible()
    talk.page.get_by_test_id("measure").first.locator("summary").click()
    check(talk, "a spawned one")


def test_ux_18_a_conflict(cast: Cast, dark: bool, size: tuple[int, int]) -> None:
    cast.make()
    talk = cast.editing("identity", dark=dark, size=size)
    control(talk, "tone").fill(LONG)
    control(talk, "description").fill(LONG)
    cast.change("identity", tone="theirs", description="Theirs.")
    expect(form(talk).get_by_test_id("conflict")).to_be_visible()
    check(talk, "conflict")
    if size == PHONE:
        form(talk).get_by_role("button", name="Preview").click()
        expect(talk.page.get_by_role("dialog").get_by_test_id("preview-text")).to_contain_text(LONG)
        check(talk, "preview")


def test_ux_18_in_a_conversation(cast: Cast, models: Upstream, dark: bool, size: tuple[int, int]) -> None:
    cast.make()
    models.script("fake-small", [Say("Dear landlord.")])
    talk = cast.at("/?assistant=short-letters", dark=dark, size=size)
    expect(talk.page.get_by_test_id("chat-portrait")).to_be_visible()
    check(talk, "empty page with one")
    talk.page.get_by_test_id("assistant-menu").click()
    expect(talk.page.get_by_role("menuitemradio", name="Short letters")).to_be_visible()
    check(talk, "menu")
    talk.page.keyboard.press("Escape")
    talk.send("To the landlord")
    expect(talk.settled().get_by_test_id("info")).to_contain_text("Short letters")
    expect(talk.page.get_by_test_id("header-assistant")).to_be_visible()
    check(talk, "conversation")
    talk.page.get_by_test_id("inspector-toggle").click()
    expect(talk.page.get_by_test_id("inspector-assistant")).to_contain_text("Short letters")
    check(talk, "inspector")
    talk.page.goto(cast.house.url + "/")
    expect(talk.page.get_by_test_id("chat-with-list")).to_be_visible()
    check(talk, "empty page")
