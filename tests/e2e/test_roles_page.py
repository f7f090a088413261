"""Roles on the page: which model fills each and why, what is lacking, and which models a person prefers."""

import json

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import PHONE, NewTalk
from e2e.house import House
from e2e.talk import Talk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

ROLES = "/settings/workspace/roles"
ASKING = {
    "version": 1,
    "role_mappings": {
        "planner": {
            "preferred": ["mistral:latest", "fake/fake-small", "fake/fake-main"],
            "requirements": {"context_length_min": 8000},
        }
    },
}
TOO_MUCH = {"version": 1, "role_mappings": {"planner": {"requirements": {"memory_gb_max": 0.5}}}}


def visit(new_talk: NewTalk, house: House, path: str, **more: object) -> Talk:
    """Open a place of the settings."""
    talk = new_talk(to=house, **more)
    talk.page.goto(house.url + path)
    expect(talk.page.get_by_role("heading", level=2).first).to_be_visible()
    return talk


def user_file(house: House) -> dict[str, object]:
    """What the person's own file says."""
    return json.loads((house.data / "config" / "user_models.json").read_text("utf-8"))


def prefer(talk: Talk, name: str) -> None:
    """Add a model to those that are preferred."""
    talk.page.get_by_label("Prefer a model", exact=True).fill(name)
    talk.page.get_by_role("button", name="Add", exact=True).click()


def preferred(talk: Talk) -> Locator:
    return talk.page.get_by_test_id("preferred")


def save_preferred(talk: Talk) -> None:
    """Save the models that are preferred; the two by difficulty, below them, are saved on their own."""
    talk.page.get_by_test_id("preferences").get_by_role("button", name="Save", exact=True).click()


def test_each_role_has_its_model_and_the_reason(new_talk: NewTalk, settings_house: House) -> None:
    told = {role["role"]: role for role in settings_house.call("GET", "/roles")["items"]}
    talk = visit(new_talk, settings_house, ROLES)
    expect(talk.page.get_by_test_id("role")).to_have_count(len(told))
    chat = talk.page.locator("[data-role=chat]")
    expect(chat).to_contain_text(told["chat"]["chosen"])
    expect(chat).to_contain_text(told["chat"]["reason"])
    embedder = talk.page.locator("[data-role=embedder]")
    expect(embedder).to_contain_text("Lacks something")
    expect(embedder).to_contain_text("No model here makes vectors")


def test_every_candidate_has_its_rule_and_numbers_on_a_phone(new_talk: NewTalk, settings_house: House) -> None:
    settings_house.write_config("user_models.json", json.dumps(ASKING))
    told = settings_house.call("GET", "/roles/planner")
    talk = visit(new_talk, settings_house, f"{ROLES}/planner", size=PHONE)
    candidates = talk.page.get_by_test_id("candidate")
    expect(candidates).to_have_count(len(told["considered"]))
    for number, one in enumerate(told["considered"]):
        expect(candidates.nth(number)).to_have_attribute("data-rule", one["rule"] or "chosen")
    expect(candidates.nth(0)).to_contain_text("There is no such model here")
    expect(candidates.nth(1)).to_contain_text("context window is 512 tokens, 8,000 tokens are asked for")
    expect(candidates.nth(2)).to_contain_text("Chosen")
    expect(talk.page.get_by_text("window of 8,000 tokens or more")).to_be_visible()


def test_a_preferred_model_is_saved_and_taken(new_talk: NewTalk, settings_house: House) -> None:
    talk = visit(new_talk, settings_house, f"{ROLES}/critic")
    prefer(talk, "fake/fake-main")
    prefer(talk, "fake/fake-small")
    preferred(talk).nth(1).get_by_role("button", name="Move fake/fake-small up").click()
    expect(preferred(talk).nth(0)).to_contain_text("fake/fake-small")
    expect(talk.page.get_by_test_id("live-region")).to_have_text("fake/fake-small is number 1 now")
    save_preferred(talk)
    expect(talk.page.get_by_test_id("chosen")).to_contain_text("Your first choice for critic.")
    expect(talk.page.get_by_test_id("chosen")).to_contain_text("fake/fake-small")
    expected = {"critic": {"preferred": ["fake/fake-small", "fake/fake-main"]}}
    assert user_file(settings_house) == {"version": 1, "role_mappings": expected}


