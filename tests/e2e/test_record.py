"""UX statements about what was said: 8, 9, 13, 14."""

import pytest
from playwright.sync_api import APIResponse, Route, expect

from e2e.conftest import NewTalk
from e2e.house import House
from e2e.screen import check
from e2e.talk import Talk
from fakes.steps import Say
from fakes.upstream import Upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

CODE = "def f(x):\n\treturn  f'{x!r}'  # two  spaces, a tab\n\n\nprint(f(\"<&>\"))"


def test_ux_08_code_copies_exactly(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say(f"Two blocks:\n\n```python\n{CODE}\n```\n\nand\n\n~~~\nplain\n~~~\n")])
    talk.send("Show me code.")
    answer = talk.settled()
    copies = answer.get_by_test_id("copy-code")
    expect(answer.get_by_test_id("code-block")).to_have_count(2)
    expect(copies).to_have_count(2)
    expect(answer.locator(".hljs-keyword").first).to_be_attached()
    for index, wanted in enumerate((CODE, "plain")):
        copies.nth(index).focus()
        expect(copies.nth(index)).to_be_focused()
        talk.page.keyboard.press("Enter")
        expect(talk.page.get_by_test_id("live-region")).to_have_text("Copied")
        assert talk.run("() => navigator.clipboard.readText()") == wanted
        expect(talk.page.get_by_test_id("live-region")).to_have_text("", timeout=6000)


def test_ux_08_code_is_reached_by_tab(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("```\nx\n```")])
    talk.send("Code.")
    copy = talk.settled().get_by_test_id("copy-code")
    expect(copy).to_be_visible()
    talk.bubbles.get_by_role("button").last.focus()
    talk.page.keyboard.press("Tab")
    expect(copy).to_be_focused()


def test_ux_09_a_citation_opens_its_place(bare_house: House, new_talk: NewTalk) -> None:
    filler = "\n\n".join(f"Line {number} of a long note about other things." for number in range(60))
    source = bare_house.say(f"{filler}\n\nThe spare key hangs behind the blue barometer.\n\n{filler}")
    talk = new_talk(to=bare_house)
    talk.open()
    talk.send("Where does the spare key hang?")
    answer = talk.settled()
    asked = f"{talk.url}/c/{talk.conversation_id()}"
    expect(talk.page).to_have_url(asked)
    chip = answer.get_by_test_id("citation").first
    expect(chip).to_be_visible()
    before = talk.resting()
    chip.click()
    talk.page.wait_for_url(f"**/c/{source['conversation_id']}?*")
    marked = talk.page.locator("[data-marked=quote]")
    expect(marked).to_be_visible()
    talk.page.wait_for_function(
        "() => [...(CSS.highlights.get('quote') ?? [])].map(String).join('').includes('barometer')"
    )
    expect(marked.get_by_text("barometer")).to_be_in_viewport()
    talk.page.go_back()
    expect(chip).to_be_visible()
    expect(talk.page).to_have_url(asked)
    talk.page.wait_for_function(
        "(before) => document.querySelector('[data-testid=scroller]').scrollTop === before", arg=before
    )
    assert talk.resting() == before


def test_ux_13_delete_undo_and_trash(house: House, talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("Noted.")])
    run = house.say("A conversation to delete")
    ident = run["conversation_id"]
    house.call("PATCH", f"/conversations/{ident}", {"title": "Old plans"})
    talk.open(f"/c/{ident}")
    item = talk.page.get_by_test_id("conversation").filter(has_text="Old plans")
    item.hover()
    item.get_by_role("button", name="Actions for Old plans").click()
    talk.page.get_by_role("menuitem", name="Delete").click()
    expect(item).to_have_count(0)
    expect(talk.page.get_by_role("alertdialog")).to_have_count(0)
    undo = talk.page.get_by_test_id("toast").get_by_role("button", name="Undo")
    talk.page.wait_for_timeout(8500)
    undo.click()
    expect(item).to_have_count(1)
    expect(talk.bubbles).to_contain_text("A conversation to delete")
    house.reads("/conversations", lambda listed: ident in [one["id"] for one in listed["items"]])
    item.hover()
    item.get_by_role("button", name="Actions for Old plans").click()
    talk.page.get_by_role("menuitem", name="Delete").click()
    talk.page.get_by_role("link", name="Trash").click()
    row = talk.page.get_by_test_id("trashed").filter(has_text="Old plans")
    row.get_by_role("button", name="Delete for ever").click()
    asked = talk.page.get_by_role("alertdialog")
    expect(asked).to_contain_text("cannot be undone")
    asked.get_by_role("button", name="Cancel").click()
    row.get_by_role("button", name="Restore").click()
    expect(row).to_have_count(0)
    expect(item).to_have_count(1)


