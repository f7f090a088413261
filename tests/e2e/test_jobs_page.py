"""Background work on the page: live progress, what waits, what went wrong and why; and UX statement 18."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Request, expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import check
from e2e.shelf import Shelf
from e2e.talk import Talk
from fakes.gguf_files import llama, write_gguf

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

PULL = "Download a model"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Return a server of one model file, which gives out half of it until it is told to go on."""
    with Shelf(write_gguf(tmp_path / "tiny.gguf", llama()).read_bytes()) as made:
        yield made


def go(talk: Talk) -> None:
    """Open the page of jobs and wait until it has been read."""
    talk.page.goto(talk.url + "/jobs")
    expect(talk.page.get_by_role("heading", name="Jobs")).to_be_visible()
    expect(talk.page.get_by_test_id("jobs-scheduled")).to_be_visible()


def pull(house: House, source: str) -> str:
    """Ask for a download; return the job."""
    return str(house.call("POST", "/models/pulls", {"source": source})["id"])


def held(house: House, shelf: Shelf) -> str:
    """Ask for a download that stops half-way."""
    return pull(house, f"{shelf.url}/held/tiny.gguf")


def job(talk: Talk, job_id: str) -> Locator:
    """Return a job on the page."""
    return talk.page.locator(f"[data-id='{job_id}']")


def test_nothing_is_done_and_that_is_said(bare_house: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=bare_house)
    talk.open()
    talk.page.get_by_test_id("rail").get_by_role("link", name="Jobs").click()
    expect(talk.page.get_by_test_id("no-jobs")).to_contain_text("Nothing is being done")
    # What comes round can be run now, and says when it is next.
    row = talk.page.get_by_test_id("job").filter(has_text="Empty what is 30 days in the trash")
    expect(row).to_contain_text("every day")
    before = next(
        one for one in bare_house.call("GET", "/jobs?scheduled=true")["items"] if one["kind"] == "trash.expire"
    )
    row.get_by_role("button", name="Run now").click()
    expect(talk.page.get_by_test_id("toast").last).to_contain_text("It begins again.")
    now = bare_house.call("GET", f"/jobs/{before['id']}")
    assert now["run_at"] != before["run_at"]


def test_the_palette_knows_the_page(bare_house: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=bare_house)
    talk.open()
    talk.page.keyboard.press("Control+k")
    talk.page.keyboard.type("jobs")
    talk.page.get_by_role("option", name="Jobs").first.click()
    expect(talk.page.get_by_role("heading", name="Jobs")).to_be_visible()


def test_progress_is_live_and_nobody_polls(bare_house: House, new_talk: NewTalk, shelf: Shelf) -> None:
    talk = new_talk(to=bare_house)
    go(talk)
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/api/v1/jobs" in request.url:
            asked.append(request.url)

    talk.page.on("request", note)
    job_id = held(bare_house, shelf)
    bar = job(talk, job_id).get_by_role("progressbar", name=PULL)
    expect(bar).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]\d?$"))
    # The next one of its kind waits for it.
    second = pull(bare_house, f"{shelf.url}/tiny.gguf")
    expect(talk.page.get_by_test_id("jobs-queued").locator(f"[data-id='{second}']")).to_be_visible()
    shelf.go_on.set()
    for one in (job_id, second):
        expect(talk.page.get_by_test_id("jobs-over").locator(f"[data-id='{one}']")).to_have_attribute(
            "data-state", "done"
        )
    expect(talk.page.get_by_test_id("jobs-running")).to_have_count(0)
    # Two jobs were asked for, began and ended: the five lists were read again for that, and for nothing else.
    assert len(asked) <= 5 * 8


def test_cancelling_is_seen_at_once_on_every_device_and_can_be_undone(
    bare_house: House, new_talk: NewTalk, shelf: Shelf
) -> None:
    here, there = new_talk(to=bare_house), new_talk(to=bare_house)
    job_id = held(bare_house, shelf)
    go(here)
    go(there)
    expect(job(there, job_id)).to_have_attribute("data-state", "running")
    here.page.get_by_role("button", name=f"Cancel: {PULL}").click()
    for talk in (here, there):
        expect(job(talk, job_id)).to_have_attribute("data-state", "cancelled")
    expect(here.page.get_by_text(f"Cancelled: {PULL}", exact=True).first).to_be_visible()
    shelf.go_on.set()
    job(there, job_id).get_by_role("button", name="Run again").click()
    for talk in (here, there):
        expect(job(talk, job_id)).to_have_attribute("data-state", "done")


