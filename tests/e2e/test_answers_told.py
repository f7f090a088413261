"""What an answer and the menu of models say: UX statement 19, who stood in, and what fits, costs and how fast."""

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import NewTalk
from e2e.house import House
from e2e.talk import Talk
from fakes.ollama_wire import OllamaModel
from fakes.steps import Fail, Finish, Hang, Hold, Say, Wait
from fakes.upstream import Upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

CONFIGURED = {
    "version": 1,
    "fallbacks": {"box/first": ["box/second"]},
    "pools": {"both": ["box/first", "box/second"]},
}
TOLD = [Wait(0.05), *[step for _ in range(20) for step in (Say("word "), Wait(0.01))], Finish("stop", 30, 20)]


@pytest.fixture
def box() -> Iterator[Upstream]:
    """Return a model server of this test's own."""
    with Upstream() as server:
        server.models = [
            OllamaModel("first", size=2_000_000_000, digest="a" * 64),
            OllamaModel("second", size=1_000_000_000, digest="b" * 64),
            OllamaModel("huge", size=900_000_000_000, digest="c" * 64),
            OllamaModel("vectors", capabilities=("embedding",), size=200_000_000, digest="d" * 64),
        ]
        yield server


@pytest.fixture
def boxed(tmp_path: Path, box: Upstream) -> Iterator[House]:
    """Return a server with those models, a chain and a pool."""
    # What is silent stays with the model that is asked, however slow the machine.
    with House(tmp_path / "boxed", environment={"MECUM_MODELS__FIRST_WORD": "600"}) as house:
        house.call("PUT", "/config/files/user_models.json", {"text": json.dumps(CONFIGURED)})
        house.call("POST", "/endpoints", {"name": "box", "wire": "ollama", "base_url": box.url})
        house.call("POST", "/models/refresh")
        yield house


def test_ux_19_an_answer_says_what_it_took(boxed: House, box: Upstream, new_talk: NewTalk) -> None:
    box.script("first", TOLD)
    talk = new_talk(to=boxed)
    talk.open()
    talk.choose_model("first")
    talk.send("Count the words.")
    answer = talk.settled()
    info = answer.get_by_test_id("info")
    expect(info).to_have_text(re.compile(r"^first · 20 tokens · (\d+ ms|\d\.\d s) · local$"))
    info.click()
    trace = talk.page.get_by_role("dialog", name="How this answer was made")
    run = boxed.call("GET", f"/conversations/{talk.conversation_id()}/messages")["items"][-1]["run_id"]
    for fact in ("box/first", "You chose it.", "prompt_eval_count 30", "Took", run):
        expect(trace).to_contain_text(fact)
    expect(trace.get_by_test_id("context-report")).to_be_visible()
    talk.page.keyboard.press("Escape")
    expect(trace).to_be_hidden()
    expect(info).to_be_focused()


def test_ux_19_the_trace_says_why_each_other_model_was_not_taken(
    boxed: House, box: Upstream, new_talk: NewTalk
) -> None:
    box.script("first", TOLD)
    talk = new_talk(to=boxed)
    talk.open()
    talk.send("Count the words.")
    talk.settled().get_by_test_id("info").click()
    considered = talk.page.get_by_test_id("selection")
    expect(considered).to_contain_text("As it was then")

    def ruled(rule: str) -> Locator:
        return considered.locator(f"[data-testid=candidate][data-rule={rule}]")

    expect(ruled("chosen")).to_contain_text("box/first")
    expect(ruled("memory")).to_contain_text(re.compile(r"it needs [\d,.]+ GB", re.IGNORECASE))
    for rule in ("order", "kind"):
        expect(ruled(rule).first).to_be_visible()


def test_ux_19_an_unknown_cost_is_not_nothing(boxed: House, box: Upstream, new_talk: NewTalk) -> None:
    box.script("first", TOLD)
    ident = boxed.say("Count.", model="box/first")["conversation_id"]
    talk = new_talk(to=boxed)
    page = boxed.call("GET", f"/conversations/{ident}/messages")
    shown = dict(page["items"][-1], cost={"amount": 0.00021, "currency": "USD"})
    talk.page.route(
        f"**/conversations/{ident}/messages*",
        lambda route: route.fulfill(json={**page, "items": [page["items"][0], shown]}),
    )
    talk.open(f"/c/{ident}")
    expect(talk.settled().get_by_test_id("info")).to_contain_text("$0.00021")


def test_another_model_stood_in_and_says_so(boxed: House, box: Upstream, new_talk: NewTalk) -> None:
    box.script("first", [Fail(429, "slow down")])
    go_on = threading.Event()
    box.script("second", [Wait(0.5), Say("I stand"), Hold(go_on), Say(" in.")])
    talk = new_talk(to=boxed)
    talk.open()
    talk.choose_model("first")
    talk.send("Are you there?")
    reason = "box/first did not answer (limited); box/second stood in."
    expect(talk.answers.get_by_test_id("stood-in")).to_have_text(reason)
    expect(talk.answers).to_contain_text("I stand")
    talk.page.reload()
    expect(talk.answers.get_by_test_id("stood-in")).to_have_text(reason)
    expect(talk.answers).to_have_attribute("data-state", "writing")
    go_on.set()
    answer = talk.settled()
    talk.page.reload()
    expect(answer.get_by_test_id("stood-in")).to_have_text(reason)
    expect(answer.get_by_test_id("info")).to_contain_text("second · stood in for box/first")
    answer.get_by_test_id("info").click()
    expect(talk.page.get_by_test_id("trace")).to_contain_text(re.compile(r"In the place of\s*box/first"))


