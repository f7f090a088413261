"""The models page: what is here, what would fit, fetching, servers and consent, loading and swapping."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewTalk
from e2e.house import House
from e2e.models_place import CLOUD, EMBEDDER, HUGE, OTHER, SMALL, alert, confirm, endpoint, row, visit
from e2e.shelf import Shelf
from fakes.gguf_files import llama, write_gguf
from fakes.ollama_wire import OllamaModel
from fakes.steps import Finish, Say, Wait
from fakes.upstream import Upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def ollama() -> Iterator[Upstream]:
    """Return an Ollama of this test's own."""
    with Upstream() as server:
        server.models = [SMALL, OTHER, HUGE, EMBEDDER, CLOUD]
        yield server


@pytest.fixture
def near(tmp_path: Path, ollama: Upstream) -> Iterator[House]:
    """Return a server that finds this Ollama by itself."""
    with House(tmp_path / "near", environment={"MECUM_MODELS__OLLAMA_URL": ollama.url}) as house:
        house.call("POST", "/models/refresh")
        yield house


def test_what_is_here_and_which_one_answers(near: House, ollama: Upstream, new_talk: NewTalk) -> None:
    ollama.script(
        "small:1b",
        [Wait(0.05), *[step for _ in range(20) for step in (Say("word "), Wait(0.01))], Finish("stop", 9, 20)],
    )
    near.say("Hello", model="ollama/small:1b")
    talk = new_talk(to=near)
    visit(talk, "/models")
    chosen = talk.page.get_by_test_id("answers-by-itself")
    default = near.call("GET", "/models")["default"]
    expect(chosen).to_contain_text(default["ref"].removeprefix("ollama/"))
    expect(chosen).to_contain_text(default["reason"])
    chosen.get_by_text("Why not another?").click()
    expect(chosen.get_by_role("listitem").filter(has_text="huge:400b")).to_contain_text("needs 9")
    expect(talk.page.locator("[data-testid=server][data-server=ollama]").get_by_test_id("model")).to_have_count(5)
    small = row(talk, "ollama/small:1b")
    expect(small).to_contain_text("local")
    expect(small).to_contain_text("131,072 tokens")
    expect(small).to_contain_text("uses tools")
    expect(small).to_contain_text(re.compile(r"Speed\s*\d[\d.]* tokens/s"))
    expect(small).to_contain_text(re.compile(r"First word\s*(\d+ ms|\d\.\d s)"))
    expect(small).to_contain_text(re.compile(r"Failures\s*0 %"))
    expect(small).to_contain_text("fits in 1.")
    expect(row(talk, "ollama/huge:400b")).to_contain_text("does not fit now")
    expect(row(talk, "ollama/vectors")).to_contain_text("makes vectors")
    expect(row(talk, "ollama/vectors").get_by_role("button")).to_have_count(0)
    expect(row(talk, "ollama/far:cloud")).to_contain_text("cloud")
    ollama.add(OllamaModel("late:3b", digest="f" * 64))
    talk.page.get_by_role("button", name="Look again").click()
    expect(row(talk, "ollama/late:3b")).to_be_visible()


def test_many_models_are_found_by_their_name(near: House, ollama: Upstream, new_talk: NewTalk) -> None:
    ollama.add(*(OllamaModel(f"many-{number:02}", digest=f"{number:064}") for number in range(20)))
    near.call("POST", "/models/refresh")
    talk = new_talk(to=near)
    visit(talk, "/models")
    expect(talk.page.get_by_test_id("model")).to_have_count(9)
    talk.page.get_by_role("button", name="Show all 25").click()
    expect(talk.page.get_by_test_id("model")).to_have_count(26)
    talk.page.get_by_label("Find a model").fill("MANY-1")
    expect(talk.page.get_by_test_id("model")).to_have_count(10)
    talk.page.get_by_label("Find a model").fill("nothing like it")
    expect(talk.page.get_by_text("No model here has “nothing like it” in its name.")).to_be_visible()


def test_loading_and_unloading(near: House, ollama: Upstream, new_talk: NewTalk) -> None:
    talk = new_talk(to=near)
    visit(talk, "/models")
    talk.page.get_by_role("button", name="Load small:1b").click()
    confirm(talk, "Load", says="leaves first")
    expect(row(talk, "ollama/small:1b")).to_contain_text("in memory")
    assert ollama.loaded == ["small:1b"]
    talk.page.get_by_role("button", name="Unload small:1b").click()
    confirm(talk, "Unload", says="end first")
    expect(row(talk, "ollama/small:1b")).not_to_contain_text("in memory")
    assert ollama.loaded == []