def test_the_trash_holds_assistants_and_projects_too(bare_house: House, new_talk: NewTalk) -> None:
    for name in ("Tea", "Coffee"):
        made = bare_house.call("POST", "/assistants", {"name": name})
        bare_house.call("DELETE", f"/assistants/{made['id']}")
    trip = bare_house.call("POST", "/projects", {"name": "Trip"})["id"]
    bare_house.call("DELETE", f"/projects/{trip}")
    talk = new_talk(to=bare_house)
    talk.page.goto(f"{talk.url}/trash")
    row = talk.page.get_by_test_id("trashed-project").filter(has_text="Trip")
    row.get_by_role("button", name="Restore Trip").click()
    expect(row).to_have_count(0)
    assert bare_house.call("GET", f"/projects/{trip}")["name"] == "Trip"
    bare_house.call("DELETE", f"/projects/{trip}")
    talk.page.reload()
    expect(row).to_be_visible()
    check(talk, "a trash of assistants and projects")
    talk.page.get_by_role("button", name="Empty the trash").click()
    asked = talk.page.get_by_role("alertdialog")
    expect(asked).to_contain_text("assistant and project")
    asked.get_by_role("button", name="Delete for ever").click()
    expect(talk.page.get_by_text("The trash is empty.")).to_be_visible()
    expect(talk.page.get_by_test_id("trashed-assistant")).to_have_count(0)
    for kind in ("assistants", "projects"):
        assert bare_house.call("GET", f"/{kind}?deleted=true")["items"] == []


def test_several_things_of_the_trash_at_once(bare_house: House, new_talk: NewTalk) -> None:
    made: dict[str, list[str]] = {"conversations": [], "assistants": [], "projects": []}
    for number in range(3):
        ident = bare_house.call("POST", "/conversations", {"title": f"Plan {number}"})["id"]
        made["conversations"].append(ident)
    for name in ("Tea", "Coffee"):
        made["assistants"].append(bare_house.call("POST", "/assistants", {"name": name})["id"])
    made["projects"].append(bare_house.call("POST", "/projects", {"name": "Trip"})["id"])
    for kind, ids in made.items():
        for ident in ids:
            bare_house.call("DELETE", f"/{kind}/{ident}")
    talk = new_talk(to=bare_house)
    talk.page.goto(f"{talk.url}/trash")
    asked: list[str] = []
    talk.page.on("request", lambda one: asked.append(f"{one.method} {one.url.partition('/api/v1')[2]}"))
    for name in ("Plan 0", "Plan 1", "Tea", "Trip"):
        talk.page.get_by_role("checkbox", name=f"Choose {name}").check()
    bar = talk.page.get_by_test_id("trash-chosen")
    expect(bar.get_by_role("status")).to_have_text("4 selected")
    check(talk, "several chosen in the trash")
    bar.get_by_role("button", name="Delete for ever").click()
    question = talk.page.get_by_role("alertdialog")
    expect(question).to_contain_text("Delete 4 things for ever?")
    question.get_by_role("button", name="Delete for ever").click()
    expect(bar).to_have_count(0)
    expect(talk.page.get_by_test_id("trashed")).to_have_count(1)
    changes = [one for one in asked if not one.startswith("GET")]
    assert changes[:2] == ["POST /conversations/batches", "POST /assistants/batches"]
    assert changes[2].startswith("DELETE /projects/prj_")
    assert len(changes) == 3
    talk.page.get_by_role("checkbox", name="Choose Plan 2").check()
    bar.get_by_role("button", name="All").click()
    expect(bar.get_by_role("status")).to_have_text("2 selected")
    bar.get_by_role("button", name="Restore").click()
    expect(talk.page.get_by_text("The trash is empty.")).to_be_visible()
    left = {kind: [one["id"] for one in bare_house.call("GET", f"/{kind}")["items"]] for kind in made}
    assert left == {"conversations": [made["conversations"][2]], "assistants": [made["assistants"][1]], "projects": []}


def test_a_conversation_deleted_elsewhere_is_no_longer_shown(house: House, talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("Noted.")])
    ident = house.say("Soon gone")["conversation_id"]
    talk.open(f"/c/{ident}")
    expect(talk.bubbles).to_contain_text("Soon gone")
    talk.composer.fill("half a thought")
    house.call("DELETE", f"/conversations/{ident}")
    missing = talk.page.get_by_test_id("missing")
    expect(missing.get_by_role("alert")).to_contain_text("is in the trash")
    # Nothing can be said in it: what was being written waits with it.
    expect(talk.composer).to_have_count(0)
    expect(talk.bubbles).to_have_count(0)
    check(talk, "a conversation deleted elsewhere")
    missing.get_by_role("link", name="Trash").click()
    expect(talk.page.get_by_test_id("trashed").filter(has_text="Soon gone")).to_be_visible()
    talk.page.go_back()
    missing.get_by_role("button", name="Restore").click()
    expect(talk.bubbles).to_contain_text("Soon gone")
    expect(talk.composer).to_have_value("half a thought")
    house.call("DELETE", f"/conversations/{ident}")
    expect(missing).to_be_visible()
    house.call("POST", f"/conversations/{ident}/restore")
    expect(talk.bubbles).to_contain_text("Soon gone")
    house.call("DELETE", f"/conversations/{ident}?purge=true")
    expect(missing.get_by_role("alert")).to_have_text("There is no such conversation.")
    expect(missing.get_by_role("button")).to_have_count(0)
    missing.get_by_role("link", name="Back to the start").click()
    expect(talk.page.get_by_test_id("missing")).to_have_count(0)


