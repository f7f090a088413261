"""What of the history fits the model's window, what its server says it read, and the report of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import orjson

from mecum.inference.errors import ContextTooLong
from mecum.inference.exchange import ModelMessage, Passage, TextContent, ToolSpec, Usage
from mecum.inference.windows import (
    SENT_AT_LEAST,
    SMALLEST,
    Counts,
    Size,
    Window,
    bytes_of,
    most_of,
    most_tokens,
    size_of,
)

MOST_MESSAGES: Final = 400
"""How many of a conversation are read for a turn, the newest."""
UNKNOWN_WINDOW: Final = "window_unknown"
ANSWER_SHARE: Final = 4
_SHORT: Final = 1024
_TEMPLATE_TOKENS: Final = 256
"""What a template says by itself before the first message."""
GUESS: Final = 0.5
"""Tokens a letter before a model has counted: twice what prose takes."""
_NEAR: Final = 0.9
_LEAST_TRIED: Final = 64
_OLDER: Final = "older than what fits the model's context window"
_SMALLER: Final = "the model's window is smaller than it said"
_UNREAD: Final = "older than the newest messages of a long conversation, which are all that is read"
_IN_PLACE: Final = f"{_OLDER}; a summary of them was sent in their place"

_UNSEEN: Final = "this model does not see images; it is told that one was there"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a branch says up to the message `message_id`, in fewer words. `messages`: how many it stands for."""

    id: str
    message_id: str
    messages: int
    text: str
    model: str

    @property
    def message(self) -> ModelMessage:
        """What a model is told; the same as long as the summary is the same."""
        told = f"[Summary of the {self.messages} messages before this one, which are not shown. {self.model} wrote it.]"
        return ModelMessage("user", (TextContent(f"{told}\n{self.text}\n[End of the summary.]\n\n"),))


class Fitted(NamedTuple):
    """The messages that go, how many tokens they are estimated at, and how many stay behind."""

    messages: tuple[ModelMessage, ...]
    tokens: int
    dropped: int = 0
    exact: bool = True
    """Whether the estimate is the most it can be, because even that fits."""
    summary: Summary | None = None
    """What goes in the place of older messages."""
    apart: bool = False
    """Whether it is a message of its own, not the beginning of another one."""
    unsummarised: str | None = None
    """Why there is no summary of what stays behind."""

    @property
    def included(self) -> int:
        """How many messages go as they are."""
        return len(self.messages) - self.apart

    @property
    def short(self) -> bool:
        """Whether every server reads so little whole, and nothing is learned from it."""
        return self.exact and self.tokens <= _SHORT


def fitted(
    history: tuple[ModelMessage, ...],
    window: Window,
    ref: str,
    counts: Counts,
    *,
    besides: int = 0,
    whole: bool = False,
) -> Fitted:
    """Return the messages that fit; raises ContextTooLong when the last one alone surely does not.

    The system prompt and the last message always go; of the rest the newest. A quarter of the window stays free for
    the answer. `besides` is what else is sent, in tokens at most. An unknown window drops nothing, nor does `whole`.
    """
    most = besides + most_of(history)
    limit = window.tokens
    if limit is None or whole or not history or most <= limit - limit // ANSWER_SHARE:
        return Fitted(history, most)
    return _cut(history, limit, ref, counts, besides)


def _cut(history: tuple[ModelMessage, ...], limit: int, ref: str, counts: Counts, besides: int) -> Fitted:
    head = [message for message in history if message.role == "system"][:1]
    rest = [message for message in history if message not in head]
    firm = size_of([*head, *rest[-1:]])
    least = counts.likely(ref, firm)
    if least > limit:
        raise ContextTooLong(
            f"The message is about {least:,} tokens; {ref} takes {limit:,}. Shorten it or choose another model.",
            tokens=least,
            window=limit,
        )
    # A server that refuses can be asked; what one may cut in silence is counted as the most it can be.
    used = besides + counts.estimate(ref, firm, guess=GUESS)
    kept = rest[-1:]
    for message in reversed(rest[:-1]):
        used_with = used + counts.estimate(ref, size_of([message]), guess=GUESS)
        if used_with > limit - limit // ANSWER_SHARE:
            break
        used = used_with
        kept.insert(0, message)
    return Fitted((*head, *kept), used, len(rest) - len(kept), exact=False)


def shortened(
    history: tuple[ModelMessage, ...], before: Fitted, limit: int, ref: str, counts: Counts, besides: int
) -> Fitted | None:
    """Return fewer messages than a server refused as too long, for so many tokens; None when none can be left out.

    Its tokens may be smaller than was thought: half as much goes, and half of that, until it is fewer.
    """
    while len(before.messages) > 1 and limit >= _LEAST_TRIED:
        try:
            found = _cut(history, limit, ref, counts, besides)
        except ContextTooLong:
            return None
        if len(found.messages) < len(before.messages):
            return found
        limit //= 2
    return None


def besides(tools: Sequence[ToolSpec], passages: Sequence[Passage]) -> int:
    """Return how many tokens tools and recalled passages are at most."""
    if not tools and not passages:
        return 0
    told = sum(len(orjson.dumps([tool.name, tool.description, tool.parameters])) for tool in tools)
    return told + sum(bytes_of(TextContent(one.title + one.text)) for one in passages)


