"""`mecum serve`."""

import os
from pathlib import Path

import click

from mecum.edges.cli import lock, options, render, serving
from mecum.edges.cli.connect import answering, load
from mecum.edges.cli.options import Options
from mecum.kernel.errors import Conflict


class AlreadyServed(Conflict):
    """Another server holds this data folder."""

    code = "cli.already_served"


@options.command("serve", here=True)
@click.option("--host", metavar="ADDRESS", help="Where to listen; beyond this machine only with an owner's password.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port (default 8321; 0 takes a free one).")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
def command(context: click.Context, host: str | None, port: int | None, open_page: bool) -> None:
    """Run the server and its page, until Ctrl-C."""
    given = Options.of(context)
    asked = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = load(given, server=asked)
    _refuse_second(settings.data_dir)
    listener = serving.listen(settings.server.host, settings.server.port)
    bound = int(listener.getsockname()[1])
    settings = load(given, server={**asked, "port": bound})

    def announce() -> None:
        url = serving.url_of(settings.server.host, bound)
        if given.json:
            render.json_line({"url": url, "data_dir": str(settings.data_dir), "pid": os.getpid()})
        else:
            render.line(f"Mecum is at {url} with the data folder {settings.data_dir}. Ctrl-C stops it.")
        if open_page:
            import webbrowser  # noqa: PLC0415 - most servers open none

            webbrowser.open(url)

    serving.serve(settings, listener, announce)


def _refuse_second(folder: Path) -> None:
    found = lock.holder(folder)
    if found is None or found.pid == os.getpid():
        # A container that is started again gives its server the number it had: the card is of the one that crashed.
        return
    held = answering(folder)
    if held is not None:
        raise AlreadyServed(f"Process {held.pid} serves {folder} at {held.url}.", url=held.url, pid=held.pid)
