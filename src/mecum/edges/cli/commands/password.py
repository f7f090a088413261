"""`mecum password`: the owner's password."""

import sys

import click

from mecum.edges.cli import render
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options


@click.group("password", cls=Group)
def command() -> None:
    """Set the owner's password."""


@command.command("set")
@click.option(
    "--stdin", "from_stdin", is_flag=True, help="Read it from standard input (the present one first, if any)."
)
@click.pass_context
def set_password(context: click.Context, from_stdin: bool) -> None:
    """Set or change the owner's password, asked for twice.

    With a password the page asks for it, and the server may listen beyond this machine.
    """
    with connect(Options.of(context)) as client:
        has_one = bool(client.get("/session")["password_set"])
        current, new = _from_lines(context, has_one) if from_stdin else _asked(context, has_one)
        client.ask("PUT", "/owner/password", {"current_password": current, "new_password": new})
    if Options.of(context).json:
        render.json({"password_set": True})
    else:
        render.line("The password is set.")


def _asked(context: click.Context, has_one: bool) -> tuple[str | None, str]:
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask on: use --stdin.", context)
    current = click.prompt("Present password", hide_input=True, err=True) if has_one else None
    return current, click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)


def _from_lines(context: click.Context, has_one: bool) -> tuple[str | None, str]:
    lines = sys.stdin.read().splitlines()
    if len(lines) != 1 + has_one:
        wanted = "two lines: the present password, then the new one" if has_one else "one line: the new password"
        raise click.UsageError(f"Standard input must be {wanted}.", context)
    return (lines[0] if has_one else None), lines[-1]