def report_of(found: Fitted, window: Window, *, unread: bool = False, unseen: int = 0) -> dict[str, Any]:
    """Return the report before the model is asked.

    `unread`: the conversation holds more than is read of it; `unseen`: images that the model cannot see.
    """
    why = _SMALLER if window.source == "learned" else _OLDER
    more = f"; {found.unsummarised}" if found.unsummarised else ""
    dropped: list[dict[str, Any]] = [{"messages": found.dropped, "reason": why + more}] if found.dropped else []
    if unread and found.summary is None:
        dropped.append({"messages": None, "reason": _UNREAD + more})
    if unseen:
        dropped.append({"images": unseen, "reason": _UNSEEN})
    return {
        "window": window.tokens,
        "window_from": window.source,
        "included": found.included,
        "summarised": [] if found.summary is None else [_told(found.summary)],
        "dropped": dropped,
        "estimated_tokens": found.tokens,
        "counted_tokens": None,
        "flag": None,
    }


def _told(summary: Summary) -> dict[str, Any]:
    return {
        "messages": summary.messages,
        "summary_id": summary.id,
        "message_id": summary.message_id,
        "model": summary.model,
        "reason": _IN_PLACE,
    }


def is_told(report: Mapping[str, Any], passages: Sequence[Passage], *, outside: bool = False) -> bool:
    """Whether a report says what cannot be worked out again, so that it is stored.

    `outside`: what was sent is not in the record.
    """
    flag = report["flag"]
    left_out = report["dropped"] or report["summarised"]
    if "project" in report:
        return True
    return bool(left_out or passages or (flag is not None and (outside or flag["code"] != UNKNOWN_WINDOW)))


def is_wide(window: int | None) -> bool:
    """Whether the window of a call is another than is asked for usually."""
    return window is not None and window != SENT_AT_LEAST


def word_for(report: Mapping[str, Any] | None) -> str | None:
    """Return in a word what a person should know of what was read: the flag's code, `dropped`, `summarised` or `files`.

    None: nothing.
    """
    if report is None:
        return None
    if report["flag"] is not None and report["flag"]["code"] != UNKNOWN_WINDOW:
        return str(report["flag"]["code"])
    if any("files" not in left for left in report["dropped"]):
        return "dropped"
    if report["summarised"]:
        return "summarised"
    return "files" if report["dropped"] else None


def _flag(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message}


def judged(
    found: Fitted, besides: int, window: Window, ref: str, counts: Counts, usage: Usage, *, learns: bool = True
) -> dict[str, str] | None:
    """Return what the server's count says against the whole of it having been read; None when nothing does.

    What it counted of messages it surely read whole is learned from, where it `learns`.
    """
    if found.short:
        return None
    counted = usage.input_tokens or None
    if counted is not None and learns:
        counts.saw(ref, counted)
    size = size_of(found.messages)
    if counted is not None and counts.too_few(ref, size, found.messages, counted):
        return _flag(
            "cut",
            f"The model's server counted {counted:,} tokens, fewer than what was sent can be: it read a part only.",
        )
    sent = replace(size, fixed=size.fixed + besides + _TEMPLATE_TOKENS)
    proved = window.refuses or _left_room(found.messages, window.served, counted)
    wrong = None if proved else _unproved(sent, window, ref, counts, counted)
    if wrong is None and not window.refuses and window.served and counted:
        wrong = _outgrown(counted, usage.output_tokens or 0, window.served)
    if wrong is None and counted is not None and learns:
        counts.learn(ref, size, counted)
    return wrong


def _left_room(messages: Sequence[ModelMessage], served: int | None, counted: int | None) -> bool:
    """Return whether the window has room for any of the messages beside what was counted.

    Who cuts keeps what fits: had a message been left out, it would not fit; had one been cut, the window were full.
    """
    if served is None or counted is None or counted > served * _NEAR:
        return False
    return counted + max(map(most_tokens, messages[:-1]), default=0) <= served


def _unproved(size: Size, window: Window, ref: str, counts: Counts, counted: int | None) -> dict[str, str] | None:
    served = window.served
    limit = max(SMALLEST, counts.proved(ref)) if served is None else served
    estimate = counts.estimate(ref, size)
    # More than was to be expected: the estimate was wrong, and proves nothing.
    if size.most <= limit or (estimate <= limit and (counted or 0) <= estimate):
        return None
    if served is None:
        return _flag(
            UNKNOWN_WINDOW,
            "How much this model's server reads at once is not known, and it may cut what is longer without a word. "
            "Say it as `context_length` in the configuration of models.",
        )
    if counted is not None and counted >= served * _NEAR:
        return _flag(
            "cut",
            f"The model's server counted {counted:,} tokens, as many as its window of {served:,} holds: "
            "what was before them was probably not read.",
        )
    return _flag(
        "unverified",
        f"What was sent may be more than the window of {served:,} tokens, and the server's count does not show that "
        "all of it was read.",
    )


def _outgrown(counted: int, output: int, served: int) -> dict[str, str] | None:
    if counted + output <= served:
        return None
    return _flag(
        "outgrown",
        f"Question and answer together are {counted + output:,} tokens, more than the window of {served:,}: "
        "the beginning was lost while it answered.",
    )
