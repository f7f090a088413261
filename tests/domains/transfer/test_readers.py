"""Readers on files that are wrong somewhere: they say so, or leave it out with a reason, and never stumble."""

import copy
import io
import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as some

from factories.foreign import AFTER, BEFORE, chatgpt, database
from mecum.domains.transfer.errors import ImportUnreadable
from mecum.domains.transfer.readers import found_in, stream
from mecum.domains.transfer.rules.incoming import Incoming, Thread, arranged
from mecum.domains.transfer.rules.moments import Impossible, moment
from mecum.domains.transfer.service.rows import Placed, json_text
from mecum.kernel.errors import MecumError
from mecum.kernel.text import is_storable

CLAUDE = {
    "uuid": "c", "name": "N", "created_at": "2025-01-01T00:00:00Z",
    "chat_messages": [{
        "uuid": "m", "sender": "human", "text": "t", "created_at": "2025-01-01T00:00:00Z",
        "content": [
            {"type": "text", "text": "t", "citations": [{"url": "u", "title": "t"}]},
            {"type": "tool_result", "tool_use_id": "x", "content": [{"text": "r"}]},
        ],
        "attachments": [{"file_name": "a", "extracted_content": "b"}], "files": [{"file_name": "f"}],
    }],
}  # fmt: skip
ASKED = {"parentId": None, "role": "user", "content": "x", "timestamp": 1, "files": [{"url": "data:a/b;base64,YQ=="}]}
ANSWERED = {
    "parentId": "a", "role": "assistant", "content": '<details type="reasoning"><summary>s</summary>x</details>y',
    "output": [{"type": "function_call", "call_id": "1", "name": "f", "arguments": "{}"}],
    "sources": [{"source": {"name": "n"}, "document": ["d"], "metadata": [{"source": "s"}]}],
    "annotation": {"rating": 1}, "error": {"content": "e"}, "timestamp": 2,
}  # fmt: skip
OPEN_WEBUI = {
    "id": "o", "title": "T", "created_at": 1.0, "updated_at": 2.0, "meta": {"tags": ["a"]},
    "chat": {"models": ["m"], "params": {"temperature": 1},
             "history": {"currentId": "b", "messages": {"a": ASKED, "b": ANSWERED}}},
}  # fmt: skip
CALLED = {"type": "tool_call", "tool_call": {"id": "1", "name": "n", "output": "o"}}
CHILD = {
    "messageId": "2", "parentMessageId": "1", "isCreatedByUser": False, "files": [{"filename": "f"}],
    "content": [{"type": "text", "text": {"value": "v"}}, CALLED],
}  # fmt: skip
ROOT = {"messageId": "1", "parentMessageId": None, "isCreatedByUser": True, "text": "x", "createdAt": "2024-01-01"}
LIBRECHAT = {
    "conversationId": "l", "title": "T", "options": {"model": "m"}, "messages": [{**ROOT, "children": [CHILD]}],
}  # fmt: skip
CHATBOT_UI = {
    "version": 4, "folders": [{"id": "f"}], "prompts": [{"id": "p"}],
    "history": [{"id": "h", "name": "N", "model": {"id": "m"}, "messages": [{"role": "user", "content": "c"}]}],
}  # fmt: skip
SAID = {"id": "m", "conversation_id": "a", "role": "user", "content": "c", "timestamp": "2025-01-01", "tags": ["t"]}
ASSISTANT = {
    "conversations": [{"id": "a", "title": "T", "created_at": "2025-01-01", "updated_at": "2025-01-01", "tags": ["x"]}],
    "messages": [SAID],
}
PICTURE = {"content_type": "image_asset_pointer", "asset_pointer": "a"}
GPT = chatgpt(
    "g",
    ("user", {"content_type": "multimodal_text", "parts": ["x", PICTURE]}),
    ("assistant", {"content_type": "thoughts", "thoughts": [{"summary": "s", "content": "c"}]}),
    ("tool", {"content_type": "tether_quote", "url": "u", "text": "t"}),
    ("assistant", "end"),
)
SAMPLES = {
    "chatgpt": [GPT], "claude": [CLAUDE], "openwebui": [OPEN_WEBUI], "librechat": LIBRECHAT, "chatbotui": CHATBOT_UI,
    "assistant-json": ASSISTANT,
}  # fmt: skip


