"""The page of a single model: every fact with where it is from, what can be done, and what a person says of it."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.models_place import CLOUD, EMBEDDER, SMALL, confirm, row, visit
from e2e.screen import check
from e2e.talk import Talk
from fakes.ollama_wire import OllamaModel
from fakes.steps import Finish, Say, Wait
from fakes.upstream import Upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

LAYERS = (("block_count", 32), ("embedding_length", 4096), ("attention.head_count", 32), ("attention.head_count_kv", 8))
KNOWN = OllamaModel("llama3.1:8b", digest="9" * 64, shape=LAYERS)
PAGE = "/models/ollama/llama3.1:8b"
FILE = "user_models.json"


@pytest.fixture(scope="module")
def shared_near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Upstream]]:
    """Return a server and the Ollama that it finds by itself."""
    with Upstream() as ollama:
        ollama.models = [SMALL, KNOWN, EMBEDDER, CLOUD]
        with House(tmp_path_factory.mktemp("near"), environment={"MECUM_MODELS__OLLAMA_URL": ollama.url}) as house:
            yield house, ollama


@pytest.fixture
def ollama(shared_near: tuple[House, Upstream]) -> Upstream:
    """Return that Ollama."""
    return shared_near[1]


@pytest.fixture
def near(shared_near: tuple[House, Upstream]) -> House:
    """Return the server as on its first day: nothing configured, nothing in memory."""
    house, ollama = shared_near
    for profile in house.call("GET", "/profiles")["items"]:
        if profile["active"]:
            house.call("POST", f"/profiles/{profile['address']}/deactivate")
    for file in (house.data / "config").glob("*models*"):
        file.unlink()
    assert not any(file["exists"] for file in house.call("GET", "/config")["files"])
    ollama.loaded = []
    house.call("POST", "/models/refresh")
    return house


def open_model(new_talk: NewTalk, house: House, path: str = PAGE, **more: object) -> Talk:
    """Open a model's page."""
    talk = new_talk(to=house, **more)
    visit(talk, path)
    expect(talk.page.get_by_test_id("capabilities")).to_be_visible()
    return talk


def fact(talk: Talk, name: str) -> Locator:
    """Return the line of a fact."""
    return talk.page.locator(f"[data-fact={name}]")


def setting(talk: Talk, name: str) -> Locator:
    """Return a field of the settings."""
    return talk.page.locator(f'[data-setting="{name}"][data-testid=setting]')


def save(talk: Talk) -> None:
    """Save the settings."""
    talk.page.get_by_test_id("model-settings").get_by_role("button", name="Save", exact=True).click()


def own_file(house: House) -> dict[str, object]:
    """Return what the person's own file says."""
    return json.loads((house.data / "config" / FILE).read_text("utf-8"))


def test_every_fact_is_there_with_where_it_is_from(near: House, new_talk: NewTalk) -> None:
    told = near.call("GET", "/models/facts?ref=ollama/llama3.1:8b")
    talk = new_talk(to=near)
    visit(talk, "/models")
    row(talk, "ollama/llama3.1:8b").get_by_role("link", name="llama3.1:8b").click()
    expect(talk.page).to_have_url(near.url + PAGE)
    expect(talk.page.get_by_role("heading", level=1)).to_have_text("llama3.1:8b")
    expect(talk.page.get_by_test_id("capabilities").locator("[data-fact]")).to_have_count(len(told["capabilities"]))
    for name, known in told["capabilities"].items():
        said = {None: "unknown", "reported": "reported", "table": "from a table", "name": "guessed"}[known["source"]]
        expect(fact(talk, name)).to_contain_text(said)
    expect(fact(talk, "requires_api_key")).to_contain_text("no")
    expect(talk.page.get_by_test_id("model-served")).to_contain_text(told["served"]["why"])
    expect(talk.page.get_by_test_id("model-served")).to_contain_text(told["served"]["address"])
    expect(talk.page.get_by_test_id("window")).to_contain_text("up to 131,072 tokens")
    expect(talk.page.get_by_test_id("window")).to_contain_text(told["window"]["why"])
    # What is free is another figure a moment later.
    expect(talk.page.get_by_test_id("memory")).to_contain_text(told["memory"]["why"].partition(";")[0])
    parts = talk.page.get_by_test_id("memory-parts")
    for name, size in {"weights": "4.7 GB", "cache": "1.1 GB", "process": "268 MB"}.items():
        expect(parts.locator(f"[data-fact={name}]")).to_contain_text(size)
    expect(talk.page.get_by_test_id("price")).to_contain_text("none")
    expect(talk.page.get_by_text(told["price_why"])).to_be_visible()
    expect(talk.page.get_by_test_id("model-roles").get_by_role("link", name="Chat", exact=True)).to_be_visible()
    expect(talk.page.get_by_test_id("performance")).to_contain_text("estimate")


