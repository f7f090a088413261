"""`mecum chat`: one question from the line or a pipe, or a talk at a prompt."""

import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import click

from mecum.edges.cli import compose, lookup
from mecum.edges.cli.client import Client
from mecum.edges.cli.connect import connect
from mecum.edges.cli.modelref import model_ref
from mecum.edges.cli.options import Command, Options
from mecum.edges.cli.question import Question
from mecum.edges.cli.talk import talk

_CONTINUE: Final = ("-c", "--continue")


class ChatCommand(Command):
    """Lets `-c` stand alone: the word after it is its value only when it is `last` or a conversation's id."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the line after saying which conversation a lone `-c` means."""
        return super().parse_args(ctx, list(_continuing(args)))


def _continuing(words: list[str]) -> Iterator[str]:
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        if word == "--":
            yield from words[words.index("--") :]
            return
        if word in _CONTINUE and not (following == lookup.LAST or following.startswith("cnv_")):
            yield f"--continue={lookup.LAST}"
        else:
            yield word


@click.command("chat", cls=ChatCommand)
@click.argument("text", nargs=-1)
@click.option(
    "-c", "--continue", "conversation", metavar="[CNV]", help="Go on with the last conversation, or this one."
)
@click.option("--model", metavar="REF|PATH", help="The model to ask, or a GGUF file.")
@click.option("--assistant", metavar="SLUG", help="The assistant to ask.")
@click.option("--project", metavar="PROJECT", help="The project the conversation is made in.")
@click.option("--system", metavar="TEXT", help="The system prompt.")
@click.option("--temperature", type=click.FloatRange(0, 2), help="0 is the same answer each time.")
@click.option("--raw", is_flag=True, help="Let the model continue the text as it is, with no template.")
@click.option(
    "--file",
    "files",
    metavar="PATH",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Attach a file; may be given more than once.",
)
@click.option("--no-stream", is_flag=True, help="Print the answer when it is complete.")
@click.option("--wait", is_flag=True, help="Wait for a language model when none can answer now.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing on standard error but errors.")
@click.pass_context
def command(context: click.Context, /, text: tuple[str, ...], **given: Any) -> None:
    """Ask, and read the answer as it is written.

    TEXT is the message; what is piped in comes below it. Without either, a prompt opens.
    Only the answer goes to standard output. Ctrl-C cancels the answer and keeps what there is of it.
    """
    options = Options.of(context)
    if given["model"] and given["assistant"]:
        raise click.UsageError("--model and --assistant exclude each other.", context)
    if given["project"] and given["conversation"]:
        raise click.UsageError("--project is for a new conversation.", context)
    incoming = compose.piped(_standard_input())
    typed = " ".join(text)
    if not typed and incoming == compose.Piped() and not given["files"]:
        _require_terminal(context)
        with connect(options) as client:
            talk(_question(client, given, options))
        return
    with connect(options) as client:
        question = _question(client, given, options)
        question.attach(given["files"], incoming)
        question.ask(compose.message(typed, incoming.text, raw=question.raw))


def _question(client: Client, given: dict[str, Any], options: Options) -> Question:
    conversation = given["conversation"]
    model = f"assistant:{given['assistant']}" if given["assistant"] else given["model"]
    return Question(
        client,
        conversation_id=None if conversation is None else lookup.conversation(client, conversation),
        project_id=None if given["project"] is None else lookup.project(client, given["project"]),
        model=None if model is None else model_ref(client, model),
        system_prompt=given["system"],
        temperature=given["temperature"],
        raw=given["raw"],
        wait=given["wait"],
        stream=not given["no_stream"],
        quiet=given["quiet"],
        as_json=options.json,
    )


def _standard_input() -> bytes:
    """Return what is piped in; nothing when a person sits there."""
    return b"" if sys.stdin.isatty() else sys.stdin.buffer.read()


def _require_terminal(context: click.Context) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("Nothing to send: give a TEXT, or pipe one in.", context)
