"""One canonical history made fit for wires that check it: every call with its result, turns that alternate.

A record holds what happened: calls nobody answered, answers that broke off, results a program posted out of order.
Vendors reject such a history as a whole. Nothing here changes the record; it is how the record is told.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import orjson

from mecum.inference.exchange import (
    CallContent,
    Content,
    ImageContent,
    ModelMessage,
    ReasoningContent,
    ResultContent,
    TextContent,
)
from mecum.inference.wires.images import IMAGE_NOTE

NO_RESULT: Final = "[No result: the call was not carried out.]"
NOTHING: Final = "[nothing]"
_BEFORE: Final = TextContent("[What was said before is not shown.]")
_GO_ON: Final = TextContent("Go on.")


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What one side said until the other one spoke."""

    role: Literal["user", "assistant"]
    content: tuple[Content, ...]

    @property
    def answers(self) -> bool:
        """Whether results of tools are in it."""
        return any(isinstance(item, ResultContent) for item in self.content)


def settled(messages: Sequence[ModelMessage]) -> list[ModelMessage]:
    """Return the messages with every call answered directly after it, in one message of the role tool, in its order.

    A call without a result gets one that says so; a result without a call becomes text of the user. Messages with
    nothing to read are left out, except that reasoning stays where it was.
    """
    bound = _bound(messages)
    told: list[ModelMessage] = []
    for place, message in enumerate(messages):
        plain = tuple(_readable(message))
        orphans = [item for item in _results(message) if id(item) not in bound.taken]
        if plain:
            told.append(ModelMessage("user" if message.role == "tool" else message.role, plain))
        if results := bound.of_message.get(place):
            told.append(ModelMessage("tool", tuple(results)))
        told.extend(ModelMessage("user", (TextContent(_as_text(item)),)) for item in orphans)
    return told


def alternating(messages: Sequence[ModelMessage]) -> tuple[str, list[Exchanged]]:
    """Return the system prompt, and settled turns that begin and end with the user and alternate.

    System messages after the first turn are said by the user, where they stand; results come first in their turn.
    """
    told = settled(messages)
    first = next((place for place, message in enumerate(told) if message.role != "system"), len(told))
    turns: list[Exchanged] = []
    for message in told[first:]:
        role: Literal["user", "assistant"] = "assistant" if message.role == "assistant" else "user"
        if turns and turns[-1].role == role:
            turns[-1] = Exchanged(role, turns[-1].content + message.content)
        else:
            turns.append(Exchanged(role, message.content))
    if not turns or turns[0].role == "assistant":
        turns.insert(0, Exchanged("user", (_BEFORE,)))
    if turns[-1].role == "assistant":
        turns.append(Exchanged("user", (_GO_ON,)))
    return "\n\n".join(message.text for message in told[:first]), [_ordered(turn) for turn in turns]


def cycle_start(turns: Sequence[Exchanged]) -> int:
    """Return the place of the user's turn that the model still works on: behind it are only calls and results."""
    place = len(turns) - 1
    while place > 0 and turns[place].answers:
        place -= 2
    return max(place, 0)


def arguments_of(call: CallContent) -> dict[str, Any]:
    """Return the arguments as the object most wires want; what a model once wrote may be anything."""
    try:
        value: Any = orjson.loads(call.arguments or "{}")
    except orjson.JSONDecodeError:
        value = call.arguments
    return value if isinstance(value, dict) else {"value": value}  # pyright: ignore[reportUnknownVariableType]


@dataclass(slots=True)
class _Bound:
    """Which results belong to the calls of which message."""

    of_message: dict[int, list[ResultContent]]
    taken: set[int]


def _bound(messages: Sequence[ModelMessage]) -> _Bound:
    waiting: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    bound = _Bound({}, set())
    for place, message in enumerate(messages):
        for item in message.content:
            if isinstance(item, CallContent) and message.role == "assistant":
                results = bound.of_message.setdefault(place, [])
                waiting[item.call_id].append((place, len(results)))
                results.append(ResultContent(item.call_id, item.name, NO_RESULT, is_error=True))
            elif isinstance(item, ResultContent) and waiting[item.call_id]:
                asked, number = waiting[item.call_id].pop()
                name = bound.of_message[asked][number].name
                bound.of_message[asked][number] = replace(item, name=item.name or name)
                bound.taken.add(id(item))
    return bound


def _results(message: ModelMessage) -> Iterable[ResultContent]:
    return (item for item in message.content if isinstance(item, ResultContent))


def _readable(message: ModelMessage) -> Iterable[Content]:
    """What is left of a message without its results, without empty texts, and without what its role cannot say."""
    assistant = message.role == "assistant"
    for item in message.content:
        match item:
            case TextContent(text) if text.strip():
                yield item
            case ImageContent():
                yield IMAGE_NOTE if assistant else item
            case CallContent() | ReasoningContent() if assistant:
                yield item
            case _:
                pass


def _as_text(result: ResultContent) -> str:
    return f"[A result of {result.name or 'a tool'}]\n{result.content or NOTHING}"


def _ordered(turn: Exchanged) -> Exchanged:
    if not turn.answers:
        return turn
    results = tuple(item for item in turn.content if isinstance(item, ResultContent))
    return replace(turn, content=results + tuple(i for i in turn.content if not isinstance(i, ResultContent)))
