"""The place of assistants: found, made, edited by facet with a live preview, their versions, their life, their end."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.cast import PLACE, Cast, card, cast, control, do, field, form, save, undo

__all__ = ["cast"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


def test_starters_are_taken(cast: Cast) -> None:
    talk = cast.at()
    expect(talk.page.get_by_test_id("no-assistants")).to_contain_text("Nobody here yet")
    starters = talk.page.get_by_test_id("starter-assistant")
    expect(starters.nth(7)).to_be_visible()
    number = starters.count()
    talk.page.get_by_role("button", name="Take Editor").click()
    expect(card(talk, "editor")).to_contain_text("clear prose")
    expect(starters).to_have_count(number - 1)
    talk.page.get_by_role("button", name="Take all of them").click()
    expect(talk.page.get_by_test_id("assistant")).to_have_count(number)
    expect(starters).to_have_count(0)


def test_they_are_looked_up_by_words_and_by_state(cast: Cast) -> None:
    cast.make()
    cast.make(name="Tea", identity={"specialty": "oolong"}, status="draft")
    cast.make(name="First", display={"is_featured": True, "featured_rank": 1})
    cast.make(name="Second", display={"is_featured": True, "featured_rank": 2})
    talk = cast.at()
    shown = talk.page.get_by_test_id("assistant")
    expect(shown).to_have_count(4)
    search = talk.page.get_by_test_id("assistant-search")
    search.fill("OOL")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Tea")
    search.fill("nobody")
    expect(talk.page.get_by_text("No assistant is called so.")).to_be_visible()
    search.fill("")
    talk.page.get_by_role("link", name="Drafts").click()
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Draft")
    talk.page.get_by_role("link", name="Featured").click()
    expect(shown.get_by_role("heading")).to_have_text(["First", "Second"])
    talk.page.get_by_role("link", name="Archived").click()
    expect(talk.page.get_by_text("None is archived.")).to_be_visible()
    talk.page.get_by_role("button", name="List").click()
    talk.page.reload()
    talk.page.get_by_role("link", name="All", exact=True).click()
    expect(talk.page.get_by_role("button", name="List")).to_have_attribute("aria-pressed", "true")
    # What another device makes comes by itself.
    cast.make(name="From elsewhere")
    expect(card(talk, "from-elsewhere")).to_be_visible()


def test_one_is_made_and_what_is_refused_is_said(cast: Cast) -> None:
    talk = cast.at()
    talk.page.get_by_role("button", name="New assistant").click()
    dialog = talk.page.get_by_role("dialog", name="New assistant")
    expect(dialog.get_by_label("Name")).to_be_focused()
    dialog.get_by_label("Name").fill("Short letters")
    dialog.get_by_label("What it is best at").fill("letters that are read")
    dialog.get_by_label("Prompt").fill("Write letters of three sentences.")
    dialog.get_by_role("button", name="Make it").click()
    expect(form(talk)).to_have_attribute("data-part", "identity")
    expect(control(talk, "specialty")).to_have_value("letters that are read")
    assert cast.get()["prompt"]["text"] == "Write letters of three sentences."
    talk.page.get_by_role("link", name="Basics").click()
    control(talk, "slug").fill("Not A Slug")
    form(talk).get_by_role("button", name="Save").click()
    expect(form(talk).get_by_test_id("refusal")).to_be_visible()
    expect(field(talk, "slug").get_by_role("alert")).to_contain_text("pattern")
    expect(control(talk, "slug")).to_be_focused()
    expect(control(talk, "slug")).to_have_value("Not A Slug")
    control(talk, "slug").fill("letters")
    save(talk)
    # The address goes along.
    talk.page.wait_for_url(f"**{PLACE}/letters/core")
    control(talk, "name").fill("")
    form(talk).get_by_role("button", name="Save").click()
    expect(field(talk, "name").get_by_role("alert")).to_be_visible()


def test_the_preview_follows_what_is_typed_and_nothing_is_lost(cast: Cast) -> None:
    cast.make()
    talk = cast.editing("identity")
    preview = talk.page.get_by_test_id("preview-text")
    expect(preview).to_contain_text("Your tone is warm.")
    control(talk, "tone").fill("dry as dust")
    control(talk, "traits").fill("exact\npatient")
    expect(preview).to_contain_text("New: Your tone is dry as dust.")
    expect(preview).to_contain_text("New: Your traits: exact, patient.")
    assert cast.get()["identity"]["tone"] == "warm"
    talk.page.reload()
    expect(control(talk, "tone")).to_have_value("dry as dust")
    expect(form(talk).get_by_test_id("save-state")).to_contain_text("2 changes")
    # What is typed elsewhere is part of it, and the prompt below.
    talk.page.get_by_role("link", name="Configuration").click()
    control(talk, "prompt").fill("Two sentences.")
    expect(preview).to_contain_text("New: Two sentences.")
    expect(preview).to_contain_text("New: Your tone is dry as dust.")
    expect(talk.page.get_by_role("link", name="Identity")).to_contain_text("not saved")
    talk.page.get_by_role("link", name="Identity").click()
    control(talk, "tone").press("Control+s")
    expect(form(talk).get_by_test_id("save-state")).to_have_text("Everything is saved.")
    identity = cast.get()["identity"]
    assert (identity["tone"], identity["traits"]) == ("dry as dust", ["exact", "patient"])


def test_what_cannot_be_stored_is_said_at_its_field(cast: Cast) -> None:
    cast.make()
    talk = cast.editing("configuration")
    control(talk, "temperature").fill("5")
    form(talk).get_by_role("button", name="Save").click()
    expect(field(talk, "temperature").get_by_role("alert")).to_contain_text("less than or equal to 2")
    expect(control(talk, "temperature")).to_have_value("5")
    control(talk, "temperature").fill("warm")
    expect(field(talk, "temperature").get_by_role("alert")).to_have_text("This is no number.")
    control(talk, "temperature").fill("0.9")
    control(talk, "anchor_weight_profile").fill('{"glossary": ')
    expect(field(talk, "anchor_weight_profile").get_by_role("alert")).to_have_text("This is not JSON.")
    expect(form(talk).get_by_role("button", name="Save")).to_be_disabled()
    control(talk, "anchor_weight_profile").fill('{"glossary": 2}')
    save(talk)
    configuration = cast.get()["configuration"]
    assert (configuration["temperature"], configuration["anchor_weight_profile"]) == (0.9, {"glossary": 2})
    control(talk, "temperature").fill("")
    save(talk)
    assert cast.get()["configuration"]["temperature"] is None
    control(talk, "memory_mode").select_option("session")
    form(talk).get_by_role("button", name="Discard").click()
    undo(talk, "Your changes are discarded")
    expect(control(talk, "memory_mode")).to_have_value("session")


def test_both_are_shown_where_somebody_else_was_faster(cast: Cast) -> None:
    cast.make()
    talk = cast.editing("identity")
    control(talk, "tone").fill("mine")
    control(talk, "motto").fill("Mine alone.")
    cast.change("identity", tone="theirs")
    conflict = form(talk).get_by_test_id("conflict")
    contested = conflict.get_by_test_id("contested")
    expect(contested).to_have_count(1)
    expect(contested).to_contain_text("Yours, not savedmine")
    expect(contested).to_contain_text("Now storedtheirs")
    expect(form(talk).get_by_role("button", name="Save", exact=True)).to_be_disabled()
    conflict.get_by_role("button", name="Take what is stored").click()
    expect(control(talk, "tone")).to_have_value("theirs")
    expect(control(talk, "motto")).to_have_value("Mine alone.")
    undo(talk, "Your changes are put aside")
    expect(conflict).to_be_visible()
    conflict.get_by_role("button", name="Go on editing mine").click()
    expect(control(talk, "tone")).to_have_value("mine")
    cast.change("identity", tone="theirs again")
    conflict.get_by_role("button", name="Save mine over it").click()
    expect(form(talk).get_by_test_id("save-state")).to_have_text("Everything is saved.")
    identity = cast.get()["identity"]
    assert (identity["tone"], identity["motto"]) == ("mine", "Mine alone.")


def test_changes_of_other_fields_go_together(cast: Cast) -> None:
    cast.make()
    talk = cast.editing("configuration")
    control(talk, "temperature").fill("0.8")
    control(talk, "prompt").fill("Two sentences.")
    talk.page.get_by_label("Why the prompt is changed").fill("shorter")
    cast.change("configuration", thinking_style="direct")
    expect(control(talk, "thinking_style")).to_have_value("direct")
    expect(control(talk, "prompt")).to_have_value("Two sentences.")
    save(talk)
    found = cast.get()
    assert (found["configuration"]["temperature"], found["configuration"]["thinking_style"]) == (0.8, "direct")
    assert (found["prompt"]["text"], found["prompt"]["version"]) == ("Two sentences.", 2)
    versions = cast.house.call("GET", f"/prompts/{found['prompt']['id']}/versions")["items"]
    assert versions[0]["note"] == "shorter"


def test_what_is_not_yet_in_effect_says_so_on_every_facet(cast: Cast) -> None:
    cast.make()
    talk = cast.editing("identity")
    table: list[dict[str, Any]] = cast.house.call("GET", "/assistants/effects")["items"]
    for facet, label in (
        ("identity", "Identity"),
        ("configuration", "Configuration"),
        ("capabilities", "Capabilities"),
        ("growth", "Growth"),
        ("display", "Display"),
    ):
        talk.page.get_by_role("link", name=label).click()
        expect(form(talk)).to_have_attribute("data-part", facet)
        for entry in table:
            if entry["facet"] != facet or not entry["editable"]:
                continue
            about = field(talk, entry["field"])
            expect(about).to_contain_text(entry["doc"].split("`")[0])
            if entry["in_effect"]:
                expect(about).not_to_contain_text("Not yet in effect")
            else:
                expect(about).to_contain_text("Not yet in effect")


def test_what_was_not_measured_says_so_and_explains_itself(cast: Cast) -> None:
    cast.make()
    talk = cast.editing("quality")
    measures = talk.page.get_by_test_id("measure")
    table: list[dict[str, Any]] = cast.house.call("GET", "/assistants/effects")["items"]
    # One figure is no field.
    expect(measures).to_have_count(len([one for one in table if one["facet"] == "quality"]) + 1)
    trust = measures.filter(has_text="Trust").first
    expect(trust).to_contain_text("not measured")
    trust.get_by_text("Trust", exact=True).click()
    expect(trust.get_by_text("How far it can be trusted.")).to_be_visible()
    expect(trust).to_contain_text("The lower of two shares")
    expect(trust).to_contain_text("5 thumbs and 5 answers more are needed.")
    expect(form(talk).get_by_role("button", name="Save")).to_have_count(0)


def test_a_figure_says_how_it_came_about_in_one_press(cast: Cast) -> None:
    cast.make()
    cast.house.say("Write.", model="assistant:short-letters")
    cast.house.call("POST", "/assistants/short-letters/measures")
    talk = cast.at(f"{PLACE}/short-letters")
    points = talk.page.locator("[data-testid=measure][data-field=growth_points]")
    expect(points).to_contain_text("1")
    points.locator("summary").click()
    explained = cast.house.call("GET", "/assistants/short-letters/measures")["measures"]
    (figure,) = [one for one in explained if one["name"] == "growth_points"]
    assert "1 + 0 - 0" in figure["explanation"]
    expect(points.get_by_text(figure["explanation"])).to_be_visible()
    expect(points.get_by_text("Method: sum of points.")).to_be_visible()
    # The same on the form of the facet, beside what nobody measures.
    talk.page.get_by_role("link", name="Open: Growth").click()
    expect(form(talk)).to_have_attribute("data-part", "growth")
    points.locator("summary").click()
    expect(points.get_by_text(figure["explanation"])).to_be_visible()


def test_figures_stand_in_the_prompt_only_where_they_are_ticked(cast: Cast) -> None:
    cast.make()
    cast.house.say("Write.", model="assistant:short-letters")
    cast.house.call("POST", "/assistants/short-letters/measures")
    talk = cast.editing("configuration")
    preview = talk.page.get_by_test_id("preview-text")
    expect(preview).to_contain_text("Write letters of three sentences.")
    expect(preview).not_to_contain_text("measured")
    boxes = field(talk, "prompt_measures")
    growth, trust = (boxes.get_by_role("checkbox", name=name, exact=True) for name in ("Points of growth", "Trust"))
    growth.check()
    trust.check()
    said = "What was measured of Short letters: What it grew by: 1 point."
    expect(preview).to_contain_text(said)
    talk.page.get_by_text("The template").click()
    expect(talk.page.get_by_test_id("preview")).to_contain_text("What was measured of {name}: {measures}.")
    save(talk)
    assert set(cast.get()["configuration"]["prompt_measures"]) == {"growth_points", "last_trust_score"}
    assert cast.house.call("GET", "/assistants/short-letters?view=chat")["prompt"].endswith(said)
    talk.page.reload()
    expect(growth).to_be_checked()
    growth.uncheck()
    trust.uncheck()
    expect(preview).not_to_contain_text("measured")
    save(talk)
    assert cast.get()["configuration"]["prompt_measures"] == []


def test_versions_are_compared_and_brought_back(cast: Cast) -> None:
    cast.make()
    cast.change("identity", tone="dry")
    cast.house.call("PUT", "/assistants/short-letters/prompt", {"text": "Write letters of two sentences."})
    talk = cast.at(f"{PLACE}/short-letters/versions")
    versions = talk.page.get_by_test_id("version")
    expect(versions).to_have_count(3)
    expect(versions.first).to_contain_text("Prompt written · Configuration")
    talk.page.get_by_role("button", name="Compare version 1 with now").click()
    tone = talk.page.locator("[data-testid=difference][data-field=tone]")
    expect(tone).to_contain_text("Thenwarm")
    expect(tone).to_contain_text("Nowdry")
    prompt = talk.page.locator("[data-testid=difference][data-field=prompt]")
    expect(prompt).to_contain_text("Without: Write letters of three sentences.")
    expect(prompt).to_contain_text("With: Write letters of two sentences.")
    talk.page.get_by_role("button", name="Return Identity alone").click()
    expect(versions.first).to_contain_text("Returned to version 1 · Identity")
    found = cast.get()
    assert (found["identity"]["tone"], found["prompt"]["version"]) == ("warm", 2)
    talk.page.get_by_role("button", name="Return to this: version 1", exact=True).click()
    expect(versions).to_have_count(5)
    assert cast.get()["prompt"]["version"] == 1
    # Both ways back were told in the same words: the second is taken back.
    expect(talk.page.get_by_test_id("toast").filter(has_text="is as at version 1")).to_have_count(2)
    undo(talk, "is as at version 1")
    expect(versions).to_have_count(6)
    assert cast.get()["prompt"]["version"] == 2


def test_its_state_is_changed_and_taken_back(cast: Cast) -> None:
    cast.make()
    talk = cast.at()
    do(talk, "short-letters", "Archive")
    expect(card(talk, "short-letters")).to_contain_text("Archived")
    assert cast.get()["status"] == "archived"
    undo(talk, "is archived")
    expect(card(talk, "short-letters")).not_to_contain_text("Archived")
    assert cast.get()["status"] == "active"
    do(talk, "short-letters", "Make it a draft")
    expect(card(talk, "short-letters")).to_contain_text("Draft")
    do(talk, "short-letters", "Activate")
    expect(card(talk, "short-letters")).not_to_contain_text("Draft")


def test_children_clones_and_mentors(cast: Cast) -> None:
    made = cast.make()
    talk = cast.at(f"{PLACE}/short-letters")
    talk.page.get_by_role("button", name="Spawn a child").click()
    dialog = talk.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Very short letters")
    dialog.get_by_label("Why it is made").fill("Half the length.")
    dialog.get_by_label("Its traits").fill("terse\nkind")
    dialog.get_by_role("button", name="Spawn it").click()
    family = talk.page.get_by_test_id("family")
    expect(family).to_contain_text("Spawned fromShort lettersHalf the length.")
    child = cast.get("very-short-letters")
    assert (child["parent_assistant"], child["identity"]["traits"]) == (made["id"], ["terse", "kind"])
    family.get_by_role("link", name="Short letters").first.click()
    expect(family).to_contain_text("ChildrenVery short letters")
    # A demo, whose clones learn from it.
    talk.page.get_by_test_id("life-menu").click()
    talk.page.get_by_role("menuitem", name="Make it a demo").click()
    expect(talk.page.get_by_test_id("portrait")).to_contain_text("Demo")
    cast.change("growth", mentor_for_demo_clone=True)
    talk.page.get_by_test_id("life-menu").click()
    talk.page.get_by_role("menuitem", name="Clone").click()
    dialog.get_by_label("Name").fill("Letters of mine")
    dialog.get_by_role("button", name="Clone it").click()
    expect(family).to_contain_text("Learns fromShort letters")
    talk.page.get_by_role("link", name="Edit", exact=True).click()
    talk.page.get_by_role("link", name="Growth").click()
    expect(control(talk, "mentor_assistant")).to_have_value(made["id"])
    control(talk, "mentor_assistant").select_option(label="Very short letters")
    save(talk)
    assert cast.get("letters-of-mine")["mentor"]["slug"] == "very-short-letters"


def test_one_goes_by_itself(cast: Cast) -> None:
    cast.make()
    talk = cast.editing("display")
    control(talk, "is_ephemeral").check()
    control(talk, "expires_at").fill("2099-01-02T03:04")
    save(talk)
    display = cast.get()["display"]
    assert display["is_ephemeral"] is True
    assert display["expires_at"].startswith("2099-01-0")
    talk.page.get_by_role("link", name="Overview").click()
    expect(talk.page.get_by_test_id("portrait")).to_contain_text(re.compile(r"Goes .*2099"))


def test_a_deleted_one_comes_back(cast: Cast) -> None:
    cast.make()
    talk = cast.at(f"{PLACE}/short-letters")
    talk.page.get_by_test_id("life-menu").click()
    talk.page.get_by_role("menuitem", name="Delete").click()
    talk.page.wait_for_url(f"**{PLACE}")
    expect(card(talk, "short-letters")).to_have_count(0)
    undo(talk, "moved to the trash")
    talk.page.wait_for_url(f"**{PLACE}/short-letters")
    expect(talk.page.get_by_test_id("portrait")).to_be_visible()
    talk.page.get_by_role("link", name="All assistants").click()
    do(talk, "short-letters", "Delete")
    expect(card(talk, "short-letters")).to_have_count(0)
    talk.page.get_by_role("link", name="Trash").click()
    trashed = talk.page.get_by_test_id("trashed-assistant")
    trashed.get_by_role("button", name="Restore Short letters").click()
    expect(trashed).to_have_count(0)
    assert cast.get()["deleted_at"] is None
    cast.house.call("DELETE", "/assistants/short-letters")
    trashed.get_by_role("button", name="Delete for ever: Short letters").click()
    talk.page.get_by_role("alertdialog").get_by_role("button", name="Delete for ever").click()
    expect(trashed).to_have_count(0)
    assert cast.house.call("GET", "/assistants?deleted=true")["items"] == []


def test_values_of_no_field_and_addresses_of_nobody(cast: Cast) -> None:
    cast.make(configuration={"thinking_style": "dreamy"})
    talk = cast.editing("configuration")
    expect(form(talk).get_by_test_id("unknown")).to_contain_text("Thinking style holds dreamy")
    expect(control(talk, "thinking_style")).to_have_value("dreamy")
    control(talk, "thinking_style").select_option("direct")
    save(talk)
    expect(form(talk).get_by_test_id("unknown")).to_have_count(0)
    talk.page.goto(f"{cast.house.url}{PLACE}/nobody")
    expect(talk.page.get_by_role("alert")).to_contain_text("There is no such assistant.")


def test_everything_is_in_the_palette(cast: Cast) -> None:
    cast.make()
    talk = cast.at("/")
    for words, then in (
        ("Assistants", f"**{PLACE}"),
        ("New assistant", f"**{PLACE}#new"),
    ):
        talk.command(words)
        talk.page.wait_for_url(then)
    talk.page.keyboard.press("Escape")
    card(talk, "short-letters").get_by_role("link", name="Short letters").first.click()
    # What can be done with it is offered when it is there.
    expect(talk.page.get_by_role("heading", name="Short letters", level=1)).to_be_visible()
    for words, then in (
        ("Edit: Growth", f"**{PLACE}/short-letters/growth"),
        ("Versions", f"**{PLACE}/short-letters/versions"),
        ("Chat with Short letters", "**/?assistant=short-letters"),
    ):
        talk.command(words)
        talk.page.wait_for_url(then)
