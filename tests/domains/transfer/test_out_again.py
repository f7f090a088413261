"""Everything goes out and comes in again as it was: in a new place, and in the same one, emptied."""

import asyncio
import io
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest

from factories.belongings import carried, emptied, furnished, opened, rich, silent
from factories.imports import ImportDesk, desk_of
from mecum.domains.transfer.rules.owned import EXPORTED, LEFT_OUT, NOT_CARRIED
from mecum.infra.storage.base import metadata
from mecum.infra.storage.scope import _OWNED  # pyright: ignore[reportPrivateUsage]
from mecum.kernel.subject import Subject

pytestmark = pytest.mark.slow


def kinds(view: dict[str, Any], outcome: str) -> dict[str, int]:
    """Return how many of each kind had this outcome."""
    return {kind: counts[outcome] for kind, counts in view["kinds"].items() if counts[outcome]}


COUNTS = {
    "conversation": 3,
    "message": 9,
    "project": 2,
    "assistant": 2,
    "prompt": 1,
    "profile": 1,
    "setting": 2,
    "file": 6,
    "document": 2,
}
"""What the rich person has; a picture counts as a file."""


async def test_in_a_new_place(desk: ImportDesk, plain_desk: ImportDesk, bob: Subject) -> None:
    there = await furnished(plain_desk)
    body = await there.exported()
    here = rich(desk_of(desk.context, bob))
    dry = await here.desk.bring({"all.zip": body}, dry_run=True)
    assert list(await here.export()) == ["export.json"]
    view = await here.desk.bring({"all.zip": body})
    assert (kinds(dry, "imported"), dry["skipped"]) == (COUNTS, 0)
    assert (kinds(view, "imported"), view["skipped"]) == (COUNTS, 0)
    again = await here.exported()
    assert opened(again) == opened(body)
    assert again == body
    second = await here.desk.bring({"all.zip": body})
    assert (kinds(second, "already"), second["imported"], second["skipped"]) == (COUNTS, 0, 0)
    assert await here.exported() == body


async def test_in_the_same_place_emptied(desk: ImportDesk) -> None:
    one = await furnished(desk)
    assert await silent(one) == []
    body, rows = await one.export(), await carried(one)
    assert body["export.json"]["contents"] == {
        "assistant": 2,
        "conversation": 3,
        "document": 2,
        "profile": 1,
        "project": 2,
        "prompt": 1,
        "setting": 1,
    }
    packed = await one.exported()
    await emptied(one)
    view = await desk.bring({"all.zip": packed})
    assert (kinds(view, "imported"), view["skipped"]) == (COUNTS, 0)
    assert await one.export() == body
    assert await carried(one) == rows


async def test_nothing_comes_twice_where_it_never_left(desk: ImportDesk) -> None:
    one = await furnished(desk)
    body = await one.exported()
    view = await desk.bring({"all.zip": body})
    assert (view["imported"], view["skipped"], view["already"]) == (2, 0, sum(COUNTS.values()) - 2)
    # The rows that have no room yet were put there by nobody's import.
    assert kinds(view, "imported") == {"document": 2}


async def test_an_interrupted_one_goes_on(desk: ImportDesk, plain_desk: ImportDesk, bob: Subject) -> None:
    body = await (await furnished(plain_desk)).exported()
    here = rich(desk_of(desk.context, bob))
    import_id = await here.desk.begin({"all.zip": body})
    async with here.desk.working():
        while not (await here.ask("GET", "/projects"))["items"]:  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.001)
    async with here.desk.working():
        view = await here.desk.over(import_id)
    assert (view["state"], kinds(view, "imported"), view["skipped"]) == ("done", COUNTS, 0)
    assert await here.exported() == body