def test_a_file_changed_meanwhile_loses_nothing_of_either(new_talk: NewTalk, settings_house: House) -> None:
    talk = visit(new_talk, settings_house, f"{ROLES}/critic")
    talk.page.route("**/api/v1/ws", lambda route: route.abort())
    prefer(talk, "fake/fake-main")
    theirs = {"version": 1, "hot_swap": True, "role_mappings": {"critic": {"preferred": ["fake/fake-small"]}}}
    settings_house.write_config("user_models.json", json.dumps(theirs))
    save_preferred(talk)
    conflict = talk.page.get_by_test_id("conflict")
    expect(conflict).to_contain_text("user_models.json was changed meanwhile")
    expect(conflict).to_contain_text("fake/fake-main")
    expect(conflict).to_contain_text("fake/fake-small")
    assert user_file(settings_house) == theirs
    talk.page.reload()
    expect(talk.page.get_by_test_id("conflict")).to_contain_text("fake/fake-main")
    conflict.get_by_role("button", name="Save mine").click()
    expect(talk.page.get_by_test_id("toast").first).to_contain_text("saved")
    expect(conflict).to_be_hidden()
    mine = {"version": 1, "hot_swap": True, "role_mappings": {"critic": {"preferred": ["fake/fake-main"]}}}
    assert user_file(settings_house) == mine


def test_taking_what_is_in_the_file_can_be_undone(new_talk: NewTalk, settings_house: House) -> None:
    talk = visit(new_talk, settings_house, f"{ROLES}/critic")
    prefer(talk, "fake/fake-main")
    theirs = {"version": 1, "role_mappings": {"critic": {"preferred": ["fake/fake-small"]}}}
    settings_house.write_config("user_models.json", json.dumps(theirs))
    conflict = talk.page.get_by_test_id("conflict")
    conflict.get_by_role("button", name="Take what is in the file").click()
    expect(preferred(talk)).to_have_text(["1fake/fake-small"])
    talk.page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(preferred(talk)).to_have_text(["1fake/fake-main"])
    assert user_file(settings_house) == theirs


def test_a_preferred_model_of_a_silent_server_leads_to_the_servers(new_talk: NewTalk, settings_house: House) -> None:
    gone = {"name": "gone", "wire": "openai", "base_url": "http://127.0.0.1:9/v1"}
    made = settings_house.call("POST", "/endpoints", gone)
    settings_house.write_config(
        "user_models.json", json.dumps({"version": 1, "role_mappings": {"planner": {"preferred": ["gone/large"]}}})
    )
    try:
        told = settings_house.call("GET", "/roles/planner")["considered"][0]
        assert (told["named"], told["rule"]) == ("gone/large", "unavailable")
        talk = visit(new_talk, settings_house, f"{ROLES}/planner", size=PHONE)
        first = talk.page.get_by_test_id("candidate").first
        expect(first).to_contain_text("Its server gone does not answer since ")
        expect(first).to_contain_text("start it, or mend its address, and look for models again")
        first.get_by_role("link", name="Model servers", exact=True).click()
        expect(talk.page).to_have_url(f"{settings_house.url}/models/servers")
    finally:
        settings_house.call("DELETE", f"/endpoints/{made['id']}")


def test_a_file_that_cannot_be_read_is_left_alone(new_talk: NewTalk, settings_house: House) -> None:
    settings_house.write_config("user_models.json", '{ "version": 1, ')
    talk = visit(new_talk, settings_house, f"{ROLES}/critic")
    talk.page.get_by_role("link", name="See what is wrong with it").click()
    expect(talk.page.get_by_test_id("code")).to_have_value('{ "version": 1, ')
    expect(talk.page.get_by_test_id("problems")).to_be_visible()


def test_a_profile_that_covers_the_file_is_named(new_talk: NewTalk, settings_house: House) -> None:
    settings_house.call("POST", "/profiles/coding/activate")
    talk = visit(new_talk, settings_house, f"{ROLES}/critic")
    expect(talk.page.get_by_test_id("covering")).to_contain_text("profile coding")
    talk.page.get_by_role("link", name="See all levels").click()
    expect(talk.page.locator("[data-testid=level][data-in-force=true]")).to_contain_text("profile coding")


def test_an_unknown_role_is_refused_in_the_servers_words(new_talk: NewTalk, settings_house: House) -> None:
    talk = new_talk(to=settings_house)
    talk.page.goto(f"{settings_house.url}{ROLES}/plannr")
    expect(talk.page.get_by_role("alert")).to_contain_text("planner")


