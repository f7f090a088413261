"""A turn from the person's message to its end: which events, in which order, and what is on disk afterwards."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from factories.houses import House, opened
from factories.stores import Store
from fakes.steps import Call, Drop, Fail, Hang, Say, Think, Wait, says
from fakes.upstream import Upstream
from mecum.domains.conversations import api as conversations
from mecum.domains.conversations.model import Conversation, Message
from mecum.domains.conversations.schemas.conversations import ConversationChange
from mecum.engine.chat.stages import settle
from mecum.engine.chat.turn import Posted, TurnRequest
from mecum.inference.exchange import ModelMessage, TextContent, ToolSpec
from mecum.infra.storage import Op
from mecum.infra.storage.scope import owner_values
from mecum.infra.storage.writer import Done
from mecum.kernel import clock
from mecum.kernel.errors import Invalid
from mecum.kernel.subject import Subject


async def test_a_plain_answer_is_these_events(house: House) -> None:
    house.upstream.script("test", [Wait(0.05), Say("Hel"), Say("lo.")])
    run_id = await house.start("Hi")
    heard = house.follow(run_id)
    run = await house.settled(run_id)

    assert heard.types[0:3] == ["run.started", "part.started", "part.delta"]
    assert heard.types[-2:] == ["part.completed", "run.completed"]
    assert heard.text == "Hello."
    assert [frame["seq"] for frame in heard.frames] == list(range(1, len(heard.frames) + 1))
    assert run["status"] == "completed"
    assert run["text"] == "Hello."
    assert run["last_seq"] == heard.frames[-1]["seq"]
    assert heard.frames[-1]["message"]["parts"] == [{"type": "text", "text": "Hello."}]


async def test_the_message_is_on_disk_before_the_model_is_asked(house: House) -> None:
    house.upstream.script("test", [Hang()])
    run_id = await house.start("kept")
    await house.upstream.seen(requests=2)
    turn = house.parts.chat.find(run_id)
    assert turn is not None
    rows = await house.parts.database.fetch(
        conversations.load_message(),
        {"_id": turn.user_message_id, **owner_values(house.parts.owner)},
    )
    assert list(rows[0][3:]) == ["user", '[{"type":"text","text":"kept"}]']
    await house.parts.chat.cancel(run_id)
    await house.settled(run_id)


async def test_background_work_makes_way_from_the_first_write_to_the_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, gate = house.parts.database.writer, house.parts.gate
    submit, freed, busy = writer.submit, list[int](), list[bool]()

    def noted(ops: Sequence[Op], done: Done) -> None:
        busy.append(gate.busy)
        submit(ops, done)

    monkeypatch.setattr(writer, "submit", noted)
    gate.on_free(lambda: freed.append(len(busy)))
    house.upstream.script("test", [Wait(0.05), Say("Hello.")])
    await house.settled(await house.start("Hi"))
    assert len(busy) > 1
    assert freed[0] > 1
    assert all(busy[: freed[0]])


async def moments(house: House, run_id: str) -> tuple[int, int, int]:
    """When a run's conversation was last active, when its question was asked, and when its answer came."""
    owner, run = house.parts.owner, await house.settled(run_id)
    async with house.parts.database.reading(owner) as scope:
        one = select(Conversation).where(Conversation.id == run["conversation_id"])
        active = (await scope.session.execute(one)).scalar_one().last_activity_at
        asked, answered = (await scope.session.execute(select(Message).order_by(Message.n).limit(2))).scalars()
        at = clock.to_milliseconds
        return at(active), at(asked.created_at), at(answered.created_at)


async def test_a_quick_answer_leaves_its_conversation_where_the_question_put_it(house: House) -> None:
    house.upstream.script("test", [Say("Soon.")])
    active, asked, answered = await moments(house, await house.start("Quick"))
    assert active == asked <= answered


async def test_a_slow_answer_moves_its_conversation_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "_SAME_MOMENT_MS", 20)
    house.upstream.script("test", [Wait(0.05), Say("Late.")])
    active, asked, answered = await moments(house, await house.start("Slow"))
    assert asked < active == answered


