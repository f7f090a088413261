"""The models page as a person uses it, and models of every kind for it."""

from playwright.sync_api import Locator, expect

from e2e.talk import Talk
from fakes.ollama_wire import OllamaModel

SMALL = OllamaModel("small:1b", size=1_000_000_000, digest="a" * 64, parameter_size="1.2B")
OTHER = OllamaModel("other:2b", size=2_000_000_000, digest="b" * 64, parameter_size="2.0B")
HUGE = OllamaModel("huge:400b", size=900_000_000_000, digest="c" * 64, parameter_size="400B")
EMBEDDER = OllamaModel("vectors", capabilities=("embedding",), size=200_000_000, digest="d" * 64)
CLOUD = OllamaModel("far:cloud", size=384, digest="e" * 64, remote_host="https://ollama.com:443", remote_model="far")


def visit(talk: Talk, path: str) -> None:
    """Open a place that has no composer."""
    talk.page.goto(talk.url + path)
    expect(talk.page.get_by_role("heading", level=1)).to_be_visible()


def row(talk: Talk, ref: str) -> Locator:
    """Return a model's row."""
    return talk.page.locator(f'[data-testid=model][data-ref="{ref}"]')


def endpoint(talk: Talk, name: str) -> Locator:
    """Return a server's row."""
    return talk.page.locator(f'[data-testid=endpoint][data-name="{name}"]')


def confirm(talk: Talk, button: str, says: str = "") -> None:
    """Say yes to a question that says this."""
    asked = talk.page.get_by_role("alertdialog")
    expect(asked).to_contain_text(says)
    asked.get_by_role("button", name=button).click()
    expect(asked).to_be_hidden()


def alert(talk: Talk) -> Locator:
    """Return what was refused in a form."""
    return talk.page.get_by_role("main").get_by_role("alert")
