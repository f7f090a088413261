"""UX statement 18 on the places of the settings, also where something is wrong, is asked or is still being read."""

import json
import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import check
from e2e.talk import Talk
from mecum.domains.privacy.schemas import EgressList, EgressValues, EgressView, PersonRef

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"]),
    pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"]),
]

WORKSPACE, SERVER = "/settings/workspace", "/settings/server"
ASKING = {
    "version": 1,
    "role_mappings": {
        "planner": {
            "preferred": ["nobody/has-a-model-of-such-a-long-name:70b-instruct-q4_K_M", "fake/fake-main"],
            "requirements": {"memory_gb_max": 0.5, "context_length_min": 8000},
        }
    },
}
WRONG = '{\n  "version": 1,\n  "role_mappings": { "critic": { "preffered": ["a"], "temperature": 7 } }\n}\n'


@pytest.fixture
def wrong(settings_house: House) -> House:
    """Return a server where a role lacks something, a file does not hold and a profile is active."""
    settings_house.write_config("user_models.json", json.dumps(ASKING, indent=2))
    settings_house.write_config("models.json", WRONG)
    document = {"version": 1, "role_mappings": {"chat": {"preferred": ["fake/fake-main"]}}}
    settings_house.call("POST", "/profiles", {"name": "mine", "owner": "person", "document": document})
    settings_house.call("POST", "/profiles/mine/activate")
    return settings_house


def go(talk: Talk, path: str) -> None:
    """Open a place and wait until it has been read."""
    talk.page.goto(talk.url + path)
    expect(talk.page.get_by_role("heading", level=2).first).to_be_visible()
    expect(talk.page.get_by_text("Reading:")).to_have_count(0)