def test_how_it_fared_is_measured(near: House, ollama: Upstream, new_talk: NewTalk) -> None:
    words = [step for _ in range(20) for step in (Say("word "), Wait(0.01))]
    ollama.script("small:1b", [Wait(0.05), *words, Finish("stop", 9, 20)])
    near.say("Hello", model="ollama/small:1b")
    talk = open_model(new_talk, near, "/models/ollama/small:1b")
    expect(fact(talk, "tokens_per_second")).to_contain_text("measured")
    expect(fact(talk, "failure_rate")).to_contain_text("0 %")
    expect(fact(talk, "answers")).to_contain_text(re.compile(r"\d answer"))


def test_what_runs_elsewhere_says_what_is_not_known(near: House, new_talk: NewTalk) -> None:
    talk = open_model(new_talk, near, "/models/ollama/far:cloud")
    expect(talk.page.get_by_test_id("price")).to_contain_text("unknown")
    expect(talk.page.get_by_text("what it costs is unknown, not nothing")).to_be_visible()
    expect(talk.page.get_by_test_id("model-served")).to_contain_text("https://ollama.com")
    expect(talk.page.get_by_test_id("memory")).to_contain_text("takes nothing of this machine")
    expect(talk.page.get_by_test_id("stays")).to_have_count(0)


def test_it_is_loaded_kept_and_unloaded(near: House, ollama: Upstream, new_talk: NewTalk) -> None:
    talk = open_model(new_talk, near)
    stays = talk.page.get_by_test_id("stays")
    expect(stays).to_contain_text("Not in memory")
    stays.get_by_label("Keep it so long, this time").fill("soon")
    stays.get_by_role("button", name="Load and keep").click()
    expect(stays.get_by_role("alert")).to_contain_text("-1 for ever")
    expect(stays.get_by_label("Keep it so long, this time")).to_have_value("soon")
    stays.get_by_label("Keep it so long, this time").fill("2h")
    stays.get_by_role("button", name="Load and keep").click()
    expect(stays).to_contain_text("2 hours, as was asked when it was loaded")
    expect(stays).to_contain_text("In memory now.")
    assert ollama.loaded == ["llama3.1:8b"]
    talk.page.get_by_role("button", name="Unload llama3.1:8b").click()
    confirm(talk, "Unload")
    expect(stays).to_contain_text("Not in memory")
    assert ollama.loaded == []