@pytest.mark.parametrize("form", ["json", "jsonl"])
async def test_a_single_conversation_keeps_its_tags_and_that_it_was_put_away(desk: ImportDesk, form: str) -> None:
    one = await furnished(desk)
    there = {name: value for name, value in (await one.export()).items() if name.startswith("conversations/")}
    said = {str(value["conversation"]["title"]): name for name, value in there.items()}
    for title, tags, archived in (("Talk 0", ["rome", "Work"], False), ("Talk 1", [], True)):
        path = f"/{said[title].removesuffix('.json')}"
        before = (await desk.client.get(f"{path}/export", params={"format": form})).content
        await one.ask("DELETE", f"{path}?purge=true")
        assert (await one.ask("POST", f"/conversations/import?format={form}", content=before))["report"]["notes"] == []
        view = await one.ask("GET", path)
        assert (view["tags"], view["archived_at"] is not None) == (tags, archived)


async def test_undo_takes_everything_back(desk: ImportDesk, plain_desk: ImportDesk, bob: Subject) -> None:
    body = await (await furnished(plain_desk)).exported()
    here = rich(desk_of(desk.context, bob))
    view = await here.desk.bring({"all.zip": body})
    undone = await here.desk.undo(view["id"])
    assert (undone["state"], undone["kept"]) == ("undone", [])
    assert list(await here.export()) == ["export.json"]
    assert (await here.desk.bring({"all.zip": body}))["imported"] == view["imported"]


async def test_undo_leaves_what_was_gone_on_with(desk: ImportDesk, plain_desk: ImportDesk, bob: Subject) -> None:
    body = await (await furnished(plain_desk)).exported()
    here = rich(desk_of(desk.context, bob))
    view = await here.desk.bring({"all.zip": body})
    projects = {item["name"]: item["id"] for item in (await here.ask("GET", "/projects"))["items"]}
    await here.ask("PATCH", f"/projects/{projects['Café Roma']}", json={"instructions": "Be long."})
    prompt = (await here.ask("GET", "/prompts"))["items"]
    free = next(item for item in prompt if item["title"] == "Kept")
    await here.ask("POST", f"/prompts/{free['id']}/versions", json={"text": "Mine."})
    async with desk.context.database.writing(bob) as scope:
        await here.rooms.personal.say(scope, "summaries", True)
    undone = await here.desk.undo(view["id"])
    kept = [(item["project_id"], item["prompt_id"], item["profile_id"]) for item in undone["kept"]]
    assert sorted(kept, key=repr) == sorted([(projects["Café Roma"], None, None), (None, free["id"], None)], key=repr)
    left = await here.export()
    assert left["settings.json"]["settings"] == {"summaries": True}
    assert {name.partition("/")[0] for name in left} == {"projects", "prompts", "settings.json", "export.json"}


async def test_what_a_person_says_here_counts_more(desk: ImportDesk, plain_desk: ImportDesk, bob: Subject) -> None:
    body = await (await furnished(plain_desk)).exported()
    here = rich(desk_of(desk.context, bob))
    mine = await here.ask("POST", "/projects", json={"name": "cafe roma", "instructions": "Mine."})
    async with desk.context.database.writing(bob) as scope:
        await here.rooms.personal.say(scope, "summaries", True)
    view = await here.desk.bring({"all.zip": body})
    assert [(item["kind"], item["ref"]) for item in view["reasons"]] == [("setting", "summaries")]
    found = {item["name"]: item for item in (await here.ask("GET", "/projects"))["items"]}
    # Another one, with what was in it there; what is here is as it was.
    assert (found["cafe roma"]["id"], found["cafe roma"]["conversation_count"]) == (mine["id"], 0)
    assert found["Café Roma (2)"]["conversation_count"] == 1
    whole = await here.ask("GET", f"/projects/{found['Café Roma (2)']['id']}")
    assert ([item["slug"] for item in whole["assistants"]], whole["assistant"]["slug"]) == (["parent"], "child")


async def test_somebody_elses_ids_are_replaced(desk: ImportDesk, bob: Subject) -> None:
    body = await (await furnished(desk)).exported()
    here = rich(desk_of(desk.context, bob))
    view = await here.desk.bring({"all.zip": body})
    assert (kinds(view, "imported"), view["skipped"]) == (COUNTS, 0)
    for project in (await here.ask("GET", "/projects"))["items"]:
        whole = await here.ask("GET", f"/projects/{project['id']}")
        assert whole["conversation_count"] == 1
        if project["name"] == "Café Roma":
            assert (whole["assistant"]["slug"], len(whole["files"])) == ("child", 2)
    said = (await here.export())["settings.json"]["settings"]
    assert said["summaries"] is False
    assert said["active_profile"] not in str(opened(body))


