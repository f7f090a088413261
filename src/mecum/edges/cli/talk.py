"""The talk at a prompt: lines in, answers out, a few commands that begin with a slash."""

import contextlib
import importlib
import signal
from collections.abc import Callable

from mecum.edges.cli import render
from mecum.edges.cli.client import part
from mecum.edges.cli.modelref import model_ref
from mecum.edges.cli.outcome import Interrupted, Refusal, tell
from mecum.edges.cli.question import Question
from mecum.kernel.errors import MecumError

_HELP = (
    "/new begins another conversation, /model REF changes the model (/model alone lists them), "
    "/stop ends what is still being answered, /exit or Ctrl-D leaves. "
    "A line that ends in a backslash goes on below; // begins a message with a slash."
)
_CONTROL_C = "Ctrl-D or /exit leaves; while an answer is written, Ctrl-C cancels it."


class _Leave(Exception):
    """The person is done."""


def talk(question: Question) -> None:
    """Ask line by line until the person leaves; an error ends one answer, not the talk."""
    # Line editing, where this Python has it. No history file: what is typed here is stored in one place only.
    with contextlib.suppress(ImportError):
        importlib.import_module("readline")
    # A parent that ignores interrupts hands that down; at a prompt Ctrl-C always means something.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    render.notice(f"Mecum at {question.client.place}. /help lists the commands.")
    while True:
        try:
            _turn(question, read_message(input))
        except (_Leave, EOFError):
            return
        except KeyboardInterrupt:
            render.notice(f"\n{_CONTROL_C}")


def read_message(read: Callable[[str], str]) -> str:
    """Read one message through `read` (which takes a prompt): lines that end in a backslash go on."""
    lines = [read("> ")]
    while lines[-1].endswith("\\"):
        lines[-1] = lines[-1][:-1]
        lines.append(read("… "))
    return "\n".join(lines)


def _turn(question: Question, text: str) -> None:
    try:
        if text.startswith("/") and not text.startswith("//"):
            _command(question, text)
        elif text.strip():
            question.ask(text.removeprefix("/") if text.startswith("//") else text)
    except Interrupted:
        render.notice("Cancelled; what there is of the answer is kept.")
    except (MecumError, Refusal, OSError) as error:
        tell(error, question.as_json)


def _command(question: Question, text: str) -> None:
    name, _, rest = text[1:].partition(" ")
    commands: dict[str, Callable[[Question, str], None]] = {
        "exit": _exit,
        "quit": _exit,
        "help": _help,
        "new": _new,
        "model": _model,
        "stop": _stop,
    }
    commands.get(name, _help)(question, rest.strip())


def _exit(question: Question, rest: str) -> None:
    raise _Leave


def _help(question: Question, rest: str) -> None:
    render.notice(_HELP)


def _new(question: Question, rest: str) -> None:
    question.conversation_id = None
    render.notice("A new conversation begins with your next message.")


def _model(question: Question, rest: str) -> None:
    if rest:
        question.model = model_ref(question.client, rest)
        render.notice(f"From now on {question.model} is asked.")
        return
    for model in question.client.get("/models")["items"]:
        mark = "*" if model["ref"] == question.model else " "
        render.notice(f"{mark} {model['ref']}")


def _stop(question: Question, rest: str) -> None:
    if question.conversation_id is None:
        return
    listing = question.client.get(f"/conversations/{part(question.conversation_id)}/messages", limit=1)
    for run in listing.get("runs") or ():
        question.client.ask("POST", f"/runs/{part(run['id'])}/cancel")
    render.notice("Nothing is being answered now.")
