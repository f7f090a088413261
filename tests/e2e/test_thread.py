"""UX statements about a thread while an answer is written: 1 to 5, 7, 16, 17."""

import re
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewTalk
from e2e.house import House
from e2e.talk import Talk
from fakes.broken_server import PAGE, saying, whole
from fakes.steps import Hang, Hold, Say, Step, Wait
from fakes.upstream import Upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

SCROLLER = "document.querySelector('[data-testid=scroller]')"
WRITTEN = "document.querySelector('[data-testid=markdown]').textContent"


def paragraphs(count: int, gap: float = 0.02) -> list[Step]:
    """A long answer: numbered paragraphs, each in four deltas."""
    steps: list[Step] = []
    for number in range(1, count + 1):
        for text in (
            f"Paragraph {number} says ",
            "something *worth* ",
            "reading — 漢字 😀 ",
            f"and ends {number}.\n\n",
        ):
            steps += [Say(text), Wait(gap / 4)]
    return steps


def spoken(steps: list[Step]) -> str:
    return "".join(step.text for step in steps if isinstance(step, Say))


def test_ux_01_upward_scroll_stays(talk: Talk, models: Upstream) -> None:
    looked, followed = threading.Event(), threading.Event()
    steps = paragraphs(120, gap=0.04)
    models.script("fake-main", [*steps[:480], Hold(looked), *steps[480:800], Hold(followed), *steps[800:]])
    talk.send("Write at length.")
    talk.writing("Paragraph 30 ")
    talk.scroller.hover()
    talk.page.mouse.wheel(0, -250)
    expect(talk.page.get_by_test_id("jump-to-latest")).to_be_visible()
    seen = "() => document.elementFromPoint(700, 300).getBoundingClientRect().top"
    before = talk.resting(), talk.run(seen)
    looked.set()
    talk.writing("and ends 100.")
    assert (talk.resting(), talk.run(seen)) == before
    talk.page.get_by_test_id("jump-to-latest").click()
    below = f"(b => b.scrollHeight - b.clientHeight - b.scrollTop)({SCROLLER})"
    talk.page.wait_for_function(f"() => {below} < 120")
    expect(talk.page.get_by_test_id("jump-to-latest")).to_be_hidden()
    followed.set()
    talk.settled()
    talk.page.wait_for_function(f"() => {below} <= 1")
    expect(talk.page.get_by_test_id("jump-to-latest")).to_be_hidden()


def test_ux_02_bubble_paints_within_100_ms(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("Yes.")])
    talk.page.route("**/api/v1/runs", lambda route: (talk.page.wait_for_timeout(500), route.continue_()))
    talk.run("""() => {
      document.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter') return;
        const began = performance.now();
        const look = () => document.querySelector('[data-testid=user-message]')
          ? requestAnimationFrame(() => { window.__painted = performance.now() - began; })
          : requestAnimationFrame(look);
        look();
      }, { capture: true, once: true });
    }""")
    talk.send("Is it there at once?")
    expect(talk.bubbles).to_have_count(1)
    talk.page.wait_for_function("() => window.__painted !== undefined")
    assert talk.run("() => window.__painted") <= 100
    talk.settled()
    expect(talk.bubbles).to_have_count(1)


def test_ux_02_failed_send_keeps_its_text(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("Now it came through.")])
    talk.page.route("**/api/v1/runs", lambda route: route.abort())
    talk.send("Do not lose this.")
    failed = talk.page.get_by_test_id("delivery")
    expect(failed).to_be_visible()
    expect(talk.bubbles).to_contain_text("Do not lose this.")
    talk.page.reload()
    expect(talk.bubbles).to_contain_text("Do not lose this.")
    talk.page.unroute("**/api/v1/runs")
    failed.get_by_role("button", name="Retry").click()
    talk.settled()
    expect(talk.bubbles).to_have_count(1)
    talk.shows("Now it came through.")


def test_ux_02_what_is_sent_to_a_stopped_server_goes_when_it_is_back(
    new_talk: NewTalk, models: Upstream, tmp_path: Path
) -> None:
    models.script("fake-main", [Say("Here again.")])
    with House(tmp_path / "stopped") as own:
        own.add_models(models.url)
        talk = new_talk(to=own)
        talk.open()
        own.stop()
        expect(talk.page.get_by_test_id("connection-lost")).to_be_visible()
        talk.send("Said to nobody.")
        expect(talk.page.locator("[data-testid=user-message][data-state=offline]")).to_be_visible()
        own.start()
        talk.settled()
        talk.shows("Here again.")
        expect(talk.bubbles).to_have_count(1)