async def test_what_is_said_in_an_archived_conversation_brings_it_back(house: House) -> None:
    house.upstream.script("test", [Say("One.")])
    house.upstream.script("test", [Say("Two.")])
    conversation_id = (await house.settled(await house.start("First")))["conversation_id"]
    owner, service = house.parts.owner, house.parts.record.conversations
    async with house.parts.database.writing(owner) as scope:
        put_away = await service.change(scope, conversation_id, ConversationChange.model_validate({"archived": True}))
    assert put_away["archived_at"] is not None
    await house.settled(await house.start("Second", conversation_id=conversation_id))
    async with house.parts.database.reading(owner) as scope:
        assert (await service.view(scope, conversation_id))["archived_at"] is None


async def test_reasoning_and_tool_calls_are_parts_of_their_own(house: House) -> None:
    house.upstream.script("test", [Think("Hm. "), Think("So."), Say("I look."), Call("look", '{"at":"sky"}')])
    run = await house.settled(await house.start("Look"))
    assert run["parts"] == [
        {"type": "reasoning", "text": "Hm. So."},
        {"type": "text", "text": "I look."},
        {"type": "tool_call", "call_id": "call_1", "name": "look", "arguments": '{"at":"sky"}'},
    ]


async def test_text_that_cannot_be_stored_becomes_data_with_the_exact_bytes(house: House) -> None:
    house.upstream.script(
        "test", [Say(escaped="a\\u0000b"), Say(escaped="\\ud83d"), Say(escaped="\\ude00!"), Say(escaped="\\udc00")]
    )
    run = await house.settled(await house.start("Odd"))
    assert run["parts"] == [
        {"type": "text", "text": "a"},
        {"type": "data", "media_type": "text/plain", "base64": "AA==", "shown": "\ufffd"},
        {"type": "text", "text": "b\U0001f600!"},
        {"type": "data", "media_type": "text/plain", "base64": "7bCA", "shown": "\ufffd"},
    ]


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "model.auth_failed"), (404, "model.not_found"), (429, "model.limited"), (500, "model.unavailable")],
)
async def test_a_vendor_error_ends_the_run_with_our_code(house: House, status: int, code: str) -> None:
    house.upstream.script("test", [Fail(status, "no")])
    run = await house.settled(await house.start("Hi"))
    assert (run["status"], run["error"]["code"]) == ("failed", code)


async def test_a_connection_lost_in_the_middle_keeps_the_text(house: House) -> None:
    house.upstream.script("test", [Say("half "), Wait(0.05), Drop()])
    run = await house.settled(await house.start("Hi"))
    assert (run["status"], run["text"], run["error"]["code"]) == ("failed", "half ", "model.cut_short")


async def test_cancel_reaches_the_upstream_and_keeps_the_text(house: House) -> None:
    house.upstream.script("test", [Say("one "), Hang()])
    run_id = await house.start("Hi")
    heard = house.follow(run_id)
    await house.until(lambda: heard.text == "one ")
    await house.parts.chat.cancel(run_id)
    await house.upstream.seen(aborts=1)
    run = await house.settled(run_id)
    assert (run["status"], run["text"]) == ("cancelled", "one ")
    assert heard.types[-1] == "run.cancelled"


async def test_a_cancel_before_the_turn_began_settles_it(house: House) -> None:
    house.upstream.script("test", says("never"))
    run_id = await house.start("Hi")
    await house.parts.chat.cancel(run_id)
    run = await house.settled(run_id)
    assert run["status"] == "cancelled"


async def test_nobody_following_changes_nothing(house: House) -> None:
    house.upstream.script("test", [Say("a"), Wait(0.05), Say("b")])
    run_id = await house.start("Hi")
    heard = house.follow(run_id)
    turn = house.parts.chat.find(run_id)
    assert turn is not None
    await house.until(lambda: heard.text.startswith("a"))
    turn.stream.followers.clear()
    assert (await house.settled(run_id))["text"] == "ab"


