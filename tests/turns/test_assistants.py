"""A turn that an assistant answers: its model, temperature and prompt, named by the request or by the conversation."""

from typing import Any

import pytest

from factories.houses import House
from fakes.steps import says
from mecum.domains.assistants.errors import AssistantNotFound
from mecum.domains.conversations.schemas.conversations import ConversationChange
from mecum.domains.runs.events import ContextReport

MODEL = "up/test"


async def made(house: House, name: str = "Letters", **wanted: Any) -> str:
    """Make an assistant of the owner and return its id."""
    context = await house.parts.assistants.get()
    async with house.parts.database.writing(house.parts.owner) as scope:
        return await context.births.create(scope, {"name": name, **wanted})


async def change(house: House, conversation_id: str, **config: Any) -> None:
    """Change the configuration of a conversation."""
    wanted = ConversationChange.model_validate({"config": config})
    async with house.parts.database.writing(house.parts.owner) as scope:
        await house.parts.record.conversations.change(scope, conversation_id, wanted)


def asked(house: House) -> dict[str, Any]:
    """Return the body of the last request to the model server."""
    return house.upstream.answers()[-1].json


async def test_an_assistant_named_as_a_model_answers_and_keeps_the_conversation(house: House) -> None:
    configuration = {"preferred_model": MODEL, "temperature": 0.3}
    assistant_id = await made(house, prompt="Be brief.", configuration=configuration, identity={"tone": "warm"})
    house.upstream.script("test", says("One."))
    first = await house.settled(await house.start("Hi", model="assistant:letters"))
    assert (first["status"], first["model"], first["text"]) == ("completed", MODEL, "One.")
    assert asked(house)["temperature"] == 0.3
    prompt = "You are Letters.\nYour tone is warm.\n\nBe brief."
    assert asked(house)["messages"] == [{"role": "system", "content": prompt}, {"role": "user", "content": "Hi"}]
    conversation_id = first["conversation_id"]
    async with house.parts.database.reading(house.parts.owner) as scope:
        config = (await house.parts.record.conversations.view(scope, conversation_id))["config"]
        answer = await house.parts.record.threads.get(scope, first["message_id"])
    assert (config["assistant_id"], config["model"], config["system_prompt"]) == (assistant_id, None, None)
    assert answer["metadata"]["assistant_id"] == assistant_id
    await house.settled(await house.start("And?", model=None, conversation_id=conversation_id))
    assert asked(house)["messages"][0] == {"role": "system", "content": prompt}
    assert asked(house)["temperature"] == 0.3


async def test_the_request_and_the_conversation_come_before_the_assistant(house: House) -> None:
    assistant_id = await made(house, prompt="Be brief.", configuration={"preferred_model": MODEL, "temperature": 0.3})
    other = next(model.name for model in house.upstream.models if model.name != "test")
    house.upstream.script(other, says("Yes."))
    house.upstream.script("test", says("Yes."))
    run = await house.settled(await house.start("Hi"))
    await change(house, run["conversation_id"], assistant_id="letters", system_prompt="In English.", temperature=0.9)
    there = {"conversation_id": run["conversation_id"]}
    await change(house, run["conversation_id"], model=None)
    await house.settled(await house.start("Hi", model=None, **there))
    assert asked(house)["model"] == "test"
    assert asked(house)["temperature"] == 0.9
    assert asked(house)["messages"][0]["content"] == "You are Letters.\n\nBe brief.\n\nIn English."
    await house.settled(await house.start("Hi", model=f"up/{other}", temperature=0.1, system_prompt="Now.", **there))
    assert asked(house)["model"] == other
    assert asked(house)["temperature"] == 0.1
    assert asked(house)["messages"][0]["content"] == "You are Letters.\n\nBe brief.\n\nNow."
    async with house.parts.database.reading(house.parts.owner) as scope:
        view = await house.parts.record.conversations.view(scope, run["conversation_id"])
    assert view["config"]["assistant_id"] == assistant_id