def test_swapping_shows_how_to_switch_it_on(near: House, ollama: Upstream, new_talk: NewTalk) -> None:
    ollama.script("small:1b", [Say("The small one speaks.")])
    talk = new_talk(to=near)
    visit(talk, "/models")
    talk.page.get_by_role("button", name="Let it answer: small:1b").click()
    dialog = talk.page.get_by_role("dialog")
    swap = dialog.get_by_role("button", name="Swap", exact=True)
    expect(dialog).to_contain_text("end on the model they began with")
    expect(swap).to_be_disabled()
    dialog.get_by_role("button", name="Switch swapping on").click()
    expect(dialog.get_by_test_id("swap-off")).to_be_hidden()
    file = near.call("GET", "/config/files/user_models.json")
    assert json.loads(file["text"]) == {"version": 1, "hot_swap": True}
    swap.click()
    expect(dialog).to_be_hidden()
    chosen = talk.page.get_by_test_id("answers-by-itself")
    expect(chosen).to_contain_text("small:1b answers in the place of whatever answers by itself")
    answered = near.say("Who answers?")
    assert answered["model"] == "ollama/small:1b"
    chosen.get_by_role("button", name="Swap back").click()
    expect(chosen).not_to_contain_text("in the place of")
    assert near.call("GET", "/models/swaps")["items"] == []


def test_switching_swapping_on_keeps_what_the_file_says(near: House, new_talk: NewTalk) -> None:
    own = {"version": 1, "fallbacks": {"ollama/small:1b": ["ollama/other:2b"]}}
    near.call("PUT", "/config/files/user_models.json", {"text": json.dumps(own)})
    talk = new_talk(to=near)
    visit(talk, "/models")
    talk.page.get_by_role("button", name="Let it answer: small:1b").click()
    dialog = talk.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Switch swapping on").click()
    expect(dialog.get_by_test_id("swap-off")).to_be_hidden()
    assert json.loads(near.call("GET", "/config/files/user_models.json")["text"]) == {**own, "hot_swap": True}


def test_what_would_fit(near: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=near)
    visit(talk, "/models/get")
    offers = talk.page.get_by_test_id("offer")
    expect(offers.first).to_be_visible()
    listed = near.call("GET", "/models/catalogue?context=8192")["items"]
    fitting = [item for item in listed if item["fits"] != "no"]
    expect(offers).to_have_count(len(fitting))
    small = talk.page.locator(f'[data-testid=offer][data-name="{fitting[0]["name"]}"]')
    expect(small).to_contain_text("tokens/s (estimate)")
    small.locator("summary").click()
    expect(small).to_contain_text(fitting[0]["speed_method"])
    expect(small).to_contain_text(fitting[0]["sources"][0])
    talk.page.get_by_label("Quantisation").select_option("Q8_0")
    expect(small).to_contain_text("Q8_0")
    before = small.locator("summary").text_content()
    assert before
    talk.page.get_by_label("Context to count with").select_option("2048")
    expect(small.locator("summary")).not_to_have_text(before)
    talk.page.get_by_label("Show").select_option("all")
    expect(offers).to_have_count(len(listed))


def test_a_pull_through_ollama_fails_in_words(near: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=near)
    visit(talk, "/models/get")
    talk.page.get_by_role("button", name="Pull Qwen3-0.6B").click()
    pull = talk.page.get_by_test_id("pull").first
    expect(pull).to_contain_text("ollama:qwen3:0.6b")
    expect(pull).to_have_attribute("data-state", "failed", timeout=20_000)
    said = near.call("GET", "/models/pulls")["items"][0]["detail"]
    assert said
    expect(pull.get_by_role("alert")).to_have_text(said)


def test_without_ollama_it_says_how_to_get_it(bare_house: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=bare_house)
    talk.open()
    expect(talk.page.get_by_test_id("fitting")).to_contain_text("would fit this machine")
    talk.page.get_by_test_id("fitting").click()
    expect(talk.page.get_by_test_id("no-ollama")).to_contain_text("Start it, then look again")
    expect(talk.page.get_by_test_id("offer").first).to_be_visible()
    expect(talk.page.get_by_role("button", name="Pull ")).to_have_count(0)