async def test_a_second_message_in_the_branch_waits_and_then_sees_the_first_answer(house: House) -> None:
    house.upstream.script("test", [Say("first"), Wait(0.15)], times=1)
    house.upstream.script("test", says("second"))
    house.upstream.reset()
    house.upstream.script("test", [Say("first"), Wait(0.15)], times=1)
    first = await house.start("one")
    turn = house.parts.chat.find(first)
    assert turn is not None
    second = await house.start("two", conversation_id=turn.conversation_id)
    queued = house.parts.chat.find(second)
    assert queued is not None
    await asyncio.sleep(0.02)
    assert (queued.status, house.parts.chat.position(queued)) == ("queued", 1)
    await house.settled(first)
    await house.settled(second)
    asked = house.upstream.answers()[-1].json["messages"]
    assert [message["content"] for message in asked] == ["one", "first", "two"]


async def test_regenerate_edit_and_continue_make_branches(house: House) -> None:
    house.upstream.script("test", says("A"))
    first = await house.settled(await house.start("one"))
    again = await house.settled(await house.start(None, regenerate=first["message_id"]))
    assert again["parent_id"] == first["parent_id"]
    assert again["user_message_id"] is None
    edited = await house.settled(await house.start("uno", edit=first["user_message_id"]))
    assert edited["parent_id"] == edited["user_message_id"] != first["user_message_id"]
    on = await house.settled(await house.start(None, resume=first["message_id"]))
    assert on["text"].startswith("A")


async def test_an_idempotency_key_makes_one_run(house: House) -> None:
    house.upstream.script("test", says("once"))
    first = await house.start("Hi", idempotency_key="k1")
    assert await house.start("Hi", idempotency_key="k1") == first
    await house.settled(first)
    assert await house.start("Hi", idempotency_key="k1") == first


async def test_bad_requests_store_nothing(house: House) -> None:
    with pytest.raises(conversations.MessageEmpty):
        await house.start("")
    for text in ("a\x00b", "\ud800"):
        with pytest.raises(conversations.MessageUnstorable):
            await house.start(text)
    with pytest.raises(conversations.ConversationNotFound):
        await house.start("Hi", conversation_id="cnv_0000000000000")
    with pytest.raises(conversations.MessageNotFound):
        await house.start(None, regenerate="msg_0000000000000")
    with pytest.raises(conversations.MessageTooLarge):
        await house.start("x" * (5 << 20))
    first = await house.settled(await house.start("Hi"))
    with pytest.raises(Invalid):
        await house.start(None, regenerate=first["user_message_id"])
    assert not house.parts.log.active


async def test_another_person_finds_nothing(house: House) -> None:
    house.upstream.script("test", says("mine"))
    run = await house.settled(await house.start("Hi"))
    stranger = Subject(house.parts.owner.organisation_id, "per_0000000000000")
    for request in (
        TurnRequest(stranger, text="Hi", conversation_id=run["conversation_id"]),
        TurnRequest(stranger, regenerate=run["message_id"]),
    ):
        with pytest.raises((conversations.ConversationNotFound, conversations.MessageNotFound)):
            await house.parts.chat.start(request)
    with pytest.raises(Exception, match="no such run"):
        await house.parts.reader.get(stranger, run["id"])


async def test_a_message_waits_for_its_model_and_is_answered_when_it_appears(house: House) -> None:
    house.upstream.script("test", says("late"))
    await house.parts.broker.registry.remove("up")
    run_id = await house.start("Hi", model=None, wait_for_model=True)
    turn = house.parts.chat.find(run_id)
    assert turn is not None
    await house.until(lambda: turn.status == "waiting")
    assert house.parts.reader.view(turn)["waits_because"]["code"] == "model.unavailable"
    heard = house.follow(run_id)
    await house.until(lambda: "run.status" in heard.types)
    assert [event["waits_because"] for event in heard.frames if event["type"] == "run.status"] == [turn.waits_because]
    house.parts.broker.models.add_fixed(house.endpoint)
    await house.parts.broker.registry.refresh()
    ended = await house.settled(run_id)
    assert (ended["status"], ended["waits_because"]) == ("completed", None)
    view = house.parts.reader.view(turn)
    assert (view["status"], view["phase"], view["waits_because"]) == ("completed", None, None)


