"""A flat table brought in on the page: the reckoning by column, and the roll-out of the readers; UX statement 18."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import check
from e2e.talk import Talk
from factories import flat

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

PLACE = "/settings/workspace/import"


def table(tmp_path: Path) -> Path:
    file = tmp_path / "assistants.db"
    file.write_bytes(flat.as_sqlite(flat.rows(12, vectors=0.3), {"prompts_prompt": flat.prompts(3)}))
    return file


def brought(new_talk: NewTalk, house: House, tmp_path: Path, **wanted: object) -> Talk:
    talk = new_talk(to=house, **wanted)  # type: ignore[arg-type]
    page = talk.page
    page.goto(house.url + PLACE)
    page.get_by_test_id("import-files").set_input_files(str(table(tmp_path)))
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_test_id("import").first).to_have_attribute("data-state", "done")
    return talk


def test_a_table_comes_in_and_its_readers_are_rolled_out(new_talk: NewTalk, bare_house: House, tmp_path: Path) -> None:
    page = brought(new_talk, bare_house, tmp_path).page
    first = page.get_by_test_id("import").first
    rows = first.get_by_test_id("reckoning").get_by_role("row")
    expect(rows.nth(1)).to_have_text("Assistants121200")
    expect(rows.nth(2)).to_have_text("Prompts3300")
    first.get_by_text("Column by column").click()
    expect(first.get_by_test_id("columns-sum")).to_have_text("108 columns; what is stored of each says what came.")
    expect(first.get_by_test_id("columns").get_by_role("row").filter(has_text="persona_mode")).to_contain_text(
        "the same"
    )
    page.get_by_role("link", name="Who answers for the old names of assistants").click()
    expect(page.get_by_test_id("rollout-now")).to_have_text("Now: 0 % by the new readers")
    page.get_by_role("button", name="Compare the last 100 now").click()
    expect(page.get_by_test_id("rollout-compared")).to_have_text("12 compared, 0 different.")
    reads = page.get_by_test_id("readers").get_by_role("row").filter(has_text="Reads")
    expect(reads).to_have_text("Reads1212")
    share = page.get_by_label("Share of the new readers, %")
    share.fill("120")
    page.get_by_role("button", name="Set the share").click()
    expect(page.get_by_role("alert")).to_have_text("A share is a whole number from 0 to 100.")
    expect(share).to_have_value("120")
    share.fill("30")
    page.get_by_role("button", name="Set the share").click()
    expect(page.get_by_test_id("rollout-now")).to_contain_text("Now: 30 % by the new readers")
    page.reload()
    expect(share).to_have_value("30")
    page.get_by_role("button", name="Back to the old readers").click()
    expect(page.get_by_test_id("rollout-now")).to_contain_text("Now: 0 % by the new readers")
    page.get_by_role("link", name="Import").first.click()
    page.get_by_role("button", name="Undo the import of assistants.db").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-testid=import][data-state=undone]")).to_have_count(1)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ux_18_flat(new_talk: NewTalk, bare_house: House, tmp_path: Path, dark: bool, size: tuple[int, int]) -> None:
    empty = new_talk(to=bare_house, size=size, dark=dark)
    empty.page.goto(f"{bare_house.url}{PLACE}/rollout")
    expect(empty.page.get_by_text("No assistant here came out of a flat table")).to_be_visible()
    check(empty, "roll-out, nothing brought")
    talk = brought(new_talk, bare_house, tmp_path, size=size, dark=dark)
    page = talk.page
    first = page.get_by_test_id("import").first
    first.get_by_text("Column by column").click()
    expect(first.get_by_test_id("columns")).to_be_visible()
    check(talk, "imports, the columns of a flat table")
    page.get_by_role("link", name="Who answers for the old names of assistants").click()
    page.get_by_role("button", name="Compare the last 100 now").click()
    expect(page.get_by_test_id("rollout-compared")).to_have_text("12 compared, 0 different.")
    page.get_by_label("Share of the new readers, %").fill("-1")
    page.get_by_role("button", name="Set the share").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(talk, "roll-out, compared and refused")
