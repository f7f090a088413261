"""Privacy on the page: what may leave, who may be asked, and what left."""

from urllib.error import HTTPError

import pytest
from playwright.sync_api import expect

from e2e.conftest import DESKTOP, PHONE, NewTalk
from e2e.house import House
from e2e.screen import check
from e2e.talk import Talk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

PRIVACY = "/settings/workspace/privacy"
#: A place that answers nobody: the names below `.invalid` lead nowhere.
NOWHERE = "https://models.invalid/v1"


@pytest.fixture
def far(settings_house: House) -> House:
    """Return a server that knows a model server beyond this machine, to which nobody agreed."""
    known = {item["name"]: item["id"] for item in settings_house.call("GET", "/endpoints")["items"]}
    if "far" not in known:
        wanted = {"name": "far", "wire": "openai", "base_url": NOWHERE, "api_key": "none", "consent": True}
        settings_house.call("POST", "/endpoints", wanted)
    settings_house.call("DELETE", "/privacy/consents/far")
    return settings_house


def visit(new_talk: NewTalk, house: House) -> Talk:
    """Open the place."""
    talk = new_talk(to=house)
    talk.page.goto(house.url + PRIVACY)
    expect(talk.page.get_by_role("radio")).to_have_count(3)
    return talk


def test_the_policy_is_changed_and_says_how_it_behaves(new_talk: NewTalk, settings_house: House) -> None:
    talk = visit(new_talk, settings_house)
    expect(talk.page.get_by_role("radio", name="Ask first")).to_be_checked()
    talk.page.get_by_role("radio", name="Cloud for what is not sensitive").click()
    expect(talk.page.get_by_test_id("behaves-as")).to_contain_text("acts as “Ask first”")
    assert settings_house.call("GET", "/privacy/policy")["mode"] == "cloud_unless_sensitive"
    talk.page.get_by_role("radio", name="Local only").click()
    expect(talk.page.get_by_test_id("behaves-as")).to_be_hidden()
    assert settings_house.call("GET", "/privacy/policy")["mode"] == "local_only"


def test_a_policy_that_cannot_be_changed_stays_shown_as_it_is(new_talk: NewTalk, settings_house: House) -> None:
    talk = visit(new_talk, settings_house)
    refusal = {"code": "privacy.owner_only", "detail": "Only the owner may change this."}
    talk.page.route("**/privacy/policy", lambda route: route.fulfill(status=403, json=refusal))
    talk.page.get_by_role("radio", name="Local only").click()
    expect(talk.page.get_by_test_id("toast")).to_contain_text("Only the owner may change this.")
    expect(talk.page.get_by_role("radio", name="Ask first")).to_be_checked()


def test_a_consent_is_given_withdrawn_and_the_withdrawal_undone(new_talk: NewTalk, far: House) -> None:
    talk = visit(new_talk, far)
    row = talk.page.locator("[data-testid=consent][data-name=far]")
    expect(row).to_contain_text("https://models.invalid")
    expect(row).to_contain_text("Nothing is sent")
    row.get_by_role("button", name="Agree to send").click()
    expect(row).to_contain_text("May be asked")
    row.get_by_role("button", name="Withdraw").click()
    expect(row).to_contain_text("Nothing is sent")
    talk.page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("May be asked")
    talk.page.get_by_role("radio", name="Local only").click()
    expect(row).to_contain_text("Agreed, held back by the policy")


def test_the_log_is_shown_newest_first_and_page_by_page(new_talk: NewTalk, far: House) -> None:
    far.call("POST", "/privacy/consents", {"endpoint": "far"})
    while len(far.call("GET", "/privacy/egress?limit=100")["items"]) < 27:
        far.call("POST", "/models/refresh")
    far.call("DELETE", "/privacy/consents/far")
    told = far.call("GET", "/privacy/egress?limit=100")["items"]
    talk = visit(new_talk, far)
    calls = talk.page.get_by_test_id("egress")
    expect(calls).to_have_count(25)
    expect(calls.first).to_contain_text("models.invalid")
    expect(calls.first).to_contain_text("to ask which models there are")
    expect(calls.first).to_contain_text("No answer")
    talk.page.get_by_role("button", name="Show older calls").click()
    expect(calls.nth(26)).to_be_visible()
    shown = talk.page.locator("[data-testid=egress] time")
    # As many as two pages hold.
    for number, one in enumerate(told[:50]):
        expect(shown.nth(number)).to_have_attribute("datetime", one["at"])
    talk.page.get_by_label("What was in it", exact=True).select_option("Conversation")
    expect(talk.page.get_by_text("Nothing of this kind has left this machine.")).to_be_visible()
    talk.page.get_by_label("What was in it", exact=True).select_option("No content")
    expect(calls).to_have_count(25)
    talk.page.get_by_label("Let out", exact=True).select_option("With consent")
    talk.page.get_by_label("Server", exact=True).select_option("far")
    expect(calls.first).to_contain_text("With consent")
    talk.page.get_by_label("From", exact=True).fill("2001-01-01")
    expect(calls.first).to_be_visible()
    talk.page.get_by_label("Through", exact=True).fill("2001-01-01")
    expect(talk.page.get_by_text("Nothing of this kind has left this machine.")).to_be_visible()
    expect(talk.page.get_by_label("Through", exact=True)).to_have_value("2001-01-01")
    talk.page.get_by_role("button", name="Show everything").click()
    expect(talk.page.get_by_label("What was in it", exact=True)).to_be_focused()
    expect(calls.nth(26)).to_be_visible()


def test_a_log_with_nothing_in_it_says_so(new_talk: NewTalk, bare_house: House) -> None:
    talk = visit(new_talk, bare_house)
    expect(talk.page.get_by_text("Nothing has left this machine.")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_was_not_let_out_says_for_whom_and_why(
    new_talk: NewTalk, far: House, size: tuple[int, int], dark: bool
) -> None:
    with pytest.raises(HTTPError):
        far.call("POST", "/runs", {"text": "Hello", "model": "far/m"})
    talk = new_talk(to=far, size=size, dark=dark)
    talk.page.goto(far.url + PRIVACY)
    first = talk.page.get_by_test_id("egress").first
    for fact in ("models.invalid", "for Owner", "Not sent: nobody agreed"):
        expect(first).to_contain_text(fact)
    first.scroll_into_view_if_needed()
    check(talk, "the log of what left")
