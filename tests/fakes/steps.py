"""What a fake model does while it answers: steps, chosen by the model's name or written out by a test."""

import re
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

WORDS: Final = " the quick brown fox jumps over a lazy dog and then it runs far away .".replace(" ", "\n ").split("\n")[
    1:
]


@dataclass(frozen=True)
class Say:
    """One delta of answer text. `escaped` replaces the JSON string's inside as it stands on the wire."""

    text: str = ""
    escaped: str | None = None


@dataclass(frozen=True)
class Think:
    """One delta of reasoning."""

    text: str


@dataclass(frozen=True)
class Sign:
    """The vendor's proof: on Anthropic's wire of the thought before it, on Google's of what comes next or was said."""

    signature: str


@dataclass(frozen=True)
class Redact:
    """A thought that is told sealed only, on Anthropic's wire."""

    data: str


@dataclass(frozen=True)
class Cite:
    """What was just said is from source number `source`; on the wires that cite."""

    quote: str
    title: str = "Source"
    source: int = 0
    url: str | None = None
    """The page, where the vendor looked for it itself."""
    statement: str = ""
    """What of the answer it proves, on the wires that say so."""


@dataclass(frozen=True)
class Call:
    """A tool call; on OpenAI's and Anthropic's wire its arguments arrive in `pieces` deltas, on the others whole."""

    name: str
    arguments: str
    call_id: str = "call_1"
    index: int = 0
    pieces: int = 2


@dataclass(frozen=True)
class Wait:
    """Say nothing for some seconds."""

    seconds: float


@dataclass(frozen=True)
class Fail:
    """An error: a status before anything was said, an error record in the stream afterwards."""

    status: int
    message: str = "scripted failure"
    code: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Bytes:
    """These bytes, in latin-1, into the body as they are: a malformed chunk."""

    data: str


@dataclass(frozen=True)
class Split:
    """From here on a network write carries at most `size` bytes: characters are cut in the middle."""

    size: int


@dataclass(frozen=True)
class Finish:
    """How the answer ends; without it: `stop` (or `tool_calls`) with counted usage."""

    reason: str = "stop"
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int = 0
    thought_tokens: int = 0


@dataclass(frozen=True)
class Drop:
    """Break the connection in the middle of the answer."""


@dataclass(frozen=True)
class Hang:
    """Say nothing more until the client leaves."""


@dataclass(frozen=True)
class Hold:
    """Say nothing until a test says so; not for a fake in a process of its own."""

    until: threading.Event


Step = Say | Think | Sign | Redact | Cite | Call | Wait | Hold | Fail | Bytes | Split | Finish | Drop | Hang
_KINDS: Final[dict[str, type[Any]]] = {
    kind.__name__.lower(): kind
    for kind in (Say, Think, Sign, Redact, Cite, Call, Wait, Fail, Bytes, Split, Finish, Drop, Hang)
}


def to_json(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Return steps as JSON values, for a fake in a process of its own."""
    return [{"step": type(step).__name__.lower(), **asdict(step)} for step in steps]


def from_json(values: list[dict[str, Any]]) -> list[Step]:
    """Return the steps that `to_json` wrote; raises KeyError for an unknown one."""
    return [_one(dict(value)) for value in values]


def _one(value: dict[str, Any]) -> Step:
    kind = _KINDS[value.pop("step")]
    known = {item.name for item in fields(kind)}
    return kind(**{name: given for name, given in value.items() if name in known})


def says(*texts: str) -> list[Step]:
    """Return one delta per text."""
    return [Say(text) for text in texts]


def of_name(model: str, echo: str) -> list[Step]:
    """Return what a model of this name does: `fake-ttft50-n100-itl10` and the words in the table below."""
    for word, steps in _SPECIAL.items():
        if f"-{word}" in model:
            return [Wait(_knob(model, "ttft", 0) / 1000), *steps]
    if "-echo" in model:
        return [Wait(_knob(model, "ttft", 0) / 1000), Say(echo)]
    if (status := _knob(model, "error", 0)) > 0:
        return [Fail(status, f"the model answers {status}")]
    return _tokens(model)


def _tokens(model: str) -> list[Step]:
    count, gap = _knob(model, "n", 16), _knob(model, "itl", 0) / 1000
    break_at = _knob(model, "drop", -1)
    steps: list[Step] = [Wait(_knob(model, "ttft", 0) / 1000)]
    for number in range(max(count, 1)):
        if number == break_at:
            return [*steps, Drop()]
        if number and gap:
            steps.append(Wait(gap))
        steps.append(Say(WORDS[number % len(WORDS)]))
    return steps


def _knob(model: str, name: str, default: int) -> int:
    found = re.search(rf"-{name}(\d+)", model)
    return int(found[1]) if found else default


_SPECIAL: Final[dict[str, list[Step]]] = {
    "hang": [Say("I begin"), Hang()],
    "silent": [Hang()],
    "malformed": [Say("before"), Bytes('{"broken": \n\n'), Say(" after")],
    "think": [Think("Let me "), Think("think."), Say("The answer"), Say(" is 42.")],
    "tool": [Call("clock", '{"zone": "UTC"}')],
    "unicode": [Split(7), Say("naïve — 東京 "), Say("👩‍👩‍👧 <b>&amp;</b> "), Say("𝄞 ende")],
    "nul": [Say("a"), Say(escaped="b\\u0000c"), Say("d")],
    "surrogate": [
        Say("a"),
        Say(escaped="b\\ud83d"),
        Say(escaped="\\ude00c"),
        Say(escaped="\\udfff"),
        Say("d"),
    ],
    "pair": [Say(escaped="\\ud83d\\ude00"), Say(escaped=' \\u00e9\\n\\"\\\\')],
}