def test_fetching_by_address(bare_house: House, new_talk: NewTalk, tmp_path: Path) -> None:
    data = write_gguf(tmp_path / "tiny.gguf", llama()).read_bytes()
    talk = new_talk(to=bare_house)
    with Shelf(data) as shelf:
        visit(talk, "/models/get")
        address, checksum = talk.page.get_by_label("Address or ollama:NAME"), talk.page.get_by_label("SHA-256")
        address.fill(f"{shelf.url}/held/tiny.gguf")
        checksum.fill(hashlib.sha256(data).hexdigest())
        talk.page.get_by_role("button", name="Fetch").click()
        bar = talk.page.get_by_role("progressbar")
        expect(bar).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]\d?$"))
        expect(address).to_have_value("")
        shelf.go_on.set()
        pull = talk.page.get_by_test_id("pull").first
        expect(pull).to_have_attribute("data-state", "done")
        expect(pull).to_contain_text("its checksum is the one you gave")
        expect(bar).to_have_count(0)
        talk.page.get_by_role("link", name="Here").click()
        expect(row(talk, "llama_cpp/tiny")).to_contain_text("Takes")


def test_a_fetch_is_cancelled_or_refused_in_words(bare_house: House, new_talk: NewTalk, tmp_path: Path) -> None:
    data = write_gguf(tmp_path / "tiny.gguf", llama()).read_bytes()
    talk = new_talk(to=bare_house)
    with Shelf(data) as shelf:
        visit(talk, "/models/get")
        address, checksum = talk.page.get_by_label("Address or ollama:NAME"), talk.page.get_by_label("SHA-256")
        fetch = talk.page.get_by_role("button", name="Fetch")
        address.fill("nothing://of the kind")
        checksum.fill("abc")
        fetch.click()
        expect(alert(talk)).to_be_visible()
        expect(address).to_have_value("nothing://of the kind")
        expect(checksum).to_have_value("abc")
        address.fill(f"{shelf.url}/tiny.gguf")
        checksum.fill("0" * 64)
        fetch.click()
        pull = talk.page.get_by_test_id("pull").first
        expect(pull).to_have_attribute("data-state", "failed", timeout=20_000)
        expect(pull.get_by_role("alert")).to_contain_text(bare_house.call("GET", "/models/pulls")["items"][0]["detail"])
        address.fill(f"{shelf.url}/held/tiny.gguf")
        fetch.click()
        expect(talk.page.get_by_role("progressbar")).to_be_visible()
        pull.get_by_role("button", name="Cancel").click()
        expect(pull).to_have_attribute("data-state", "cancelled")
        expect(talk.page.get_by_role("progressbar")).to_have_count(0)
    assert all(model["provider"] != "llama_cpp" for model in bare_house.call("GET", "/models")["items"])


def test_a_file_is_uploaded_or_refused_in_words(bare_house: House, new_talk: NewTalk, tmp_path: Path) -> None:
    whole = write_gguf(tmp_path / "whole.gguf", llama())
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"no model at all")
    talk = new_talk(to=bare_house)
    visit(talk, "/models/get")
    talk.page.get_by_test_id("model-file").set_input_files(wrong)
    expect(alert(talk)).to_contain_text("wrong.gguf: ")
    talk.page.get_by_test_id("model-file").set_input_files(whole)
    expect(talk.page.get_by_test_id("toast").filter(has_text="whole is ready")).to_be_visible()
    expect(alert(talk)).to_have_count(0)
    talk.page.get_by_role("link", name="Here").click()
    expect(row(talk, "llama_cpp/whole")).to_contain_text("Takes")