async def test_an_api_call_is_a_recorded_run_outside_the_list(house: House) -> None:
    house.upstream.script("test", says("api"))
    said = (ModelMessage("system", (TextContent("Be short."),)), ModelMessage("user", (TextContent("Hi"),)))
    tools = (ToolSpec("look", "Looks.", {"type": "object"}),)
    run_id = await house.start(None, history=said, listed=False, kind="api", tools=tools, parameters={"max_tokens": 5})
    run = await house.settled(run_id)
    assert (run["kind"], run["text"]) == ("api", "api")
    body: dict[str, Any] = house.upstream.answers()[-1].json
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["max_tokens"] == 5
    assert body["tools"][0]["function"]["name"] == "look"


async def test_any_old_position_gives_the_exact_text(house: House) -> None:
    house.upstream.script("test", [step for word in "äöü 🙂 x".split(" ") for step in (Say(word + " "), Wait(0.06))])
    run_id = await house.start("Hi")
    whole = house.follow(run_id)
    await house.until(lambda: len(whole.frames) >= 4)
    for after in range(4):
        late = house.follow(run_id, after)
        assert [frame["seq"] for frame in late.frames][-1] == whole.frames[-1]["seq"]
        told = b"".join(f["text"].encode() for f in late.frames if f["type"] == "part.delta")
        assert whole.text.encode().endswith(told)
    run = await house.settled(run_id)
    for after in range(run["last_seq"]):
        events = await house.parts.reader.events(house.parts.owner, run_id, after)
        assert events[-1][0] == run["last_seq"]
    assert await house.parts.reader.events(house.parts.owner, run_id, run["last_seq"]) == []


async def test_a_restart_closes_what_had_text_and_repeats_what_had_none(store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Say("partly "), Hang()])
    upstream.script("silent", [Hang()], times=1)
    async with opened(store, upstream) as house:
        shown = await house.start("one")
        silent = await house.start("two", model="up/silent")
        heard = house.follow(shown)
        await house.until(lambda: heard.text == "partly ")
        await upstream.seen(requests=3)
        await _die(house)
    upstream.script("silent", says("again"))
    async with opened(store, upstream) as house:
        run = await house.settled(shown)
        assert (run["status"], run["text"]) == ("interrupted", "partly ")
        repeated = await house.settled(silent)
        assert (repeated["status"], repeated["text"]) == ("completed", "again")


async def test_a_queued_message_survives_a_restart(store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Say("one"), Hang()], times=1)
    async with opened(store, upstream) as house:
        first = await house.start("a")
        turn = house.parts.chat.find(first)
        assert turn is not None
        second = await house.start("b", conversation_id=turn.conversation_id)
        heard = house.follow(first)
        await house.until(lambda: heard.text == "one")
        await _die(house)
    upstream.script("test", says("two"))
    async with opened(store, upstream) as house:
        assert (await house.settled(first))["status"] == "interrupted"
        assert (await house.settled(second))["text"] == "two"
        assert [m["content"] for m in upstream.answers()[-1].json["messages"]] == ["a", "one", "b"]


@pytest.mark.parametrize(("caller", "status"), [({"background": True}, "completed"), ({}, "interrupted")])
async def test_a_call_goes_on_after_a_kill_only_in_the_background(
    plain_store: Store, upstream: Upstream, caller: dict[str, Any], status: str
) -> None:
    upstream.script("test", [Hang()], times=1)
    asked = (Posted("user", ({"type": "text", "text": "Hi"},)),)
    async with opened(plain_store, upstream) as house:
        run_id = await house.start(None, kind="api", listed=False, posted=asked, caller=caller)
        await upstream.seen(requests=2)
        await _die(house)
    upstream.script("test", says("again"))
    async with opened(plain_store, upstream) as house:
        assert (await house.settled(run_id))["status"] == status


async def _die(house: House) -> None:
    """Leave everything as a killed process would: nothing settles any more."""
    await house.parts.database.commit([])
    for turn in [*house.parts.chat.in_all()]:
        turn.stream.followers.clear()
        house.parts.log.drop(turn.stream)
        if turn.task is not None:
            turn.task.cancel()
    house.parts.log.settled = None