@pytest.mark.parametrize("how", ["button", "escape"])
def test_ux_03_stop_settles_and_adds_nothing(talk: Talk, models: Upstream, how: str) -> None:
    models.script("fake-main", paragraphs(300, gap=0.02))
    talk.send("Write until I stop you.")
    talk.writing("Paragraph 10 ")
    talk.composer.fill("my next thought")
    talk.run("""() => {
      const done = () => document.querySelector('[data-testid=answer]').dataset.state !== 'writing';
      const began = { at: 0 };
      const look = () => done() ? (window.__settled = performance.now() - began.at) : setTimeout(look, 4);
      const start = () => { if (!began.at) { began.at = performance.now(); look(); } };
      document.addEventListener('click', start, { capture: true, once: true });
      document.addEventListener('keydown', start, { capture: true, once: true });
    }""")
    if how == "button":
        talk.stop.click()
    else:
        talk.page.keyboard.press("Escape")
    talk.page.wait_for_function("() => window.__settled")
    assert talk.run("() => window.__settled") <= 100
    text = talk.shown()
    talk.page.wait_for_timeout(1500)
    assert talk.shown() == text
    expect(talk.composer).to_have_value("my next thought")
    expect(talk.stop).to_be_hidden()


def test_ux_04_disconnects_lose_nothing(talk: Talk, house: House, models: Upstream) -> None:
    steps = paragraphs(90, gap=0.04)
    broken = threading.Event()
    models.script("fake-main", [*steps[:480], Hold(broken), *steps[480:]])
    talk.send("Survive this.")
    for words in ("Paragraph 20 ", "Paragraph 50 "):
        talk.writing(words)
        talk.run("() => window.__sockets.forEach((socket) => socket.close())")
    broken.set()
    talk.settled(within=30_000)
    stored = house.call("GET", f"/conversations/{talk.conversation_id()}/messages")["items"][-1]
    text = "".join(part["text"] for part in stored["parts"] if part["type"] == "text")
    assert text == spoken(steps)
    talk.answers.get_by_role("button", name="Copy message").click()
    expect(talk.answers.get_by_role("button", name="Copied")).to_be_visible()
    assert talk.run("() => navigator.clipboard.readText()") == text


def test_ux_05_reload_and_second_device_follow(talk: Talk, new_talk: NewTalk, models: Upstream) -> None:
    models.script("fake-main", paragraphs(3000, gap=0.04))
    talk.send("Go on while I reload.")
    talk.writing("Paragraph 15 ")
    path = f"/c/{talk.conversation_id()}"
    other = new_talk()
    for device in (talk, other):
        device.open(path)
        expect(device.answers.get_by_test_id("markdown")).to_contain_text("Paragraph 15 ", timeout=1000)
        expect(device.stop).to_be_visible(timeout=1000)
        had = device.run(f"() => {WRITTEN}.length")
        device.page.wait_for_function(f"(had) => {WRITTEN}.length > had", arg=had)
    other.stop.click()
    for device in (talk, other):
        expect(device.stop).to_be_hidden()
        expect(device.answers).to_have_attribute("data-state", "cancelled")


