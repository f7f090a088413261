"""A summary in the place of the messages that do not fit: which one is sent, and up to where the next should go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from mecum.engine.chat.context import ANSWER_SHARE, GUESS, Fitted, Summary
from mecum.inference.exchange import ModelMessage, TextContent
from mecum.inference.windows import Counts, size_of

MOST_TOKENS: Final = 1024
_SHARE: Final = 6
_FEWEST_TOKENS: Final = 96
_FULL: Final = 0.85
_LEFT: Final = 0.4


@dataclass(frozen=True, slots=True)
class Room:
    """What a model reads at once (`window` in tokens, None: not known), and what else is sent beside the messages."""

    window: int | None
    ref: str
    counts: Counts
    besides: int = 0

    @property
    def most(self) -> int | None:
        """The tokens that messages may take, with room for an answer."""
        return None if self.window is None else self.window - self.window // ANSWER_SHARE - self.besides

    @property
    def summary(self) -> int:
        """The tokens that a summary should take at most."""
        return MOST_TOKENS if self.most is None else max(_FEWEST_TOKENS, min(MOST_TOKENS, self.most // _SHARE))

    def takes(self, *messages: ModelMessage) -> int:
        """Return what messages take, rather too much than too little."""
        return self.counts.estimate(self.ref, size_of(messages), guess=GUESS)

    def holds(self, tokens: int, share: float = 1) -> bool:
        """Whether so many tokens fit into this share of it."""
        return self.most is None or tokens <= self.most * share


@dataclass(frozen=True, slots=True)
class Branch:
    """A history, and by its place the stored message that each of it is from (None: none), the first of them the
    `offset`-th. A system message at its head always goes."""

    history: Sequence[ModelMessage]
    places: Sequence[str]
    offset: int

    @property
    def head(self) -> Sequence[ModelMessage]:
        """What always goes."""
        return self.history[:1] if self.history and self.history[0].role == "system" else ()

    def stored(self, at: int) -> str | None:
        """Return the id of the stored message that is at this place."""
        place = at - self.offset
        return self.places[place] if 0 <= place < len(self.places) else None

    def after(self) -> Mapping[str, int]:
        """Return, by stored message, the place of what comes after it."""
        return {stored: place + self.offset + 1 for place, stored in enumerate(self.places)}


def shortened(branch: Branch, summaries: Sequence[Summary], room: Room) -> Fitted | None:
    """Return the request with one of the summaries (what covers most first) in place of what is before its end.

    The one that covers least, where all after it fits; where that is so of none, the one that covers most, and what
    fits of the rest. None: there is none that fits itself. The same one is taken until that no longer fits, so that
    what is sent keeps its beginning from turn to turn.
    """
    after = branch.after()
    usable = [one for one in summaries if one.message_id in after and after[one.message_id] < len(branch.history)]
    if not usable:
        return None
    takes = _backwards(branch, room)
    for summary in reversed(usable):
        found = _with(branch, summary, after[summary.message_id], takes, room)
        if found is not None and not found.dropped:
            return found
    return next((found for one in usable if (found := _with(branch, one, after[one.message_id], takes, room))), None)


def _backwards(branch: Branch, room: Room) -> list[int]:
    """Return what the last message takes, the last two, and so on, up to the first that is too much."""
    taken = [room.takes(branch.history[-1])]
    for message in branch.history[-2::-1]:
        if not room.holds(taken[-1]):
            break
        taken.append(taken[-1] + room.takes(message))
    return taken


def _with(branch: Branch, summary: Summary, start: int, takes: Sequence[int], room: Room) -> Fitted | None:
    firm = room.takes(*branch.head, summary.message)
    fits = sum(room.holds(firm + one) for one in takes)
    if not fits:
        return None
    kept = branch.history[max(start, len(branch.history) - fits) :]
    tokens = firm + takes[len(kept) - 1] + room.besides
    dropped = len(branch.history) - start - len(kept)
    apart = kept[0].role != "user"
    first = (summary.message,) if apart else (_joined(summary, kept[0]),)
    messages = (*branch.head, *first, *(kept if apart else kept[1:]))
    return Fitted(messages, tokens, dropped, exact=False, summary=summary, apart=apart)


def _joined(summary: Summary, message: ModelMessage) -> ModelMessage:
    """Some templates want turns that alternate: what a person says next begins with the summary."""
    return replace(message, content=(TextContent(summary.message.text), *message.content))


def is_due(found: Fitted, room: Room, *, unread: bool) -> bool:
    """Whether another summary should be made: something is left out, or soon will be where one is used already."""
    if found.dropped or (unread and found.summary is None):
        return True
    return found.summary is not None and not room.holds(found.tokens - room.besides, _FULL)


def due_through(branch: Branch, found: Fitted, room: Room, most_kept: int | None) -> str | None:
    """Return the message up to which the next summary should go; None when there is nothing more to cover.

    What comes after it takes less than half of the room, so that the one after that is far away, and begins with what
    a person said. `most_kept` is the most messages there may be after it.
    """
    history = branch.history
    taken = accumulate(room.takes(message) for message in reversed(history))
    left = sum(1 for one in taken if room.holds(one, _LEFT)) if room.most is not None else len(history)
    first = len(history) - min(max(left, 1), most_kept or len(history))
    at = next((at for at in range(max(first, len(branch.head) + 1), len(history)) if _begins(branch, at)), None)
    through = None if at is None else branch.stored(at - 1)
    if at is None or through is None:
        return None
    covered = 0 if found.summary is None else branch.after().get(found.summary.message_id, 0)
    return through if at > covered else None


def _begins(branch: Branch, at: int) -> bool:
    """Whether a person's turn begins here and everything before it is stored whole."""
    here, before = branch.stored(at), branch.stored(at - 1)
    return branch.history[at].role == "user" and None not in (here, before) and here != before