def odd() -> some.SearchStrategy[Any]:
    """Return values that do not belong where they will stand."""
    return some.sampled_from(
        [
            *(None, True, False, -1, 0, 3, 10**30, 1e308, -0.5),
            *("", "x", "\0", "\ud800", "2025-13-45", "enc:v1:AAAA"),
            *([], {}, [None], [[]], {"a": None}, [{"text": 1}], {"parts": 3}, ["\udfff"]),
        ]
    )


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Return every place in a document: what holds it, and its key."""
    whole = cast("dict[Any, Any] | list[Any]", value if isinstance(value, dict | list) else [])
    keys: list[Any] = list(whole) if isinstance(whole, dict) else list(range(len(whole)))
    for key in keys:
        yield whole, key
        yield from places(whole[key])


@pytest.mark.parametrize("name", SAMPLES)
@given(choice=some.randoms(use_true_random=False), wrong=some.lists(odd(), min_size=1, max_size=4))
def test_a_reader_never_stumbles(name: str, choice: Any, wrong: list[Any]) -> None:
    document = copy.deepcopy(SAMPLES[name])
    for value in wrong:
        holder, key = choice.choice(list(places(document)))
        holder[key] = copy.deepcopy(value)
    body = json.dumps(document).encode("utf-8", "surrogatepass")
    try:
        for _, found in found_in("x.json", io.BytesIO(body), name, None, 10**6):
            if isinstance(found, Thread):
                stored(found)
            elif (kept := getattr(found, "document", None) or getattr(found, "body", None)) is not None:
                json_text(kept)
    except MecumError:
        return


def stored(thread: Thread) -> None:
    """Assert that a conversation can be stored: its rows are made, and hold nothing that is no text."""
    placed = Placed(thread, "cnv_0000000000001", {}, 1)
    seen: set[str] = set()
    for message in thread.messages:
        assert message.parent is None or message.parent in seen
        seen.add(message.ref)
        placed.name(message, keep=False)
    row = placed.conversation({}, placed.leaf_id, {})
    assert all(is_storable(value) for value in row.values() if isinstance(value, str))
    assert 0 <= row["created_at"] <= row["last_activity_at"]
    for message in thread.messages:
        made, _, text = placed.message(message, {})
        assert is_storable(text)
        assert all(is_storable(value) for value in made.values() if isinstance(value, str))
    for skipped in thread.skipped:
        json_text(skipped.document)


@given(
    shape=some.sampled_from([BEFORE, AFTER]),
    values=some.lists(
        some.fixed_dictionaries(
            {},
            optional={
                "step": some.one_of(some.none(), some.integers(-3, 3), some.text(max_size=2), some.floats()),
                "role": some.one_of(some.none(), some.sampled_from(["user", "tool", "ASSISTANT", "x"]), some.binary()),
                "content": some.one_of(
                    some.none(), some.text(max_size=5), some.binary(max_size=5), some.integers(0, 5)
                ),
                "thinking": some.one_of(some.none(), some.binary(max_size=3)),
                "tool_name": some.one_of(some.none(), some.text(max_size=2), some.integers(0, 1)),
                "tool_calls": some.sampled_from([None, "[]", "[1]", "{}", '[{"function": 1}]', '[{"name": "f"}]', "x"]),
                "tool_results": some.sampled_from([None, "", "[1]", '["a"]', '[{"content": {"a": 1}}]', b"\xff", 5]),
                "timestamp": some.sampled_from([None, 0, 1.5, "2020-01-01", "x", b"y", -4]),
                "conversation_id": some.sampled_from([1, None, 7, "1", "a"]),
            },
        ),
        max_size=5,
    ),
)
def test_a_database_reader_never_stumbles(shape: dict[str, str], values: list[dict[str, Any]]) -> None:
    storable = [{k: v for k, v in row.items() if not (isinstance(v, str) and not is_storable(v))} for row in values]
    rows = {"conversations": [{"id": 1, "title": None, "timestamp": "x"}], "messages": [r for r in storable if r]}
    found = list(found_in("x.db", io.BytesIO(database(shape, rows)), None, None, 10**6))
    threads = [one for _, one in found if isinstance(one, Thread)]
    for thread in threads:
        stored(thread)
    counted = sum(len(thread.messages) + len(thread.skipped) for thread in threads) + len(found) - len(threads)
    assert counted == len(rows["messages"])


# What readers stand on


@given(
    some.lists(some.recursive(some.text(max_size=9) | some.integers(), lambda s: some.lists(s, max_size=3)), max_size=9)
)
def test_elements_are_those_of_the_list(values: list[Any]) -> None:
    body = json.dumps(values, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")
    if all(is_storable(json.dumps(value, ensure_ascii=False)) for value in values):
        assert list(stream.elements(io.BytesIO(b"\xef\xbb\xbf" + body))) == values


def test_elements_larger_than_a_piece() -> None:
    values = ["é" * 700_000, {"a": ["x" * 400_000]}, 1, "ü"]
    assert list(stream.elements(io.BytesIO(json.dumps(values, ensure_ascii=False).encode()))) == values


@pytest.mark.parametrize("body", [b"[1,", b"[1 2]", b"[", b"[1]"[:2], b"[NaN]", b"\xff\xfe", b"[" * 5000])
def test_what_breaks_off_is_found_out(body: bytes) -> None:
    with pytest.raises(ImportUnreadable):
        list(stream.elements(io.BytesIO(body)))


def test_arranged_cuts_cycles_and_keeps_two_of_one_id() -> None:
    def message(ref: str, parent: str | None) -> Incoming:
        return Incoming(ref, parent, "user", [], ref)

    found = arranged(
        [message("b", "a"), message("a", "b"), message("c", "nowhere"), message("c", "c"), message("d", "a")]
    )
    assert sorted(one.ref for one in found) == ["a", "b", "c", "c#3", "d"]
    seen: set[str] = set()
    for one in found:
        assert one.parent is None or one.parent in seen
        seen.add(one.ref)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), ("", None), (0, 0), (1_700_000_000, 1_700_000_000_000), (1_700_000_000.5, 1_700_000_000_500),
        (1_700_000_000_123, 1_700_000_000_123), ("2020-01-02 03:04:05", 1_577_934_245_000),
        ("2020-01-02T03:04:05.123456789+01:00", 1_577_930_645_123), ("2024-05-29T00:33:03.661Z", 1_716_942_783_661),
    ],
)  # fmt: skip
def test_moments(value: Any, expected: int | None) -> None:
    assert moment(value) == expected


@pytest.mark.parametrize(
    "value", ["2025-13-45T99:99", -1, True, [], float("inf"), 10**20, "0001-01-01", "soon", b"2020"]
)
def test_impossible_moments(value: Any) -> None:
    with pytest.raises(Impossible):
        moment(value)