def test_ux_07_typing_during_a_stream(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", paragraphs(3000, gap=0.03))
    talk.send("Write while I type.")
    talk.writing("Paragraph 5 ")
    talk.run("""() => {
      window.__late = [];
      const box = document.getElementById('composer');
      box.addEventListener('keydown', (event) => {
        const began = event.timeStamp;
        requestAnimationFrame(() => { const after = new MessageChannel();
          after.port1.onmessage = () => window.__late.push(performance.now() - began);
          after.port2.postMessage(0); });
      });
    }""")
    talk.composer.press_sequentially("the quick brown fox jumps over the lazy dog", delay=60)
    late = sorted(talk.run("() => window.__late"))
    assert late[int(len(late) * 0.95)] <= 100
    expect(talk.composer).to_have_value("the quick brown fox jumps over the lazy dog")
    expect(talk.stop).to_be_visible()
    talk.stop.click()


def test_ux_16_the_phase_is_named(talk: Talk, models: Upstream) -> None:
    go_on = threading.Event()
    models.script("fake-main", [Hold(go_on), Say("At last.")])
    talk.send("Take your time.")
    phase = talk.page.get_by_test_id("phase")
    expect(phase).to_be_visible(timeout=1000)
    expect(phase).to_have_text(re.compile(r"\S"))
    talk.send("And then this.")
    expect(talk.page.get_by_text("Queued behind 1")).to_be_visible(timeout=2000)
    go_on.set()
    talk.settled(2)


def test_ux_16_queued_messages_can_be_changed_and_cancelled(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("I begin"), Hang()])
    talk.send("First.")
    talk.writing("I begin")
    talk.send("Second, with a typo")
    waiting = talk.page.locator("[data-testid=user-message][data-state=waiting]")
    expect(waiting).to_contain_text("Second")
    waiting.get_by_role("button", name="Edit waiting message").click()
    talk.page.get_by_role("textbox", name="Edit your message").fill("Second, corrected")
    talk.page.reload()
    expect(talk.page.get_by_role("textbox", name="Edit your message")).to_have_value("Second, corrected")
    talk.page.get_by_role("button", name="Save").click()
    expect(waiting).to_contain_text("Second, corrected")
    waiting.get_by_role("button", name="Cancel").click()
    expect(talk.page.locator("[data-testid=user-message][data-state=waiting]")).to_have_count(0)
    talk.stop.click()


def test_ux_16_a_message_waits_for_a_model(bare_house: House, new_talk: NewTalk, models: Upstream) -> None:
    models.script("fake-main", [Say("Here I am.")])
    talk = new_talk(to=bare_house)
    talk.open()
    talk.page.get_by_test_id("model-menu").click()
    talk.page.get_by_role("menuitemcheckbox", name="Wait for a language model").click()
    talk.page.keyboard.press("Escape")
    talk.send("Answer when you can.")
    expect(talk.page.get_by_test_id("phase")).to_contain_text("Waits for a model")
    bare_house.add_models(models.url)
    talk.settled()
    talk.shows("Here I am.")


def test_ux_16_why_a_message_waits_is_said(house: House, new_talk: NewTalk) -> None:
    page = whole(PAGE, "text/html")
    with saying(page, page) as address:
        made = house.call("POST", "/endpoints", {"name": "router", "wire": "openai", "base_url": f"{address}/v1"})
        try:
            talk = new_talk(size=(375, 812))
            talk.open()
            run = house.call("POST", "/runs", {"text": "Hi", "model": "router/any", "wait_for_model": True})
            talk.open(f"/c/{run['conversation_id']}")
            expect(talk.page.get_by_test_id("phase")).to_contain_text("It answered with a web page, not with models")
            expect(talk.page.get_by_test_id("model-menu")).to_contain_text("router/any")
            assert talk.run("() => document.documentElement.scrollWidth <= innerWidth")
            talk.stop.click()
            expect(talk.page.get_by_test_id("phase")).to_be_hidden()
        finally:
            house.call("DELETE", f"/endpoints/{made['id']}")


def test_ux_17_start_and_end_are_announced_once(talk: Talk, models: Upstream) -> None:
    go_on = threading.Event()
    models.script("fake-main", [*paragraphs(20, gap=0.05), Hold(go_on)])
    talk.run("""() => {
      window.__said = [];
      const region = document.querySelector('[data-testid=live-region]');
      new MutationObserver(() => region.textContent && window.__said.push(region.textContent))
        .observe(region, { childList: true, characterData: true, subtree: true });
    }""")
    talk.composer.focus()
    talk.send("Say when you begin and end.")
    talk.page.wait_for_function("() => window.__said.includes('Answer started')")
    go_on.set()
    talk.settled()
    talk.page.wait_for_function("() => window.__said.includes('Answer complete')")
    talk.page.wait_for_timeout(300)
    assert talk.run("() => window.__said") == ["Answer started", "Answer complete"]
    expect(talk.page.get_by_test_id("live-region")).to_have_attribute("aria-live", "polite")
    expect(talk.composer).to_be_focused()
    for message in (talk.bubbles, talk.answers):
        expect(message.get_by_role("heading", level=2)).to_have_count(1)
