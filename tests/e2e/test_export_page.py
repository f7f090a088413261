"""Taking everything along on the page: what is in it, what is not and why, and the file; UX statement 18 on it."""

import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import check
from e2e.talk import Talk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

PLACE = "/settings/workspace/export"


def go(talk: Talk) -> None:
    """Open the place and wait until it has been read."""
    talk.page.goto(talk.url + PLACE)
    expect(talk.page.get_by_role("heading", name="Everything that is yours")).to_be_visible()
    expect(talk.page.get_by_text("Reading:")).to_have_count(0)


def furnish(house: House) -> None:
    """Let the person have a project, one in the trash, and a setting of their own."""
    house.call("POST", "/projects", {"name": "Rome trip", "instructions": "Be brief."})
    gone = house.call("POST", "/projects", {"name": "Gone"})
    house.call("DELETE", f"/projects/{gone['id']}")
    house.call("PUT", "/config/own", {"summaries": False})


def test_everything_comes_out_as_the_page_says(bare_house: House, new_talk: NewTalk, tmp_path: Path) -> None:
    furnish(bare_house)
    talk = new_talk(to=bare_house)
    go(talk)
    contents = talk.page.get_by_test_id("export-contents")
    expect(contents.get_by_text("Projects")).to_be_visible()
    expect(contents.get_by_text("What you chose for yourself")).to_be_visible()
    expect(talk.page.get_by_text("In the trash, and so not in it: Projects: 1.")).to_be_visible()
    expect(talk.page.get_by_test_id("left-out").get_by_text("secrets never go out")).to_be_visible()
    with talk.page.expect_download() as coming:
        talk.page.get_by_role("link", name="Export everything").click()
    assert coming.value.suggested_filename == "mecum-export.zip"
    coming.value.save_as(tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        said = json.loads(archive.read("export.json"))
    assert said["contents"]["project"] == 1
    assert said["contents"]["setting"] == 1


def test_what_came_in_is_counted_by_kind(bare_house: House, new_talk: NewTalk, tmp_path: Path) -> None:
    furnish(bare_house)
    talk = new_talk(to=bare_house)
    go(talk)
    with talk.page.expect_download() as coming:
        talk.page.get_by_role("link", name="Export everything").click()
    coming.value.save_as(tmp_path / "mine.zip")
    talk.page.get_by_role("main").get_by_role("link", name="Import", exact=True).last.click()
    talk.page.get_by_test_id("import-files").set_input_files(tmp_path / "mine.zip")
    talk.page.get_by_role("button", name="Import", exact=True).click()
    row = talk.page.get_by_test_id("import").first
    expect(row).to_have_attribute("data-state", "done", timeout=30_000)
    expect(row.get_by_role("row", name="Projects 1 0 1 0")).to_be_visible()
    expect(row.get_by_role("row", name="Settings 1 0 1 0")).to_be_visible()


def test_a_refusal_is_said(bare_house: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=bare_house)
    problem = {"status": 503, "code": "storage.unavailable", "detail": "The store does not answer."}
    talk.page.route("**/api/v1/export/contents", lambda route: route.fulfill(status=503, json=problem))
    talk.page.goto(talk.url + PLACE)
    expect(talk.page.get_by_text("The store does not answer.")).to_be_visible(timeout=30_000)
    expect(talk.page.get_by_role("link", name="Export everything")).to_be_visible()
    check(talk, "refused")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ux_18_export(bare_house: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    furnish(bare_house)
    talk = new_talk(to=bare_house, size=size, dark=dark)
    go(talk)
    expect(talk.page.get_by_test_id("export-contents")).to_be_visible()
    check(talk, "the export")
