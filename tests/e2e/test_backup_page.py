"""Backups on the page: made, checked, taken away, kept and removed; and UX statement 18 on each of its states."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import check
from e2e.talk import Talk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

PLACE = "/settings/server/backup"


@pytest.fixture
def empty(settings_house: House) -> House:
    """Return a server without backups."""
    for one in settings_house.call("GET", "/backups")["items"]:
        settings_house.call("DELETE", f"/backups/{one['id']}")
    return settings_house


def go(talk: Talk) -> None:
    """Open the place and wait until it has been read."""
    talk.page.goto(talk.url + PLACE)
    expect(talk.page.get_by_role("heading", name="Backups")).to_be_visible()
    expect(talk.page.get_by_text("Reading:")).to_have_count(0)


def test_a_backup_from_its_making_to_its_end(empty: House, new_talk: NewTalk, tmp_path: Path) -> None:
    talk = new_talk(to=empty)
    go(talk)
    expect(talk.page.get_by_text("There is none yet.")).to_be_visible()
    talk.page.get_by_label("Keep it").select_option("7")
    talk.page.get_by_role("button", name="Make a backup", exact=True).click()
    row = talk.page.get_by_test_id("backup")
    expect(row.get_by_text("Sound,")).to_be_visible(timeout=20_000)
    expect(row.get_by_text("expires")).to_be_visible()
    expect(talk.page.get_by_test_id("backup-work")).to_have_count(0)
    with talk.page.expect_download() as coming:
        row.get_by_role("link", name="Download").click()
    coming.value.save_as(tmp_path / "b.tar")
    (listed,) = empty.call("GET", "/backups")["items"]
    assert (tmp_path / "b.tar").stat().st_size == listed["size"]
    row.get_by_role("button", name="for ever").click()
    expect(row.get_by_text("kept for ever")).to_be_visible()
    row.get_by_role("button", name="Delete").click()
    talk.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(talk.page.get_by_text("There is none yet.")).to_be_visible()


def test_what_was_deleted_for_ever_is_said_to_be_in_backups(empty: House, new_talk: NewTalk) -> None:
    made = empty.call("POST", "/projects", {"name": "Trip"})["id"]
    talk = new_talk(to=empty)
    go(talk)
    talk.page.get_by_role("button", name="Make a backup", exact=True).click()
    expect(talk.page.get_by_text("Sound,")).to_be_visible(timeout=20_000)
    empty.call("DELETE", f"/projects/{made}")
    talk.page.goto(f"{talk.url}/trash")
    row = talk.page.get_by_test_id("trashed-project")
    expect(row).to_be_visible()
    expect(talk.page.get_by_test_id("in-backups")).to_have_count(0)
    row.get_by_role("button", name="Delete for ever: Trip").click()
    talk.page.get_by_role("alertdialog").get_by_role("button", name="Delete for ever").click()
    expect(talk.page.get_by_test_id("in-backups")).to_contain_text("still hold what was deleted for ever: 1.")
    check(talk, "backups hold what was deleted")
    talk.page.get_by_role("link", name="See backups").click()
    expect(talk.page.get_by_test_id("backups-hold")).to_be_visible()
    expect(talk.page.get_by_test_id("backup").get_by_text("Holds 1 deleted for ever")).to_be_visible()
    check(talk, "a backup that holds what was deleted")
    talk.page.get_by_test_id("backup").get_by_role("button", name="Delete").click()
    talk.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(talk.page.get_by_text("There is none yet.")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ux_18_backups(empty: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    talk = new_talk(to=empty, size=size, dark=dark)
    go(talk)
    check(talk, "no backups")
    talk.page.get_by_role("button", name="Make a backup", exact=True).click()
    expect(talk.page.get_by_text("Sound,")).to_be_visible(timeout=20_000)
    path = Path(empty.call("GET", "/backups")["folder"]) / empty.call("GET", "/backups")["items"][0]["name"]
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    talk.page.get_by_role("button", name="Verify").click()
    expect(talk.page.get_by_text("Do not rely on it")).to_be_visible(timeout=20_000)
    check(talk, "a damaged backup")
    talk.page.get_by_role("button", name="Delete").click()
    expect(talk.page.get_by_role("alertdialog")).to_be_visible()
    check(talk, "deleting a backup")