def takes_none(body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
    """Refuse any temperature, as newer models do."""
    return (
        (400, {"error": {"message": "`temperature` is deprecated for this model."}}) if "temperature" in body else None
    )


async def test_a_model_that_takes_no_temperature_answers_at_its_own_and_says_so(house: House) -> None:
    await made(house, configuration={"preferred_model": MODEL, "temperature": 0.3})
    house.upstream.script("test", says("One."))
    house.upstream.refuses = takes_none
    run_id = await house.start("Hi", model="assistant:letters")
    heard = house.follow(run_id)
    run = await house.settled(run_id)
    assert (run["status"], run["text"]) == ("completed", "One.")
    said = "This model takes no temperature: it answered at its own, not at 0.3."
    assert run["context_report"]["flag"] == {"code": "temperature", "message": said}
    told = [frame["report"]["flag"] for frame in heard.frames if frame["type"] == ContextReport.type]
    assert told[-1]["code"] == "temperature"
    assert ["temperature" in one.json for one in house.upstream.answers()] == [True, False]
    again = await house.settled(await house.start("And?", model=None, conversation_id=run["conversation_id"]))
    assert again["context_report"]["flag"]["code"] == "temperature"
    assert len(house.upstream.answers()) == 3, "what it said is remembered"
    plain = await house.settled(await house.start("Hi"))
    assert plain["context_report"]["flag"] is None


async def test_a_temperature_that_a_request_asks_for_is_that_one_or_a_refusal(house: House) -> None:
    house.upstream.script("test", says("One."))
    house.upstream.refuses = takes_none
    run = await house.settled(await house.start("Hi", temperature=0.5))
    assert (run["status"], run["error"]["code"]) == ("failed", "model.refused")
    assert "deprecated" in run["error"]["message"]
    house.upstream.refuses = lambda _: (400, {"error": {"message": "No temperature, nor anything else."}})
    await change(house, run["conversation_id"], temperature=0.9)
    other = await house.settled(await house.start("Hi", conversation_id=run["conversation_id"]))
    assert (other["status"], other["error"]["code"]) == ("failed", "model.refused")


async def test_a_change_of_the_assistant_counts_from_the_next_answer_on(house: House) -> None:
    await made(house, configuration={"preferred_model": MODEL})
    house.upstream.script("test", says("One."))
    run = await house.settled(await house.start("Hi", model="assistant:letters"))
    context = await house.parts.assistants.get()
    async with house.parts.database.writing(house.parts.owner) as scope:
        await context.assistants.set_prompt(scope, "letters", "Rhyme.", None, None)
    await house.settled(await house.start("Again", model=None, conversation_id=run["conversation_id"]))
    assert asked(house)["messages"][0]["content"] == "You are Letters.\n\nRhyme."


async def test_a_model_that_is_not_here_is_stood_in_for_by_the_role_chat(house: House) -> None:
    await made(house, configuration={"preferred_model": "gpt-of-elsewhere"})
    run_id = await house.start("Hi", model="assistant:letters")
    heard = house.follow(run_id)
    run = await house.settled(run_id)
    assert (run["status"], heard.frames[0]["stood_in_for"]) == ("completed", "gpt-of-elsewhere")
    async with house.parts.database.reading(house.parts.owner) as scope:
        answer = await house.parts.record.threads.get(scope, run["message_id"])
    assert answer["metadata"]["stood_in_for"] == "gpt-of-elsewhere"
    # A model that a person names takes nobody's place.
    house.upstream.script("test", says("Yes."))
    named = await house.start("Hi", model=MODEL, conversation_id=run["conversation_id"])
    assert (await house.settled(named))["stood_in_for"] is None


async def test_one_that_is_gone_is_refused_before_anything_is_stored(house: House) -> None:
    with pytest.raises(AssistantNotFound):
        await house.start("Hi", model="assistant:nobody")
    await made(house, configuration={"preferred_model": MODEL})
    house.upstream.script("test", says("One."))
    run = await house.settled(await house.start("Hi", model="assistant:letters"))
    removal = (await house.parts.assistants.get()).removal
    await removal.trash(house.parts.owner, "letters")
    with pytest.raises(AssistantNotFound):
        await house.start("Hi", model=None, conversation_id=run["conversation_id"])
    # Gone for ever, the conversation is a plain one again.
    await removal.purge(house.parts.owner, "letters")
    async with house.parts.database.reading(house.parts.owner) as scope:
        view = await house.parts.record.conversations.view(scope, run["conversation_id"])
    assert view["config"]["assistant_id"] is None


async def test_what_is_looked_up_is_the_assistants_choice(house: House) -> None:
    await house.settled(await house.start("The ferry to Elba leaves at nine.", model="builtin/search"))
    await made(house, "Open", configuration={"preferred_model": "builtin/search"})
    shut = {"preferred_model": "builtin/search", "memory_summon_enabled": False}
    await made(house, "Shut", configuration=shut)
    await house.parts.record.indexer.settle()
    texts = [
        (await house.settled(await house.start("When does the ferry to Elba leave?", model=f"assistant:{slug}")))[
            "text"
        ]
        for slug in ("open", "shut")
    ]
    assert "nine" in texts[0]
    assert "nine" not in texts[1]