def test_ux_14_edit_and_regenerate_branch(talk: Talk, house: House, models: Upstream) -> None:
    for text in ("Third answer.", "Second answer.", "First answer."):
        models.script("fake-main", [Say(text)], times=1)
    talk.send("Original question")
    talk.settled()
    talk.shows("First answer.")
    talk.answers.get_by_role("button", name="Answer again").click()
    expect(talk.answers.get_by_test_id("markdown")).to_have_text("Second answer.")
    expect(talk.answers.get_by_test_id("branches")).to_contain_text("2 / 2")
    talk.run("""() => {
      document.addEventListener('click', () => {
        const began = performance.now();
        const look = () => document.querySelector('[data-testid=answer]').textContent.includes('First answer.')
          ? (window.__switched = performance.now() - began) : setTimeout(look, 2);
        look();
      }, { capture: true, once: true });
    }""")
    talk.answers.get_by_role("button", name="Previous version").click()
    expect(talk.answers.get_by_test_id("markdown")).to_have_text("First answer.")
    talk.page.wait_for_function("() => window.__switched !== undefined")
    assert talk.run("() => window.__switched") <= 100
    expect(talk.answers.get_by_test_id("branches")).to_contain_text("1 / 2")
    talk.bubbles.hover()
    talk.bubbles.get_by_role("button", name="Edit message").click()
    talk.page.get_by_role("textbox", name="Edit your message").fill("Edited question")
    talk.page.get_by_role("textbox", name="Edit your message").press("Enter")
    expect(talk.answers.get_by_test_id("markdown")).to_have_text("Third answer.")
    expect(talk.bubbles).to_contain_text("Edited question")
    expect(talk.bubbles.get_by_test_id("branches")).to_contain_text("2 / 2")
    talk.bubbles.get_by_role("button", name="Previous version").click()
    expect(talk.bubbles).to_contain_text("Original question")
    expect(talk.answers).to_have_count(1)
    exported = str(house.call("GET", f"/conversations/{talk.conversation_id()}/export?format=json"))
    for text in ("Original question", "Edited question", "First answer.", "Second answer.", "Third answer."):
        assert text in exported


#: Notes when the answer is not on the page, be it for a moment.
WATCHED = """() => {
  window.__gone = false;
  const look = () => { window.__gone ||= document.querySelector('[data-testid=answer]') === null; };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""


def test_an_answer_stays_until_another_is_begun(talk: Talk, models: Upstream) -> None:
    models.script("fake-main", [Say("First answer.")])
    talk.send("Original question")
    talk.settled()
    talk.run(WATCHED)
    talk.page.route("**/api/v1/runs", lambda route: route.abort())
    talk.answers.get_by_role("button", name="Answer again").click()
    expect(talk.page.get_by_test_id("toast")).to_be_visible()
    talk.shows("First answer.")
    assert talk.run("() => window.__gone") is False
    talk.page.unroute("**/api/v1/runs")
    talk.answers.get_by_role("button", name="Answer again").dblclick()
    expect(talk.answers.get_by_test_id("branches")).to_contain_text("2 / 2")


def test_what_was_read_of_a_branch_that_was_left_is_not_shown(talk: Talk, models: Upstream) -> None:
    for text in ("Third answer.", "Second answer.", "First answer."):
        models.script("fake-main", [Say(text)], times=1)
    talk.send("Original question")
    talk.settled()
    talk.answers.get_by_role("button", name="Answer again").click()
    talk.shows("Second answer.")
    expect(talk.answers.get_by_test_id("branches")).to_contain_text("2 / 2")
    held: list[tuple[Route, APIResponse]] = []
    holding = True

    def hold(route: Route) -> None:
        if holding:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    talk.page.route("**/api/v1/conversations/*/messages*", hold)
    with talk.page.expect_request("**/api/v1/conversations/*/messages*"):
        talk.answers.get_by_role("button", name="Previous version").click()
    talk.shows("First answer.")
    holding = False
    talk.bubbles.hover()
    talk.bubbles.get_by_role("button", name="Edit message").click()
    talk.page.get_by_role("textbox", name="Edit your message").fill("Edited question")
    talk.page.get_by_role("textbox", name="Edit your message").press("Enter")
    talk.shows("Third answer.")
    talk.settled()
    for route, answer in held:
        with talk.page.expect_event("requestfinished"):
            route.fulfill(response=answer)
    talk.resting()
    expect(talk.bubbles).to_have_count(1)
    expect(talk.bubbles).to_contain_text("Edited question")
    expect(talk.answers).to_have_count(1)