def test_a_server_from_its_beginning_to_its_end(bare_house: House, new_talk: NewTalk, models: Upstream) -> None:
    talk = new_talk(to=bare_house)
    visit(talk, "/models/servers")
    page = talk.page
    page.get_by_label("Name").fill("My Studio")
    page.get_by_role("textbox", name="Address").fill(f"{models.url}/v1")
    expect(page.get_by_test_id("consent")).to_be_hidden()
    page.get_by_role("button", name="Add server").click()
    studio = endpoint(talk, "my-studio")
    expect(studio).to_contain_text("this machine")
    studio.get_by_role("button", name="Test").click()
    expect(studio.get_by_role("status")).to_contain_text(re.compile(r"It answers, in \d+ ms\. \d+ models"))
    page.get_by_label("Name").fill("My Studio")
    page.get_by_role("textbox", name="Address").fill(f"{models.url}/v1")
    page.get_by_role("button", name="Add server").click()
    expect(alert(talk)).to_contain_text("already")
    expect(page.get_by_role("textbox", name="Address")).to_have_value(f"{models.url}/v1")
    studio.get_by_role("button", name="Remove").click()
    confirm(talk, "Remove")
    expect(studio).to_be_hidden()


def test_a_server_that_is_none_says_so(bare_house: House, new_talk: NewTalk) -> None:
    with Shelf(b"") as shelf:
        bare_house.call("POST", "/endpoints", {"name": "site", "wire": "openai", "base_url": f"{shelf.url}/page"})
        talk = new_talk(to=bare_house)
        visit(talk, "/models/servers")
        site = endpoint(talk, "site")
        site.get_by_role("button", name="Test").click()
        ident = bare_house.call("GET", "/endpoints")["items"][0]["id"]
        said = bare_house.call("POST", f"/endpoints/{ident}/test")
        expect(site.get_by_role("status")).to_contain_text(said["detail"])
        expect(site.get_by_role("status")).to_contain_text(said["code"])


def test_beyond_this_machine_it_asks_plainly(bare_house: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=bare_house)
    visit(talk, "/models/servers")
    page = talk.page
    page.get_by_role("button", name="Google", exact=True).click()
    expect(page.get_by_label("Name")).to_have_value("google")
    expect(page.get_by_role("textbox", name="Address")).to_have_value("https://generativelanguage.googleapis.com")
    expect(page.get_by_label("Kind")).to_have_value("google")
    page.get_by_role("button", name="OpenAI", exact=True).click()
    consent = page.get_by_test_id("consent")
    expect(consent).to_contain_text("are sent to api.openai.com")
    expect(consent.get_by_role("checkbox")).not_to_be_checked()
    page.get_by_role("textbox", name="Address").fill("https://models.example.org/v1")
    page.get_by_label("API key").fill("sk-secret")
    page.get_by_role("button", name="Add server").click()
    row_ = endpoint(talk, "openai")
    expect(row_).to_contain_text("not agreed")
    expect(row_).to_contain_text("key stored")
    assert bare_house.call("GET", "/privacy/egress")["items"] == []
    row_.get_by_role("button", name="Agree").click()
    confirm(talk, "Agree to send to openai", says="is sent to https://models.example.org")
    expect(row_).to_contain_text("You agreed on")
    row_.get_by_role("button", name="Take back").click()
    confirm(talk, "Take back", says="nothing is sent to https://models.example.org")
    expect(row_).to_contain_text("not agreed")
    assert bare_house.call("GET", "/privacy/consents")["items"][-1]["consented"] is False


def test_what_may_not_leave_offers_the_way_out(near: House, ollama: Upstream, new_talk: NewTalk) -> None:
    ollama.script("far:cloud", [Say("From far away.")])
    talk = new_talk(to=near)
    talk.open()
    talk.choose_model("far:cloud")
    talk.send("Who is there?")
    refused = talk.page.get_by_test_id("delivery")
    expect(refused).to_contain_text("Nobody agreed yet")
    refused.get_by_role("button", name="Agree to send to ollama").click()
    confirm(talk, "Agree", says="https://ollama.com")
    talk.settled()
    talk.shows("From far away.")
    expect(talk.bubbles).to_have_count(1)
    assert len(near.call("GET", "/conversations")["items"]) == 1
    near.call("DELETE", "/privacy/consents/ollama")
    talk.answers.get_by_role("button", name="Answer again").click()
    refused = talk.answers.get_by_test_id("not-asked")
    expect(refused).to_contain_text("Nobody agreed yet")
    expect(talk.answers).to_have_attribute("data-state", "complete")
    # The answer that is there stays.
    talk.shows("From far away.")
    refused.get_by_role("button", name="Agree to send to ollama").click()
    confirm(talk, "Agree")
    expect(refused).to_be_hidden()
    talk.settled()
    expect(talk.answers.get_by_test_id("branches")).to_contain_text("2 / 2")
