"""UX statement 18 for what is told of models: axe, targets and width, light and dark, on a desktop and at 375 px."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.models_place import CLOUD, EMBEDDER, HUGE, OTHER, SMALL, endpoint, visit
from e2e.screen import check
from e2e.shelf import Shelf
from fakes.steps import Fail, Finish, Say, Wait
from fakes.upstream import Upstream

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"]),
    pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"]),
]

CHAIN = {"version": 1, "fallbacks": {"ollama/other:2b": ["ollama/small:1b"]}, "hot_swap": True}
TOLD = [Wait(0.05), *[step for _ in range(20) for step in (Say("word "), Wait(0.01))], Finish("stop", 30, 20)]


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    """Return a file server whose downloads do not end."""
    with Shelf(b"GGUF" + bytes(1_000_000)) as server:
        yield server


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return a server with models of every kind, one measured, one swapped, one that stood in."""
    with Upstream() as ollama:
        ollama.models = [SMALL, OTHER, HUGE, EMBEDDER, CLOUD]
        ollama.loaded = ["small:1b"]
        ollama.script("small:1b", TOLD)
        ollama.script("other:2b", [Fail(429, "slow down")])
        with House(tmp_path_factory.mktemp("rich"), environment={"MECUM_MODELS__OLLAMA_URL": ollama.url}) as house:
            house.call("POST", "/models/refresh")
            house.call("PUT", "/config/files/user_models.json", {"text": json.dumps(CHAIN)})
            house.call(
                "POST", "/endpoints", {"name": "far", "wire": "openai", "base_url": "https://far.example.org/v1"}
            )
            house.call("POST", "/endpoints", {"name": "gone", "wire": "openai", "base_url": "http://127.0.0.1:9/v1"})
            house.call("POST", "/models/swap", {"from": "chat", "to": "ollama/small:1b"})
            yield house


def test_ux_18_models_here(rich: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    rich.say("Hello", model="ollama/small:1b")
    talk = new_talk(to=rich, size=size, dark=dark)
    visit(talk, "/models")
    expect(talk.page.get_by_text("tokens/s").first).to_be_visible()
    talk.page.get_by_text("Why not another?").click()
    check(talk, "models here")
    talk.page.get_by_role("button", name="Unload small:1b").click()
    expect(talk.page.get_by_role("alertdialog")).to_be_visible()
    check(talk, "unloading")
    talk.page.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()
    talk.page.get_by_role("button", name="Let it answer: huge:400b").click()
    expect(talk.page.get_by_role("dialog").get_by_role("button", name="Swap", exact=True)).to_be_enabled()
    check(talk, "swapping")


def test_ux_18_getting_a_model(rich: House, shelf: Shelf, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    address = f"{shelf.url}/held/a-model-with-quite-a-long-name-as-they-have-them.Q4_K_M.gguf"
    for source in ("ollama:qwen3:0.6b", address):
        rich.call("POST", "/models/pulls", {"source": source})
    talk = new_talk(to=rich, size=size, dark=dark)
    visit(talk, "/models/get")
    expect(talk.page.get_by_role("progressbar")).to_be_visible(timeout=20_000)
    talk.page.get_by_test_id("offer").first.locator("summary").click()
    talk.page.get_by_label("Show").select_option("all")
    talk.page.get_by_label("Address or ollama:NAME").fill("nothing")
    talk.page.get_by_role("button", name="Fetch").click()
    expect(talk.page.get_by_role("main").get_by_role("alert").last).to_be_visible()
    check(talk, "getting a model")
    for pull in rich.call("GET", "/models/pulls")["items"]:
        if pull["state"] in ("queued", "running"):
            rich.call("DELETE", f"/models/pulls/{pull['id']}")


def test_ux_18_servers(rich: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    talk = new_talk(to=rich, size=size, dark=dark)
    visit(talk, "/models/servers")
    gone = endpoint(talk, "gone")
    gone.get_by_role("button", name="Test").click()
    expect(gone.get_by_role("status")).to_be_visible()
    talk.page.get_by_role("button", name="OpenAI", exact=True).click()
    expect(talk.page.get_by_test_id("consent")).to_be_visible()
    check(talk, "servers")
    endpoint(talk, "far").get_by_role("button", name="Agree").click()
    expect(talk.page.get_by_role("alertdialog")).to_be_visible()
    check(talk, "agreeing")


def test_ux_18_why_a_model_was_chosen(rich: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    run = rich.say("Make a plan.", model="role:planner")
    talk = new_talk(to=rich, size=size, dark=dark)
    talk.open(f"/c/{run['conversation_id']}")
    talk.settled().get_by_test_id("info").click()
    expect(talk.page.get_by_test_id("selection").get_by_test_id("candidate").first).to_be_visible()
    check(talk, "what else was considered")


def test_ux_18_what_answers_say(rich: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    run = rich.say("Are you there?", model="ollama/other:2b")
    talk = new_talk(to=rich, size=size, dark=dark)
    talk.open(f"/c/{run['conversation_id']}")
    expect(talk.settled().get_by_test_id("stood-in")).to_be_visible()
    check(talk, "an answer of a stand-in")
    talk.answers.get_by_test_id("info").click()
    expect(talk.page.get_by_test_id("trace")).to_contain_text(run["id"])
    check(talk, "how an answer was made")
    talk.page.keyboard.press("Escape")
    talk.choose_model("far:cloud")
    talk.send("And from far away?")
    expect(talk.page.get_by_role("button", name="Agree to send to ollama")).to_be_visible()
    check(talk, "a refusal with its way out")