@pytest.mark.parametrize("size", [(1280, 800), PHONE], ids=["desktop", "phone"])
def test_a_notice_leads_to_the_role_and_stays_away(
    new_talk: NewTalk, settings_house: House, size: tuple[int, int]
) -> None:
    talk = new_talk(to=settings_house, size=size)
    # Only what comes after these is announced.
    with talk.page.expect_response(lambda answer: answer.url.endswith("/notifications")) as first:
        talk.open()
    first.value.finished()
    talk.composer.fill("In the middle of a word")
    expect(talk.composer).to_be_focused()
    settings_house.write_config("user_models.json", json.dumps(TOO_MUCH))
    notice = talk.page.get_by_test_id("notice")
    expect(talk.page.get_by_test_id("live-region")).to_contain_text("Planner lacks something", timeout=10_000)
    expect(talk.composer).to_be_focused()
    if size == PHONE:
        expect(talk.page.get_by_test_id("notice-dot")).to_be_visible()
        talk.page.get_by_role("button", name="Open the menu").click()
    notice.get_by_role("link").click()
    expect(talk.page).to_have_url(f"{settings_house.url}{ROLES}/planner")
    expect(talk.page.get_by_test_id("lacking")).to_contain_text("at most 0.5 GB are allowed")
    if size == PHONE:
        talk.page.get_by_role("button", name="Open the menu").click()
    notice.get_by_role("button", name="Put away").click()
    expect(notice).to_have_count(0)
    talk.page.reload()
    expect(talk.page.get_by_test_id("lacking")).to_be_visible()
    expect(notice).to_have_count(0)
    other = new_talk(to=settings_house, size=size)
    other.page.goto(f"{settings_house.url}{ROLES}/planner")
    expect(other.page.get_by_test_id("lacking")).to_be_visible()
    expect(other.page.get_by_test_id("notice")).to_have_count(0)


def test_the_palette_and_the_models_lead_there(new_talk: NewTalk, settings_house: House) -> None:
    talk = new_talk(to=settings_house)
    talk.open()
    places = {
        "which model does what": ROLES,
        "Profiles of models": "/settings/workspace/profiles",
        "Configuration files": "/settings/server/configuration",
        "Privacy": "/settings/workspace/privacy",
    }
    for words, path in places.items():
        talk.command(words)
        expect(talk.page).to_have_url(settings_house.url + path)
        expect(talk.page.get_by_role("heading", level=2).first).to_be_visible()
    talk.page.get_by_test_id("rail").get_by_role("link", name="Models").click()
    talk.page.get_by_role("link", name="This machine").click()
    expect(talk.page.get_by_test_id("hardware-card")).to_be_in_viewport()


def test_two_models_by_difficulty_are_set_tried_and_taken_back(new_talk: NewTalk, settings_house: House) -> None:
    settings_house.write_config("user_models.json", json.dumps({"version": 1, "hot_swap": True}))
    talk = new_talk(to=settings_house)
    talk.page.goto(f"{settings_house.url}{ROLES}/chat")
    room = talk.page.get_by_test_id("by-difficulty")
    room.get_by_label("For the harder questions").fill("models/fake-main")
    room.get_by_label("For all others").fill("models/fake-main")
    room.get_by_role("button", name="Save").click()
    expect(room.get_by_role("alert")).to_be_visible()
    talk.page.reload()
    expect(room.get_by_label("For all others")).to_have_value("models/fake-main")
    room.get_by_label("For all others").fill("models/another")
    room.get_by_role("button", name="Save").click()
    room.get_by_label("Try a question").fill("What colour is the sky?")
    room.get_by_role("button", name="Which model gets it?").click()
    expect(room.get_by_test_id("verdict")).to_contain_text("The weaker one. Not harder than usual by its text")
    kept = settings_house.call("GET", "/config/files/user_models.json")["text"]
    assert json.loads(kept)["hot_swap"] is True
    assert settings_house.call("GET", "/roles/chat")["by_difficulty"]["weak"] == "models/another"
    room.get_by_role("button", name="One model for all").click()
    expect(room.get_by_label("Try a question")).to_have_count(0)
    save = room.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    room.get_by_label("For the harder questions").fill("models/fake-main")
    expect(save).to_be_enabled()
    expect(room.get_by_role("status")).to_contain_text("Not saved yet")
    room.get_by_role("button", name="Discard changes").click()
    expect(room.get_by_label("For the harder questions")).to_have_value("")
    expect(save).to_be_disabled()
    assert settings_house.call("GET", "/roles/chat")["by_difficulty"] is None


def test_models_and_roles_lead_to_each_other(new_talk: NewTalk, settings_house: House) -> None:
    talk = new_talk(to=settings_house)
    talk.page.goto(f"{settings_house.url}/models")
    talk.page.locator("main").get_by_role("link", name="Roles", exact=True).click()
    expect(talk.page).to_have_url(f"{settings_house.url}{ROLES}")
    talk.page.get_by_role("link", name="All models, and where to get more").click()
    expect(talk.page).to_have_url(f"{settings_house.url}/models")


def test_a_server_is_limited_on_the_page(new_talk: NewTalk, settings_house: House) -> None:
    talk = new_talk(to=settings_house)
    talk.page.goto(f"{settings_house.url}/models/servers")
    limit = talk.page.get_by_label("Answers at once").first
    limit.fill("3")
    talk.page.get_by_test_id("at-once").first.get_by_role("button", name="Save").click()
    expect(talk.page.get_by_test_id("toast")).to_contain_text("makes 3 answers at once")
    limits = {one["name"]: one["most_at_once"] for one in settings_house.call("GET", "/endpoints")["items"]}
    assert 3 in limits.values()
    talk.page.reload()
    expect(limit).to_have_value("3")
