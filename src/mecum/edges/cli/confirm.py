"""Asks before something that cannot be undone."""

import sys

import click


def confirm(context: click.Context, question: str, *, yes: bool) -> None:
    """Return when the person agrees, by `yes` or by answering; without a terminal only `yes` will do."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("This cannot be undone: say --yes.", context)
    click.confirm(question, abort=True, err=True)