def test_what_went_wrong_says_why_and_can_be_tried_again(bare_house: House, new_talk: NewTalk, shelf: Shelf) -> None:
    talk = new_talk(to=bare_house)
    go(talk)
    job_id = pull(bare_house, f"{shelf.url}/page/tiny.gguf")
    row = talk.page.get_by_test_id("jobs-failed").locator(f"[data-id='{job_id}']")
    expect(row).to_be_visible()
    said = bare_house.call("GET", f"/jobs/{job_id}")["detail"]
    assert said
    expect(row).to_contain_text(said)
    row.get_by_role("button", name="Run again").click()
    expect(talk.page.get_by_test_id("toast").last).to_contain_text("It begins again.")
    # Its attempts are counted anew.
    bare_house.reads(f"/jobs/{job_id}", lambda job: (job["state"], job["attempts"]) == ("failed", 1))
    expect(row).to_contain_text(said)


def test_a_refusal_is_the_servers_own_sentence(bare_house: House, new_talk: NewTalk, shelf: Shelf) -> None:
    talk = new_talk(to=bare_house)
    job_id = held(bare_house, shelf)
    # This device hears of nothing: what it shows is over by the time somebody presses the button.
    talk.page.route_web_socket("**/api/v1/ws", lambda socket: socket.close())
    go(talk)
    expect(job(talk, job_id)).to_have_attribute("data-state", "running")
    bare_house.call("POST", f"/jobs/{job_id}/cancel")
    job(talk, job_id).get_by_role("button", name="Cancel").click()
    expect(talk.page.get_by_text("There is no such job, or it is over.").first).to_be_visible()
    expect(job(talk, job_id)).to_have_attribute("data-state", "cancelled")


def test_what_cannot_be_read_says_so_and_is_read_again(bare_house: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=bare_house)
    talk.page.route("**/api/v1/jobs?*", lambda route: route.abort())
    talk.page.goto(talk.url + "/jobs")
    alert = talk.page.get_by_role("alert")
    expect(alert).to_be_visible(timeout=20_000)
    talk.page.unroute("**/api/v1/jobs?*")
    alert.get_by_role("button").click()
    expect(talk.page.get_by_test_id("no-jobs")).to_be_visible()
    expect(alert).to_have_count(0)


def test_a_restart_in_the_middle_goes_on(bare_house: House, new_talk: NewTalk, shelf: Shelf) -> None:
    talk = new_talk(to=bare_house)
    go(talk)
    job_id = held(bare_house, shelf)
    expect(job(talk, job_id).get_by_role("progressbar")).to_be_visible()
    bare_house.stop()
    shelf.go_on.set()
    bare_house.start()
    expect(talk.page.get_by_test_id("jobs-over").locator(f"[data-id='{job_id}']")).to_have_attribute(
        "data-state", "done", timeout=40_000
    )


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ux_18_jobs(bare_house: House, new_talk: NewTalk, shelf: Shelf, dark: bool, size: tuple[int, int]) -> None:
    talk = new_talk(to=bare_house, size=size, dark=dark)
    go(talk)
    check(talk, "no jobs")
    failed = pull(bare_house, f"{shelf.url}/page/tiny.gguf")
    expect(job(talk, failed)).to_have_attribute("data-state", "failed")
    running, waiting = held(bare_house, shelf), held(bare_house, shelf)
    bare_house.call("POST", "/backups", {})
    expect(job(talk, running).get_by_role("progressbar")).to_be_visible()
    expect(job(talk, waiting)).to_have_attribute("data-state", "queued")
    expect(talk.page.get_by_test_id("jobs-over")).to_be_visible()
    check(talk, "running, waiting, failed and over")
    job(talk, waiting).get_by_role("button", name="Cancel").click()
    expect(job(talk, waiting)).to_have_attribute("data-state", "cancelled")
    check(talk, "a cancelled one")
