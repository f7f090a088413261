"""A turn in a project: its instructions in the prompt, its files where they fit, who answers what begins in it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from factories.houses import House, opened, settings_for
from factories.stores import Store
from fakes.steps import Fail, says
from fakes.upstream import Upstream
from mecum.domains.projects.errors import ProjectNotFound
from mecum.domains.projects.schemas import ProjectChange, ProjectContents, ProjectCreate
from mecum.domains.runs.events import ContextReport
from mecum.kernel.errors import Invalid
from turns.test_assistants import asked, change
from turns.test_assistants import made as made_assistant

pytestmark = pytest.mark.slow

WINDOW = 2000


async def made(house: House, name: str = "Rome", **wanted: Any) -> str:
    """Make a project of the owner and return its id."""
    context = await house.parts.projects.get(house.parts.record)
    async with house.parts.database.writing(house.parts.owner) as scope:
        return await context.projects.create(scope, ProjectCreate.model_validate({"name": name, **wanted}))


async def given(house: House, project_id: str, name: str, body: bytes) -> str:
    """Give a project a file and return its id."""
    context = await house.parts.projects.get(house.parts.record)
    files, owner = house.parts.record.files, house.parts.owner
    arrived = await files.receive(owner, name, _chunks(body))
    async with house.parts.database.writing(owner) as scope:
        file_id = str((await files.add(scope, arrived))["id"])
        await context.contents.put(scope, project_id, ProjectContents.model_validate({"files": [file_id]}))
    return file_id


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    yield body


def prompt(house: House) -> str:
    """Return the system prompt of the last request."""
    first = asked(house)["messages"][0]
    return str(first["content"]) if first["role"] == "system" else ""


async def view(house: House, conversation_id: str) -> dict[str, Any]:
    """Return a conversation."""
    async with house.parts.database.reading(house.parts.owner) as scope:
        return await house.parts.record.conversations.view(scope, conversation_id)


def windowed(store: Store, upstream: Upstream, tokens: int = WINDOW) -> Any:
    """Return a running product whose model reads so many tokens."""
    configured = {"models": [{"ref": "up/test", "capabilities": {"context_length": tokens}}]}
    return opened(store, upstream, settings_for(store, upstream), configured)


async def test_instructions_stand_between_the_assistant_and_the_conversation(house: House) -> None:
    await made_assistant(house, prompt="Be brief.", configuration={"preferred_model": "up/test"})
    project_id = await made(house, instructions="Prices in euros.")
    house.upstream.script("test", says("Yes."))
    run = await house.settled(await house.start("Hi", project_id=project_id))
    assert prompt(house) == "Prices in euros."
    there = {"conversation_id": run["conversation_id"], "model": None}
    assert (await view(house, run["conversation_id"]))["project_id"] == project_id
    await change(house, run["conversation_id"], assistant_id="letters", system_prompt="In English.")
    await house.settled(await house.start("Hi", **there))
    assert prompt(house) == "You are Letters.\n\nBe brief.\n\nPrices in euros.\n\nIn English."
    context = await house.parts.projects.get(house.parts.record)
    async with house.parts.database.writing(house.parts.owner) as scope:
        await context.projects.change(
            scope, project_id, ProjectChange.model_validate({"instructions": "Prices in lire."})
        )
    answer = await house.settled(await house.start("Hi", system_prompt="Now.", **there))
    assert prompt(house) == "You are Letters.\n\nBe brief.\n\nPrices in lire.\n\nNow."
    report = answer["context_report"]
    assert report["project"] == {"id": project_id, "name": "Rome", "instructions": True, "files": []}
    assert report["dropped"] == []
    # In the trash it says nothing more, and the conversation goes on.
    await context.removal.trash(house.parts.owner, project_id, conversations=False)
    answer = await house.settled(await house.start("Hi", **there))
    assert prompt(house) == "You are Letters.\n\nBe brief.\n\nIn English."
    assert (await house.parts.reader.get(house.parts.owner, answer["id"]))["context_report"].get("project") is None


async def test_its_assistant_and_model_answer_what_begins_in_it(house: House) -> None:
    assistant_id = await made_assistant(house, prompt="Be brief.", configuration={"temperature": 0.3})
    other = next(model.name for model in house.upstream.models if model.name != "test")
    for name in ("test", other):
        house.upstream.script(name, says("Yes."))
    project_id = await made(house, assistant="letters", model="up/test")
    run = await house.settled(await house.start("Hi", model=None, project_id=project_id))
    assert (run["model"], asked(house)["temperature"]) == ("up/test", 0.3)
    config = (await view(house, run["conversation_id"]))["config"]
    assert (config["assistant_id"], config["model"]) == (assistant_id, "up/test")
    run = await house.settled(await house.start("Hi", model=f"up/{other}", project_id=project_id))
    assert (run["model"], prompt(house)) == (f"up/{other}", "You are Letters.\n\nBe brief.")
    assert (await view(house, run["conversation_id"]))["config"]["model"] == f"up/{other}"
    # Another assistant comes with its own.
    await made_assistant(house, "Mails", configuration={"preferred_model": f"up/{other}"})
    run = await house.settled(await house.start("Hi", model="assistant:mails", project_id=project_id))
    assert (run["model"], prompt(house)) == (f"up/{other}", "You are Mails.")
    # One that is in the trash does not keep anybody from asking.
    await (await house.parts.assistants.get()).removal.trash(house.parts.owner, "letters")
    run = await house.settled(await house.start("Hi", model=None, project_id=project_id))
    assert (run["status"], run["model"], prompt(house)) == ("completed", "up/test", "")


async def test_one_that_is_not_there_is_refused_before_anything_is_stored(house: House) -> None:
    with pytest.raises(ProjectNotFound):
        await house.start("Hi", project_id="prj_0000000000000")
    project_id = await made(house)
    house.upstream.script("test", says("Yes."))
    run = await house.settled(await house.start("Hi"))
    with pytest.raises(Invalid):
        await house.start("Hi", project_id=project_id, conversation_id=run["conversation_id"])
    async with house.parts.database.reading(house.parts.owner) as scope:
        page = await house.parts.record.conversations.newest(
            scope, "at_hand", tag=None, project=None, cursor=None, limit=9
        )
    assert len(page.items) == 1


async def test_files_go_whole_where_they_fit_and_otherwise_by_name(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", says("Yes."))
    async with windowed(plain_store, upstream) as house:
        project_id = await made(house, instructions="Prices in euros.")
        small = await given(house, project_id, "tickets.md", b"Two tickets for the ferry.")
        long = await given(house, project_id, "diary.txt", b"word " * 2000)
        huge = await given(house, project_id, "log.txt", b"word " * 200_000)
        image = await given(house, project_id, "map.png", b"\x89PNG\r\n\x1a\n" + bytes(40))
        last = await given(house, project_id, "hotel.txt", b"Room 7.")
        run_id = await house.start("When?", project_id=project_id)
        heard = house.follow(run_id)
        run = await house.settled(run_id)
        told = prompt(house)
        assert told.startswith(
            "Prices in euros.\n\n[file tickets.md of the project]\nTwo tickets for the ferry.\n[end of"
        )
        assert "[file hotel.txt of the project]\nRoom 7.\n[end of hotel.txt]" in told
        assert "[file diary.txt of the project (text/plain, 10000 bytes): it does not fit" in told
        assert "[file map.png of the project (image/png, 48 bytes): its content is not text]" in told
        assert "word" not in told
        too_long = "it does not fit the model's context window"
        report = run["context_report"]
        assert [(one["file_id"], one["included"], one["reason"]) for one in report["project"]["files"]] == [
            (small, True, None),
            (long, False, too_long),
            (huge, False, too_long),
            (image, False, "its content is not text"),
            (last, True, None),
        ]
        assert [(one.get("files"), one["reason"]) for one in report["dropped"]] == [
            (2, "files of the project that do not fit the model's context window")
        ]
        shown = [frame["report"] for frame in heard.frames if frame["type"] == ContextReport.type]
        assert shown[0]["project"]["name"] == "Rome"
        async with house.parts.database.reading(house.parts.owner) as scope:
            answer = await house.parts.record.threads.get(scope, run["message_id"])
        assert answer["metadata"]["context"] == "files"
        # The bytes of a file are kept once, where the file is.
        async with house.parts.database.engine.connect() as connection:
            stored = repr((await connection.exec_driver_sql("SELECT * FROM request_parts")).all())
        assert "sha256" in stored
        assert "ferry" not in stored
        # Taken out of the project, a file is told no more.
        context = await house.parts.projects.get(house.parts.record)
        async with house.parts.database.writing(house.parts.owner) as scope:
            await context.contents.take_out(
                scope, project_id, ProjectContents.model_validate({"files": [small, long, huge, image]})
            )
        await house.settled(await house.start("And?", conversation_id=run["conversation_id"]))
        assert "tickets.md" not in prompt(house)
        assert "Room 7." in prompt(house)


async def test_a_project_of_files_alone_has_a_prompt_of_its_own(house: House) -> None:
    project_id = await made(house)
    await given(house, project_id, "hotel.txt", b"Room 7.")
    house.upstream.script("test", says("Yes."))
    run = await house.settled(await house.start("Which room?", project_id=project_id))
    assert asked(house)["messages"] == [
        {"role": "system", "content": "\n\n[file hotel.txt of the project]\nRoom 7.\n[end of hotel.txt]"},
        {"role": "user", "content": "Which room?"},
    ]
    assert run["context_report"]["project"]["files"][0]["included"]
    assert run["context_report"]["project"]["instructions"] is False


async def test_files_leave_room_for_the_conversation(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", says("b" * 300))
    async with windowed(plain_store, upstream) as house:
        project_id = await made(house)
        await given(house, project_id, "notes.txt", b"note " * 260)
        run = await house.settled(await house.start("a" * 300, project_id=project_id))
        there = {"conversation_id": run["conversation_id"]}
        for _ in range(6):
            run = await house.settled(await house.start("a" * 300, **there))
        assert run["context_report"]["project"]["files"][0]["included"]
        assert "note note" in prompt(house)
        assert run["context_report"]["included"] > 2
        assert asked(house)["messages"][-1] == {"role": "user", "content": "a" * 300}


async def test_a_server_that_takes_less_is_sent_fewer_files(plain_store: Store, upstream: Upstream) -> None:
    said = "This model's maximum context length is 700 tokens. However, your messages resulted in 4000 tokens."
    upstream.script("test", says("It fits."))
    upstream.script("test", [Fail(400, said)], times=1)
    async with opened(plain_store, upstream) as house:
        project_id = await made(house, instructions="Prices in euros.")
        await given(house, project_id, "diary.txt", b"word " * 600)
        await given(house, project_id, "hotel.txt", b"Room 7.")
        run = await house.settled(await house.start("When?", project_id=project_id))
        assert (run["status"], run["text"]) == ("completed", "It fits.")
        first, second = [one.json["messages"] for one in upstream.answers()]
        assert "word word" in first[0]["content"]
        assert "word word" not in second[0]["content"]
        assert "Room 7." in second[0]["content"]
        assert second[1] == first[1]
        assert [one["included"] for one in run["context_report"]["project"]["files"]] == [False, True]


async def test_a_restart_asks_for_the_same(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", says("Yes."))
    async with opened(plain_store, upstream) as house:
        project_id = await made(house, instructions="Prices in euros.")
        await given(house, project_id, "hotel.txt", b"Room 7.")
        run = await house.settled(await house.start("Hi", project_id=project_id))
        there = run["conversation_id"]
    async with opened(plain_store, upstream) as house:
        again = await house.settled(await house.start("Hi", conversation_id=there))
        assert prompt(house).startswith("Prices in euros.\n\n[file hotel.txt of the project]")
        old = await house.parts.reader.get(house.parts.owner, run["id"])
        assert old["context_report"]["project"] == again["context_report"]["project"]


async def test_a_turn_asks_for_its_project_once_and_a_plain_one_not_at_all(plain_house: House) -> None:
    house = plain_house
    house.upstream.script("test", says("Yes."))
    project_id = await made(house)
    plain = await house.settled(await house.start("Hi"))
    inside = await house.settled(await house.start("Hi", project_id=project_id))
    statements: list[str] = []
    reader = house.parts.database._reader  # pyright: ignore[reportPrivateUsage]
    reader.set_trace_callback(statements.append)
    await house.settled(await house.start("Again", conversation_id=plain["conversation_id"]))
    assert statements
    assert not [one for one in statements if "projects" in one or "project_files" in one]
    asked_before = len(statements)
    await house.settled(await house.start("Again", conversation_id=inside["conversation_id"]))
    reader.set_trace_callback(None)
    of_project = [one for one in statements[asked_before:] if "projects" in one or "project_files" in one]
    assert len(of_project) == 2, of_project
