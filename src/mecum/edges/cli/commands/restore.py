"""`mecum restore`."""

from pathlib import Path
from typing import Any

import click

from mecum.edges.cli import options, render
from mecum.edges.cli.confirm import confirm
from mecum.edges.cli.connect import load
from mecum.edges.cli.held import held
from mecum.edges.cli.options import Options
from mecum.settings import Settings


@options.command("restore", here=True)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Replace what the data folder holds; it is kept beside.")
@click.option(
    "--key-file",
    metavar="KEY",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The `store.key` the backup was made with, where the data folder has none.",
)
def command(context: click.Context, file: Path, yes: bool, key_file: Path | None) -> None:
    """Bring back a backup: FILE, or the name of one in the folder of backups.

    All of it is read and compared before anything is replaced. What it replaces stays in a folder `kept-…` of the data
    folder; on PostgreSQL a backup of it is made first. No server may run meanwhile.
    """
    from mecum.bootstrap import upkeep  # noqa: PLC0415 - help needs none of it
    from mecum.infra.archive import store  # noqa: PLC0415
    from mecum.infra.archive.reading import head_of  # noqa: PLC0415

    settings = load(Options.of(context))
    path = file if file.exists() else upkeep.shelf_of(settings).where(file.name) or file
    if not path.is_file():
        raise click.UsageError(f"There is no file {file}.", context)
    head = {} if path.suffix == ".db" else head_of(path)
    if _holds_something(settings):
        confirm(context, f"Replace what {settings.data_dir} holds? It is kept beside.", yes=yes)
    told = _teller(Options.of(context))
    with held(settings, "restore"):
        keys = upkeep.keys_for(settings, head, key_file)
        house = upkeep.house_of(settings, keys)
        if path.suffix == ".db":
            kept: Path | None = store.restore_copy(house, path, keys.store, told)
        else:
            aside = upkeep.aside_of(settings, keys) if settings.storage.url is not None else None
            kept = store.restore(house, path, keys.store, told) or aside
    _tell(context, {"restored": str(path), "made_at": head.get("made_at"), "kept": None if kept is None else str(kept)})


def _tell(context: click.Context, found: dict[str, Any]) -> None:
    if Options.of(context).json:
        render.json(found)
        return
    render.line(f"Restored: {found['restored']}" + (f", of {found['made_at']}." if found["made_at"] else "."))
    if found["kept"]:
        render.line(f"What was there before is in {found['kept']}; remove it when you are content.")


def _holds_something(settings: Settings) -> bool:
    return settings.storage.url is not None or (settings.data_dir / "mecum.db").exists()


def _teller(given: Options) -> Any:
    said = ""

    def told(says: str, done: int, of: int) -> None:
        nonlocal said
        if says != said and not given.json:
            said = says
            render.notice(f"{says} …")

    return told