async def test_the_trash_stays_where_it_is(desk: ImportDesk) -> None:
    one = await furnished(desk)
    names = set(await one.export())
    shown = ("conversations/", "projects/", "assistants/")
    gone = sorted(name for name in names if name.startswith(shown) and name.endswith(".json"))
    for name in gone:
        await one.ask("DELETE", f"/{name.removesuffix('.json')}")
    left = await one.export()
    assert not set(gone) & set(left)
    view = await one.ask("GET", "/export/contents")
    assert {kind: many for kind, many in view["trash"].items() if many} == {
        "conversation": 3,
        "project": 2,
        "assistant": 2,
    }
    assert view["contents"]["conversation"] == 0
    assert [one["what"] for one in view["left_out"]] == [one.what for one in LEFT_OUT]
    assert left["export.json"]["left_out"] == view["left_out"]


async def test_a_damaged_file_is_skipped_with_its_reason(desk: ImportDesk) -> None:
    one = await furnished(desk)
    files = {name: value for name, value in (await one.export()).items() if not name.startswith("conv")}
    await emptied(one)
    sheets = [name for name in files if name.startswith("projects/") and name.endswith(".json")]
    empty, full = sorted(sheets, key=lambda name: len(files[name]["project"]["files"]))
    files[empty]["project"]["instructions"] = "Do as I say."
    first, second = (f"{full[:-5]}/{file['id']}" for file in files[full]["project"]["files"])
    files[first] = b"Three."
    del files[second]
    profile = next(name for name in files if name.startswith("profiles/"))
    files[profile]["version"] = 7
    view = await desk.bring({"all.zip": zipped(files)})
    reasons = {item["kind"]: item["reason"] for item in view["reasons"] if item["kind"] != "file"}
    told = {item["ref"].rpartition("/")[2]: item["reason"] for item in view["reasons"] if item["kind"] == "file"}
    assert told == {
        first.rpartition("/")[2]: "its bytes are not what its hash says: it was changed or damaged on the way",
        second.rpartition("/")[2]: "its bytes did not come along",
    }
    assert reasons == {
        "project": "its content is not what its hash says: it was changed or damaged on the way",
        "profile": "it is not an export of version 1",
        "setting": "the profile it names is not here",
    }


def test_every_owned_table_goes_out_or_says_why_not() -> None:
    """A new table that belongs to persons must be put in one of the two lists."""
    named = {name for name, table in metadata.tables.items() if {"person_id", "owner"} & set(table.columns.keys())}
    owned = named | _OWNED.keys() | {"persons"}
    left_out = [table for one in LEFT_OUT for table in one.tables]
    assert owned == EXPORTED.keys() | set(left_out)
    assert not EXPORTED.keys() & set(left_out)
    assert len(left_out) == len(set(left_out))
    assert all(one.reason for one in LEFT_OUT)
    for table, columns in NOT_CARRIED.items():
        assert table == "*" or columns.keys() <= set(metadata.tables[table].columns.keys()), table


def test_the_guide_says_what_is_not_in_it() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "export.md").read_text("utf-8")
    said = [line for line in guide.splitlines() if line.startswith("| ")]
    assert [f"| {one.what} | {one.reason} |" for one in LEFT_OUT] == said[-len(LEFT_OUT) :]
    folders = {place.strip() for places in EXPORTED.values() for place in places.split(",")}
    assert folders <= {line.split("`")[1] for line in said if "`" in line}


def zipped(files: dict[str, Any]) -> bytes:
    """Return files as a ZIP."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, value in files.items():
            archive.writestr(name, value if isinstance(value, bytes) else orjson.dumps(value))
    return whole.getvalue()
