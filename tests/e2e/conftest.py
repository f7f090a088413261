"""A browser, a true server, a fake model server."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from e2e.house import House
from e2e.talk import SOCKETS, Talk
from fakes.ollama_wire import OllamaModel
from fakes.upstream import Upstream

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
DESKTOP = (1280, 800)
PHONE = (375, 760)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all browser tests: their limits are times, and browsers side by side would miss them."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Return the one browser of the run."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def models() -> Iterator[Upstream]:
    """Return the fake model server that all browser tests share; each scripts the models it uses."""
    with Upstream() as server:
        server.models = [
            OllamaModel("fake-main", capabilities=("completion", "tools", "vision"), digest="a" * 64),
            OllamaModel("fake-small", context_length=512, size=1_000_000_000, digest="b" * 64),
        ]
        yield server


@pytest.fixture(scope="session")
def shared_house(tmp_path_factory: pytest.TempPathFactory, models: Upstream) -> Iterator[House]:
    """Return a server with the fake models."""
    with House(tmp_path_factory.mktemp("house")) as house:
        house.add_models(models.url)
        yield house


@pytest.fixture
def house(shared_house: House, models: Upstream) -> House:
    """Return the server with the fake models, their scripts forgotten, where the main one answers by itself."""
    models.reset()
    main = "fake/fake-main"
    if shared_house.call("GET", "/models")["default"]["ref"] != main:
        # It only failed in the tests before, and is passed over until it answers once.
        assert shared_house.say("Are you well?", model=main)["status"] == "completed"
    return shared_house


@pytest.fixture
def bare_house(tmp_path: Path) -> Iterator[House]:
    """Return a server of this test's own that has no model."""
    with House(tmp_path / "bare") as house:
        yield house


@pytest.fixture(scope="session")
def shared_settings_house(tmp_path_factory: pytest.TempPathFactory, models: Upstream) -> Iterator[House]:
    """Return the server that tests of the settings share."""
    with House(tmp_path_factory.mktemp("settings")) as house:
        house.add_models(models.url)
        yield house


@pytest.fixture
def settings_house(shared_settings_house: House, models: Upstream) -> House:
    """Return a server whose configuration, profiles and policy are as they were on its first day."""
    house = shared_settings_house
    models.reset()
    for profile in house.call("GET", "/profiles")["items"]:
        if profile["active"]:
            house.call("POST", f"/profiles/{profile['address']}/deactivate")
        if profile["owner"] in ("person", "organisation"):
            house.call("DELETE", f"/profiles/{profile['id']}")
    for removed in house.call("GET", "/trash/profiles")["items"]:
        if removed["owner"] in ("person", "organisation"):
            house.call("DELETE", f"/profiles/{removed['id']}?purge=true")
    shutil.rmtree(house.data / "config", ignore_errors=True)
    house.call("PUT", "/privacy/policy", {"mode": "ask"})
    assert not any(file["exists"] for file in house.call("GET", "/config")["files"])
    return house


NewTalk = Callable[..., Talk]


@pytest.fixture
def new_talk(browser: Browser, house: House) -> Iterator[NewTalk]:
    """Return a function that opens the page in a browser profile of its own: another device."""
    contexts: list[BrowserContext] = []

    def make(to: House = house, size: tuple[int, int] = DESKTOP, dark: bool = False, offline: bool = False) -> Talk:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            service_workers="allow" if offline else "block",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.add_init_script(SOCKETS)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Talk(context.new_page(), to.url)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def talk(new_talk: NewTalk) -> Talk:
    """Return the page, open, on a desktop."""
    talk = new_talk()
    talk.open()
    return talk
