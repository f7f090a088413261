"""`mecum downgrade`."""

import click

from mecum.edges.cli import options, schema


@options.command("downgrade", here=True)
@click.option("--to", metavar="SCHEMA", help="The schema to go to (default: the one before).")
@click.option("--dry-run", is_flag=True, help="Only look: versions, free space, whether the store is sound.")
@click.option("--yes", is_flag=True, help="Go on though the older schema has no place for some rows.")
def command(context: click.Context, to: str | None, dry_run: bool, yes: bool) -> None:
    """Take the store back to an older schema, for an older Mecum.

    Rows the older schema has no place for are named first; they stay in the copy that is made. Start the older Mecum
    next: this one would upgrade again.
    """
    schema.change(context, to, only_look=dry_run, lossy=yes, down=True)
