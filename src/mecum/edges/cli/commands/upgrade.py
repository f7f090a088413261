"""`mecum upgrade`."""

import click

from mecum.edges.cli import options, schema


@options.command("upgrade", here=True)
@click.option("--to", metavar="SCHEMA", help="The schema to go to (default: the newest).")
@click.option("--dry-run", is_flag=True, help="Only look: versions, free space, whether the store is sound.")
def command(context: click.Context, to: str | None, dry_run: bool) -> None:
    """Bring the store to the newest schema: look, copy it, change it, compare every row.

    Killed or failed at any point it is as it was. An embedded store is upgraded by the server itself when it starts;
    on PostgreSQL this command does it, with every server stopped.
    """
    schema.change(context, to, only_look=dry_run, lossy=False, down=False)
