"""The page as a person uses it: what the browser tests do and read, by stable names."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

#: Keeps the page's sockets within reach, so that a test can break the connection.
SOCKETS = """
const Real = window.WebSocket;
window.__sockets = [];
window.WebSocket = class extends Real {
  constructor(...given) { super(...given); window.__sockets.push(this); }
};
"""

#: How far the thread is scrolled, when it has stayed there for ten frames.
RESTING = """() => new Promise((done) => {
  const box = document.querySelector('[data-testid=scroller]');
  let [at, frames] = [box.scrollTop, 0];
  const look = () => {
    frames = box.scrollTop === at ? frames + 1 : 0;
    at = box.scrollTop;
    if (frames === 10) done(at);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


class Talk:
    """A conversation in a browser page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, path: str = "/") -> None:
        """Open an address of the page and wait for the composer."""
        self.page.goto(self.url + path)
        expect(self.composer).to_be_visible()

    @property
    def composer(self) -> Locator:
        return self.page.get_by_test_id("composer")

    @property
    def answers(self) -> Locator:
        return self.page.get_by_test_id("answer")

    @property
    def bubbles(self) -> Locator:
        return self.page.get_by_test_id("user-message")

    @property
    def stop(self) -> Locator:
        return self.page.get_by_test_id("stop")

    @property
    def scroller(self) -> Locator:
        return self.page.get_by_test_id("scroller")

    def send(self, text: str) -> None:
        """Write a message and press Enter."""
        self.composer.fill(text)
        self.composer.press("Enter")

    def settled(self, number: int = 1, within: float = 20_000) -> Locator:
        """Wait until answer `number` (from 1) is complete; return it."""
        answer = self.answers.nth(number - 1)
        expect(answer).to_have_attribute("data-state", "complete", timeout=within)
        return answer

    def shows(self, text: str, number: int = 1) -> None:
        """Wait until an answer has exactly this text."""
        expect(self.answers.nth(number - 1).get_by_test_id("markdown")).to_have_text(text)

    def shown(self, number: int = 1) -> str:
        """The text of an answer as it is on the page now; one that was just put there has none until it is painted."""
        return self.answers.nth(number - 1).get_by_test_id("markdown").inner_text()

    def writing(self, words: str) -> None:
        """Wait until the answer being written has these words."""
        expect(self.answers.last.get_by_test_id("markdown")).to_contain_text(words, timeout=15_000)

    def resting(self) -> float:
        """Where the thread is scrolled to, once it is at rest."""
        return float(self.page.evaluate(RESTING))

    def conversation_id(self) -> str:
        """The conversation that is open."""
        self.page.wait_for_url("**/c/*")
        return self.page.url.split("/c/", 1)[1].split("?", 1)[0]

    def choose_model(self, name: str) -> None:
        """Pick a model for the next message."""
        self.page.get_by_test_id("model-menu").click()
        # The first entry, the choice by itself, may name the same model.
        self.page.get_by_role("menuitemradio", name=name).last.click()
        expect(self.page.get_by_test_id("model-menu")).to_contain_text(name)

    def command(self, words: str) -> None:
        """Find a command in the palette and run it, once it is offered; the last entry repeats what was typed."""
        self.page.keyboard.press("Control+k")
        self.page.get_by_test_id("palette-input").fill(words)
        first = self.page.get_by_test_id("palette-results").get_by_role("option").first
        expect(first).to_contain_text(words)
        expect(first).not_to_contain_text("All results")
        self.page.keyboard.press("Enter")

    def run(self, script: str, argument: Any = None) -> Any:
        """Evaluate JavaScript in the page."""
        return self.page.evaluate(script, argument)