def test_ux_18_roles(wrong: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    talk = new_talk(to=wrong, size=size, dark=dark)
    go(talk, f"{WORKSPACE}/roles")
    check(talk, "roles, one lacking")
    if size == PHONE:
        talk.page.get_by_role("button", name="Open the menu").click()
    expect(talk.page.get_by_test_id("notice")).to_be_visible()
    check(talk, "rail with a notice")
    go(talk, f"{WORKSPACE}/roles/planner")
    check(talk, "a role")
    talk.page.get_by_label("Prefer a model", exact=True).fill("fake/fake-small")
    talk.page.get_by_role("button", name="Add", exact=True).click()
    wrong.write_config("user_models.json", '{ "version": 1 }')
    expect(talk.page.get_by_test_id("conflict")).to_be_visible()
    check(talk, "preferences, changed meanwhile")
    talk.page.goto(f"{talk.url}{WORKSPACE}/roles/nobodys")
    expect(talk.page.get_by_role("alert")).to_be_visible()
    check(talk, "no such role")


def test_ux_18_profiles(wrong: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    talk = new_talk(to=wrong, size=size, dark=dark)
    go(talk, f"{WORKSPACE}/profiles")
    check(talk, "profiles")
    talk.page.get_by_role("button", name="New profile").click()
    expect(talk.page.get_by_role("dialog")).to_be_visible()
    check(talk, "a new profile")
    talk.page.get_by_role("dialog").get_by_label("Name", exact=True).fill("No Name")
    talk.page.get_by_role("dialog").get_by_label("Model for chat").fill("a")
    talk.page.get_by_role("button", name="Make it").click()
    expect(talk.page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    check(talk, "a new profile, refused")
    talk.page.keyboard.press("Escape")
    talk.page.get_by_role("button", name="Delete mine").click()
    expect(talk.page.get_by_test_id("removed-profile")).to_be_visible()
    check(talk, "profiles, one in the trash")
    talk.page.get_by_role("button", name="Delete mine for ever").click()
    expect(talk.page.get_by_role("alertdialog")).to_be_visible()
    check(talk, "deleting for ever")
    talk.page.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()
    upload = {"name": "old.json", "mimeType": "application/json", "buffer": WRONG.encode()}
    talk.page.get_by_test_id("profile-input").set_input_files(upload)  # type: ignore[arg-type]
    expect(talk.page.get_by_test_id("import-refused")).to_be_visible()
    check(talk, "import, refused")
    go(talk, f"{WORKSPACE}/profiles/coding")
    check(talk, "a profile")
    talk.page.get_by_test_id("code").fill(WRONG)
    expect(talk.page.get_by_test_id("problems")).to_be_visible()
    check(talk, "a profile with problems")


def test_ux_18_configuration(wrong: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    talk = new_talk(to=wrong, size=size, dark=dark)
    go(talk, f"{SERVER}/configuration")
    check(talk, "files")
    go(talk, f"{SERVER}/configuration?explain=role_mappings")
    expect(talk.page.get_by_test_id("explanation")).to_be_visible()
    check(talk, "a key explained")
    go(talk, f"{SERVER}/configuration?explain=nobody")
    expect(talk.page.get_by_role("alert")).to_be_visible()
    check(talk, "no such key")
    go(talk, f"{SERVER}/configuration/user_models.json")
    talk.page.get_by_test_id("code").fill('{ "version": 1, "hot_swap": true }')
    wrong.write_config("user_models.json", json.dumps({**ASKING, "hot_swap": False}, indent=2))
    expect(talk.page.get_by_test_id("conflict")).to_be_visible()
    check(talk, "a file, changed meanwhile")


CALL = EgressView(
    at="2026-11-21T06:40:00.123Z",
    host="api.openai.com",
    purpose="model.chat",
    data_class="conversation",
    bytes_out=2310,
    status=200,
    person_id="per_06hq3k8w2m5v9",
    endpoint="openai",
    mode="ask",
    decision="consent",
    person="Ada",
    refusal=None,
)
HOST, ENDPOINT = "a-host-with-quite-a-long-name.example.org", "a-server-with-a-long-name"
FAR = {"host": HOST, "endpoint": ENDPOINT, "status": None}
CALLS = [
    CALL,
    CALL.model_copy(update={**FAR, "decision": "settings", "person_id": None, "person": None}),
    CALL.model_copy(update={**FAR, "decision": None, "refusal": "no_consent", "bytes_out": 0}),
]
CALLED = EgressValues(
    hosts=[CALL.host, HOST],
    endpoints=["openai", ENDPOINT],
    persons=[PersonRef(id="per_06hq3k8w2m5v9", me=False)],
    instance=True,
)


def test_ux_18_privacy(wrong: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    log = EgressList(items=CALLS, next_cursor="more").model_dump(mode="json")
    values = CALLED.model_dump(mode="json")
    talk = new_talk(to=wrong, size=size, dark=dark)
    talk.page.route(re.compile(r"/privacy/egress(\?|$)"), lambda route: route.fulfill(json=log))
    talk.page.route("**/privacy/egress/values", lambda route: route.fulfill(json=values))
    go(talk, f"{WORKSPACE}/privacy")
    expect(talk.page.get_by_test_id("egress")).to_have_count(3)
    talk.page.get_by_label("Server", exact=True).select_option(ENDPOINT)
    expect(talk.page.get_by_role("button", name="Show everything")).to_be_visible()
    check(talk, "privacy")
    talk.page.get_by_role("radio", name="Cloud for what is not sensitive").click()
    expect(talk.page.get_by_test_id("behaves-as")).to_be_visible()
    check(talk, "a mode that behaves as another")


def test_ux_18_reading_and_out_of_reach(wrong: House, new_talk: NewTalk, dark: bool, size: tuple[int, int]) -> None:
    talk = new_talk(to=wrong, size=size, dark=dark)
    talk.page.route("**/api/v1/roles", lambda _: None)
    talk.page.goto(f"{talk.url}{WORKSPACE}/roles")
    expect(talk.page.get_by_text("Reading: Roles")).to_be_visible()
    check(talk, "roles being read")
    refusal = {"code": "config.unreadable", "detail": "The file `models.json` cannot be read or written."}
    talk.page.route("**/api/v1/config", lambda route: route.fulfill(status=400, json=refusal))
    talk.page.goto(f"{talk.url}{SERVER}/configuration")
    expect(talk.page.get_by_role("alert")).to_contain_text("cannot be read or written")
    check(talk, "configuration out of reach")
