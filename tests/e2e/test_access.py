"""UX statement 20: no request leaves the origin, the page is soon there, and it reads and queues offline."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewTalk
from e2e.house import House
from e2e.screen import RICH
from e2e.talk import Talk
from fakes.steps import Say
from fakes.upstream import Upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

#: Waits until the answer of a route can be read offline.
KEPT = """async (path) => {
  while (!(await caches.match(path, { ignoreSearch: true }))) await new Promise((again) => setTimeout(again, 20));
}"""


def test_ux_20_no_request_leaves_the_origin(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say(f"{RICH}\n\n![tracker](https://example.org/pixel.png)")])
    seen: list[str] = []
    talk.page.on("request", lambda request: seen.append(request.url))
    talk.open()
    talk.send("Show a picture from elsewhere.")
    talk.settled()
    talk.page.wait_for_timeout(500)
    for path in ("/models", "/trash", "/settings/server"):
        talk.page.goto(talk.url + path)
        expect(talk.page.get_by_role("heading", level=1)).to_be_visible()
    foreign = [url for url in seen if not url.startswith((talk.url, "data:", "blob:"))]
    assert foreign == []


def test_ux_20_warm_composer_within_1_s(new_talk: NewTalk) -> None:
    talk = new_talk(offline=True)
    talk.open()
    talk.page.wait_for_function("() => navigator.serviceWorker.controller")
    talk.page.reload()
    talk.page.wait_for_timeout(500)
    talk.page.evaluate("() => sessionStorage.setItem('began', Date.now())")
    talk.page.reload(wait_until="commit")
    talk.page.wait_for_function("() => document.getElementById('composer')")
    assert talk.run("() => performance.now()") <= 1000


def test_ux_20_offline_reads_and_queues(house: House, new_talk: NewTalk, models: Upstream, tmp_path: Path) -> None:
    models.script("fake-main", [Say("Kept for the train.")])
    with House(tmp_path / "offline") as own:
        own.add_models(models.url)
        ident = own.say("Remember this for later.")["conversation_id"]
        talk = new_talk(to=own, offline=True)
        talk.open()
        talk.page.wait_for_function("() => navigator.serviceWorker.controller")
        talk.page.reload()
        talk.open(f"/c/{ident}")
        talk.settled()
        for path in ("/api/v1/session", f"/api/v1/conversations/{ident}/messages"):
            talk.run(KEPT, path)
        own.stop()
        talk.page.context.set_offline(True)
        talk.page.reload()
        expect(talk.answers).to_contain_text("Kept for the train.")
        expect(talk.page.get_by_test_id("connection-lost")).to_be_visible()
        models.script("fake-main", [Say("Sent when we were back.")])
        talk.send("Written in the tunnel.")
        expect(talk.page.locator("[data-testid=user-message][data-state=offline]")).to_be_visible()
        talk.page.reload()
        expect(talk.bubbles.last).to_contain_text("Written in the tunnel.")
        own.start()
        talk.page.context.set_offline(False)
        talk.settled(2)
        talk.shows("Sent when we were back.", 2)
