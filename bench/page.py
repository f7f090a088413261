"""The page: how much JavaScript it takes to open, and what a long streamed answer costs the browser's main thread."""

import gzip
import re
import shutil
import time
from statistics import median
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from bench import machine, model, places
from bench.figure import Bench, Figure, Values
from bench.rows import Goal, NotMeasured, Value
from bench.servers import Server, start_ours, stopping

_BUILT: Final = places.ROOT / "src" / "mecum" / "infra" / "web" / "page"
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
_SCRIPT: Final = re.compile(r'(?:src|href)="/([^"]+\.js)"')
_TYPED: Final = "somebody is typing while the answer is being written"

SIZE = (Goal("page_initial_js", "kB gz", most=150),)
STREAM = (Goal("page_stream_cpu", "CPU-s", most=2.5),)


def _size(_: Bench) -> Values:
    index = _BUILT / "index.html"
    if not index.exists():
        raise NotMeasured("the page is not built: make web")
    # The build names every module that the first one imports at once.
    sizes = {name: len(gzip.compress((_BUILT / name).read_bytes(), 9)) for name in _SCRIPT.findall(index.read_text())}
    if not sizes:
        raise NotMeasured("index.html names no scripts")
    return {"page_initial_js": Value(sum(sizes.values()) / 1000, f"{len(sizes)} files")}


def _stream(bench: Bench) -> Values:
    chromium = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if chromium is None:
        raise NotMeasured("there is no Chromium")
    try:
        with (
            model.serving() as port,
            stopping(start_ours(port, places.fresh("page"))) as server,
            sync_playwright() as driver,
        ):
            browser = driver.chromium.launch(executable_path=chromium, args=list(_FLAGS))
            spent = [_answered(browser, server) for _ in range(bench.size(1, 3))]
            browser.close()
    except BrowserError as error:
        raise NotMeasured(f"in the browser: {error.message.splitlines()[0]}") from error
    note = f"{model.CHARACTERS:,} characters, {model.EVENTS:,} events, {model.SECONDS:.0f} s"
    return {"page_stream_cpu": Value(median(spent), note)}


def _answered(browser: Browser, server: Server) -> float:
    """Return the seconds that the main thread worked from the question to the settled answer."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, service_workers="block")
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/")
    composer = page.get_by_test_id("composer")
    composer.fill("Write a long answer.")
    page.wait_for_timeout(1000)
    before = _main_thread(browser)
    composer.press("Enter")
    _type(page)
    _settle(page)
    spent = _main_thread(browser) - before
    context.close()
    return spent


def _type(page: Page) -> None:
    page.get_by_test_id("answer").wait_for()
    composer = page.get_by_test_id("composer")
    composer.focus()
    page.keyboard.type(_TYPED, delay=model.SECONDS * 800 / len(_TYPED))


def _settle(page: Page) -> None:
    answer = page.get_by_test_id("answer")
    limit = time.monotonic() + 60
    while answer.get_attribute("data-state") != "complete":
        if time.monotonic() > limit:
            raise NotMeasured("the answer did not settle within a minute")
        page.wait_for_timeout(250)
    shown = answer.inner_text()
    if model.END not in shown:
        raise NotMeasured(f"the answer is not the one that was streamed: {shown[:80]!r}")


def _main_thread(browser: Browser) -> float:
    """CPU seconds of the pages' main threads. What the browser reports itself is time, also that spent waiting."""
    session: Any = browser.new_browser_cdp_session()  # its answers have no types
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return sum(machine.main_thread_seconds(int(found["id"])) for found in processes if found["type"] == "renderer")


FIGURES = (
    Figure("page-size", SIZE, _size),
    Figure("page-stream", STREAM, _stream),
)
