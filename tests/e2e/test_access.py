"""UX statements about reach: 18 (accessibility, sizes) and 20 (origin, speed, offline)."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.talk import Talk
from fakes.steps import Say, Think
from fakes.upstream import Upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

RICH = """A **list**:

1. one
2. two [link](https://example.org)

```python
print("a line that is much longer than a telephone is wide, so that the block has to scroll, not the page")
```

| a | b | a wide column | another wide column | the widest column of them all |
|---|---|---|---|---|
| 1 | 2 | 3 | 4 | 5 |

$$\\int_0^1 x^2\\,dx = \\frac{1}{3}$$

> a quotation
"""

#: Targets below 24 px, links inside text excepted, as WCAG 2.2 does.
SMALL = """() => [...document.querySelectorAll('a,button,input,select,textarea,summary,[role=option],[role^=menuitem]')]
  .filter((e) => !e.closest('.prose p, .prose li, .sr-only') && !e.classList.contains('sr-only')
    && e.checkVisibility({ visibilityProperty: true }))
  .map((e) => [e.getBoundingClientRect(), e])
  .filter(([r]) => r.width > 0 && (r.width < 24 || r.height < 24))
  .map(([r, e]) => `${e.outerHTML.slice(0, 120)} ${r.width}x${r.height}`)"""


def check(talk: Talk, where: str) -> None:
    """Assert that axe finds nothing, every target is large enough, and nothing scrolls sideways."""
    talk.page.wait_for_timeout(350)
    talk.page.evaluate(AXE.read_text("utf-8"))
    found = talk.run("async () => (await axe.run()).violations.map((v) => [v.id, v.nodes.map((n) => n.html)])")
    assert found == [], where
    assert talk.run(SMALL) == [], where
    wide = talk.run("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, where


@pytest.mark.timeout(180)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ux_18_no_axe_violation(
    house: House, new_talk: NewTalk, models: Upstream, dark: bool, size: tuple[int, int]
) -> None:
    models.script("fake-main", [Think("Hm."), Say(RICH)])
    ident = house.say("Show me everything.")["conversation_id"]
    talk = new_talk(size=size, dark=dark)
    talk.open()
    check(talk, "empty page")
    talk.open(f"/c/{ident}")
    talk.settled()
    expect(talk.page.locator("math")).to_be_visible()
    check(talk, "conversation")
    talk.page.get_by_test_id("model-menu").click()
    expect(talk.page.get_by_role("menu")).to_be_visible()
    check(talk, "model menu")
    talk.page.keyboard.press("Escape")
    talk.page.get_by_test_id("inspector-toggle").click()
    expect(talk.page.get_by_test_id("inspector")).to_be_visible()
    check(talk, "inspector")
    talk.page.get_by_test_id("inspector").get_by_role("button", name="Close").click()
    talk.page.keyboard.press("Control+k")
    expect(talk.page.get_by_test_id("palette-results")).to_be_visible()
    check(talk, "palette")
    talk.page.keyboard.press("Escape")
    if size == PHONE:
        talk.page.get_by_role("button", name="Open the menu").click()
        expect(talk.page.get_by_test_id("rail")).to_be_visible()
        check(talk, "rail")
    for path in ("/models", "/trash", "/settings/me", "/settings/workspace", "/settings/server"):
        talk.page.goto(house.url + path)
        expect(talk.page.get_by_role("heading", level=1)).to_be_visible()
        check(talk, path)


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
        assert talk.shown(2) == "Sent when we were back."