def test_settings_are_checked_while_they_are_typed_and_saved(near: House, new_talk: NewTalk) -> None:
    near.write_config(FILE, json.dumps({"version": 1, "hot_swap": True}, indent=2))
    talk = open_model(new_talk, near)
    keep = setting(talk, "keep_alive")
    keep.get_by_role("textbox").fill("soon")
    problem = keep.get_by_test_id("setting-problem")
    text = {"version": 1, "hot_swap": True, "model_profiles": {"ollama/llama3.1:8b": {"keep_alive": "soon"}}}
    said = near.call("POST", "/config/validate", {"text": json.dumps(text, indent=2), "format": "json"})["problems"][0]
    expect(problem).to_contain_text(said["message"])
    expect(problem).to_contain_text(f"{FILE}, line {said['line']}")
    expect(keep.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    save(talk)
    expect(talk.page.get_by_test_id("toast").first).to_contain_text(said["message"])
    assert own_file(near) == {"version": 1, "hot_swap": True}
    keep.get_by_role("textbox").fill("30m")
    expect(problem).to_have_count(0)
    talk.page.get_by_text("Say what it can do").click()
    coding = setting(talk, "capabilities.coding_strength")
    expect(coding).to_contain_text("Now 0.7 (from a table).")
    coding.get_by_role("textbox").fill("7")
    expect(coding.get_by_test_id("setting-problem")).to_be_visible()
    coding.get_by_role("textbox").fill("0.95")
    setting(talk, "capabilities.supports_vision").get_by_role("combobox").select_option("true")
    expect(talk.page.get_by_test_id("settings-state")).to_contain_text("No problems.")
    save(talk)
    expect(talk.page.get_by_test_id("toast").last).to_contain_text("Settings of llama3.1:8b saved")
    expect(fact(talk, "coding_strength")).to_contain_text("0.95")
    expect(fact(talk, "coding_strength")).to_contain_text("you said so")
    expect(fact(talk, "supports_vision")).to_contain_text("yes")
    expect(talk.page.get_by_test_id("stays")).to_contain_text("30 minutes, as its configuration says")
    capabilities = {"coding_strength": 0.95, "supports_vision": True}
    profile = {"keep_alive": "30m", "capabilities": capabilities}
    assert own_file(near) == {"version": 1, "hot_swap": True, "model_profiles": {"ollama/llama3.1:8b": profile}}
    coding.get_by_role("textbox").fill("")
    save(talk)
    expect(fact(talk, "coding_strength")).to_contain_text("from a table")


def test_who_stands_in_never_goes_in_a_circle(near: House, new_talk: NewTalk) -> None:
    near.write_config(FILE, json.dumps({"version": 1, "fallbacks": {"ollama/small:1b": ["ollama/llama3.1:8b"]}}))
    talk = open_model(new_talk, near)
    field = setting(talk, "fallbacks").get_by_role("textbox")
    field.fill("ollama/small:1b")
    expect(talk.page.get_by_test_id("settings-state")).to_contain_text("1 problem.")
    expect(setting(talk, "fallbacks").get_by_test_id("setting-problem")).to_contain_text("back to where they began")
    field.fill("builtin/search")
    expect(talk.page.get_by_test_id("settings-state")).to_contain_text("No problems.")
    save(talk)
    expect(talk.page.get_by_test_id("toast")).to_contain_text("saved")
    chains = {"ollama/small:1b": ["ollama/llama3.1:8b"], "ollama/llama3.1:8b": ["builtin/search"]}
    assert own_file(near)["fallbacks"] == chains


def test_a_change_elsewhere_in_the_file_is_no_conflict(near: House, new_talk: NewTalk) -> None:
    talk = open_model(new_talk, near)
    talk.page.route("**/api/v1/ws", lambda route: route.abort())
    setting(talk, "keep_alive").get_by_role("textbox").fill("30m")
    near.write_config(FILE, json.dumps({"version": 1, "hot_swap": True}))
    save(talk)
    expect(talk.page.get_by_test_id("toast")).to_contain_text("saved")
    profiles = {"ollama/llama3.1:8b": {"keep_alive": "30m"}}
    assert own_file(near) == {"version": 1, "hot_swap": True, "model_profiles": profiles}


def test_the_same_setting_changed_meanwhile_loses_nothing_of_either(near: House, new_talk: NewTalk) -> None:
    talk = open_model(new_talk, near)
    setting(talk, "keep_alive").get_by_role("textbox").fill("30m")
    theirs = {"version": 1, "hot_swap": True, "model_profiles": {"llama3.1:8b": {"keep_alive": "9m"}}}
    near.write_config(FILE, json.dumps(theirs))
    conflict = talk.page.get_by_test_id("conflict")
    expect(conflict).to_contain_text(f"{FILE} was changed meanwhile")
    expect(conflict.get_by_test_id("contested")).to_contain_text("30m")
    expect(conflict.get_by_test_id("contested")).to_contain_text("9m")
    talk.page.reload()
    expect(conflict.get_by_test_id("contested")).to_contain_text("30m")
    conflict.get_by_role("button", name="Take what is in the file").click()
    expect(setting(talk, "keep_alive").get_by_role("textbox")).to_have_value("9m")
    talk.page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(setting(talk, "keep_alive").get_by_role("textbox")).to_have_value("30m")
    assert own_file(near) == theirs
    conflict.get_by_role("button", name="Save mine").click()
    expect(talk.page.get_by_test_id("toast").last).to_contain_text("saved")
    expect(conflict).to_have_count(0)
    profiles = {"llama3.1:8b": {"keep_alive": "30m"}}
    assert own_file(near) == {"version": 1, "hot_swap": True, "model_profiles": profiles}


def test_what_is_typed_stays_over_a_reload_and_can_be_discarded(near: House, new_talk: NewTalk) -> None:
    talk = open_model(new_talk, near)
    keep = setting(talk, "keep_alive").get_by_role("textbox")
    keep.fill("45m")
    talk.page.reload()
    expect(keep).to_have_value("45m")
    expect(talk.page.get_by_test_id("settings-state")).to_contain_text("Not saved yet")
    talk.page.get_by_role("button", name="Discard changes").click()
    expect(keep).to_have_value("")
    talk.page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(keep).to_have_value("45m")


def test_what_decides_in_its_place_is_named(near: House, new_talk: NewTalk) -> None:
    weaker = {"version": 1, "model_profiles": {"llama3.1:8b": {"keep_alive": "7m"}}}
    near.write_config("models.json", json.dumps(weaker))
    talk = open_model(new_talk, near)
    expect(setting(talk, "keep_alive")).to_contain_text("In force: 7m, from models.json.")


def test_a_file_that_cannot_be_read_is_left_alone(near: House, new_talk: NewTalk) -> None:
    near.write_config(FILE, '{ "version": 1, ')
    talk = open_model(new_talk, near)
    talk.page.get_by_test_id("unreadable").get_by_role("link", name="See what is wrong with it").click()
    expect(talk.page.get_by_test_id("code")).to_have_value('{ "version": 1, ')


def test_a_model_that_is_not_here_is_refused_in_the_servers_words(near: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=near)
    visit(talk, "/models/ollama/llama3.1:8c")
    expect(talk.page.get_by_role("alert")).to_contain_text("did you mean 'ollama/llama3.1:8b'?")
    talk.page.get_by_role("link", name="All models").click()
    expect(row(talk, "ollama/small:1b")).to_be_visible()


def test_the_palette_leads_there_and_does_what_can_be_done(near: House, ollama: Upstream, new_talk: NewTalk) -> None:
    talk = new_talk(to=near)
    talk.open()
    talk.command("ollama/llama3.1:8b")
    expect(talk.page).to_have_url(near.url + PAGE)
    expect(talk.page.get_by_test_id("capabilities")).to_be_visible()
    talk.command("Load llama3.1:8b")
    expect(talk.page.get_by_test_id("stays")).to_contain_text("In memory now.")
    assert ollama.loaded == ["llama3.1:8b"]
    talk.command("Settings of this model")
    expect(talk.page.get_by_test_id("model-settings")).to_be_in_viewport()
    talk.command("Let it answer: llama3.1:8b")
    expect(talk.page.get_by_role("dialog")).to_contain_text("In the place of")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ux_18_a_model(near: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    near.write_config(FILE, json.dumps({"version": 1, "model_profiles": {"llama3.1:8b": {"keep_alive": "1h"}}}))
    talk = open_model(new_talk, near, size=size, dark=dark)
    talk.page.get_by_text("Say what it can do").click()
    talk.page.get_by_text("How freely it answers, by role").click()
    setting(talk, "capabilities.context_length").get_by_role("textbox").fill("many")
    expect(setting(talk, "capabilities.context_length").get_by_test_id("setting-problem")).to_be_visible()
    check(talk, "a model")
    setting(talk, "keep_alive").get_by_role("textbox").fill("30m")
    near.write_config(FILE, json.dumps({"version": 1, "model_profiles": {"llama3.1:8b": {"keep_alive": "9m"}}}))
    expect(talk.page.get_by_test_id("conflict")).to_be_visible()
    check(talk, "a conflict")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ux_18_a_model_that_is_not_here(near: House, new_talk: NewTalk, dark: bool) -> None:
    talk = new_talk(to=near, size=PHONE, dark=dark)
    visit(talk, "/models/ollama/nothing-of-the-kind-with-quite-a-long-name:70b-instruct-q4_K_M")
    expect(talk.page.get_by_role("alert")).to_be_visible()
    check(talk, "no such model")