def test_a_stand_in_for_one_that_is_away_is_said_while_it_answers(
    boxed: House, box: Upstream, new_talk: NewTalk
) -> None:
    chain = {**CONFIGURED, "fallbacks": {"gone/first": ["box/second"]}}
    boxed.write_config("user_models.json", json.dumps(chain))
    boxed.call("POST", "/endpoints", {"name": "gone", "wire": "ollama", "base_url": "http://127.0.0.1:9"})
    box.script("second", [Say("Here.")])
    ident = boxed.say("Hello.", model="box/second")["conversation_id"]
    boxed.call("PATCH", f"/conversations/{ident}", {"config": {"model": "gone/first"}})
    box.script("second", [Say("I stand"), Hang()])
    talk = new_talk(to=boxed)
    talk.open(f"/c/{ident}")
    talk.send("Are you there?")
    talk.writing("I stand")
    expect(talk.answers.last).to_have_attribute("data-state", "writing")
    note = talk.answers.last.get_by_test_id("stood-in")
    expect(note).to_have_text("gone/first did not answer (unavailable); box/second stood in.")
    talk.stop.click()
    expect(talk.answers.last).to_have_attribute("data-state", "cancelled")
    expect(note).to_be_visible()


def test_a_pool_says_which_member_answered(boxed: House, box: Upstream, new_talk: NewTalk) -> None:
    for name in ("first", "second"):
        box.script(name, [Say("One of us.")])
    run = boxed.say("Who of you?", model="pool/both")
    message = boxed.call("GET", f"/messages/{run['message_id']}")
    served = message["metadata"]["served_by"]
    assert served in ("box/first", "box/second")
    talk = new_talk(to=boxed)
    talk.open(f"/c/{run['conversation_id']}")
    info = talk.settled().get_by_test_id("info")
    expect(info).to_contain_text(f"both · from {served}")
    info.click()
    expect(talk.page.get_by_test_id("trace")).to_contain_text(re.compile(rf"Answered by\s*{served}"))


def entry(talk: Talk, name: str) -> Locator:
    """A model in the menu."""
    return talk.page.get_by_role("menuitemradio").filter(has_text=re.compile(f"^{name}"))


def test_the_menu_says_fit_speed_and_kind(boxed: House, box: Upstream, new_talk: NewTalk) -> None:
    box.script("second", TOLD)
    boxed.say("Count.", model="box/second")
    talk = new_talk(to=boxed)
    talk.open()
    talk.page.get_by_test_id("model-menu").click()
    second = entry(talk, "second")
    expect(second).to_contain_text(re.compile(r"fits in 1\.\d GB · \d[\d.]* tokens/s"))
    expect(second).to_contain_text("local")
    told = r"does not fit now · takes 900\.\d GB with [\d,]+ tokens of context, and [\d.]+ GB are free · "
    expect(entry(talk, "huge")).to_contain_text(re.compile(told))
    vectors = talk.page.get_by_role("menuitemradio").filter(has_text="vectors").first
    expect(vectors).to_contain_text("makes vectors")
    expect(vectors).to_have_attribute("aria-disabled", "true")


def test_the_menu_says_what_it_costs(boxed: House, new_talk: NewTalk) -> None:
    talk = new_talk(to=boxed)
    listed = boxed.call("GET", "/models")
    far = {**listed["items"][0], "ref": "far/dear", "name": "dear", "endpoint": "far", "local": False}
    unpriced = {**far, "ref": "far/free", "name": "unpriced"}
    price = {"input": 2.5, "output": 10.0, "cached": 1.25, "currency": "USD", "table": "a table", "table_date": None}
    talk.page.route("**/api/v1/models", lambda route: route.fulfill(json={**listed, "items": [far, unpriced]}))
    talk.page.route(
        "**/models/figures",
        lambda route: route.fulfill(json={"items": [{"ref": "far/dear", "price": price, "measured": None}]}),
    )
    talk.open()
    talk.page.get_by_test_id("model-menu").click()
    dear = entry(talk, "dear")
    expect(dear).to_contain_text("$2.50 / $10.00 per million tokens")
    expect(dear).to_contain_text("cloud")
    expect(entry(talk, "unpriced")).to_contain_text("price unknown")


@pytest.mark.parametrize(("model", "how"), [("first", "button"), ("first", "Escape"), ("second", "Escape")])
def test_a_silent_model_is_said_and_can_be_cancelled(
    boxed: House, box: Upstream, new_talk: NewTalk, model: str, how: str
) -> None:
    box.script(model, [Hang()])
    talk = new_talk(to=boxed)
    talk.open()
    talk.choose_model(model)
    talk.send("Are you there?")
    phase = talk.answers.get_by_test_id("phase")
    expect(phase).to_contain_text(f"Still waiting for box/{model}", timeout=60_000)
    talk.composer.fill("The next one, begun.")
    if how == "button":
        talk.stop.click()
    else:
        talk.page.keyboard.press("Escape")
    expect(talk.answers).to_have_attribute("data-state", "cancelled")
    expect(phase).to_be_hidden()
    expect(talk.composer).to_have_value("The next one, begun.")
    box.wait_for(aborts=1)
    talk.page.reload()
    expect(talk.answers).to_have_attribute("data-state", "cancelled")
    # Who cancels wants no stand-in either.
    assert [one.model for one in box.answers()] == [model]
