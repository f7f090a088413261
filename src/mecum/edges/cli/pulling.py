"""`mecum models pull` and its like: fetching models, and watching how far that is."""

import sys
from time import sleep
from typing import Any, Final

import click

from mecum.edges.cli import render
from mecum.edges.cli.client import Client, part
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Command, Options
from mecum.edges.cli.outcome import Refusal
from mecum.kernel.errors import MecumError, declared

_PAUSE_SECONDS: Final = 0.5
_OVER: Final = ("done", "failed", "cancelled")


class PullIncomplete(MecumError):
    """The model was not fetched."""

    code = "cli.pull_incomplete"
    kind = "unavailable"


@click.command("pull", cls=Command)
@click.argument("source")
@click.option("--sha256", metavar="HEX", help="The checksum that the file must have.")
@click.option("--name", help="What the file is called here.")
@click.option("--allow-host", "hosts", multiple=True, help="A host that the server may send on to; may be repeated.")
@click.option("--detach", is_flag=True, help="Do not wait for the end; the server goes on by itself.")
@click.pass_context
def pull(
    context: click.Context, source: str, sha256: str | None, name: str | None, hosts: tuple[str, ...], detach: bool
) -> int:
    """Fetch a model: the address of a GGUF file, or `ollama:NAME`.

    An interrupted one goes on where it was, also after a restart. Asking for an address agrees to connecting to its
    host for this download, and to nothing else.
    """
    body: dict[str, Any] = {"source": source, "hosts": list(hosts)}
    body |= {key: value for key, value in (("sha256", sha256), ("name", name)) if value is not None}
    with connect(Options.of(context)) as client:
        view: dict[str, Any] = client.ask("POST", "/models/pulls", body)
        if not detach:
            view = _watched(client, view, quiet=Options.of(context).json)
    if Options.of(context).json:
        render.json(view)
    elif view["state"] not in _OVER:
        render.line(f"Being fetched ({view['id']}); see: mecum models pulls")
    elif view["state"] == "done":
        render.line(f"Fetched: {view['model']}{_checked(view)}.")
    if view["state"] in ("failed", "cancelled"):
        raise failure(view)
    return 0


@click.command("pulls", cls=Command)
@click.pass_context
def pulls(context: click.Context) -> None:
    """List the pulls of the last week."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/models/pulls"))
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((i["id"], i["source"], i["state"], _amount(i), i["model"] or i["detail"]) for i in items)
    render.table(("id", "source", "state", "how far", "model or error"), rows)


@click.command("catalogue", cls=Command)
@click.option("--context", "length", type=click.IntRange(256), default=8192, show_default=True, help="Its tokens.")
@click.option("--quantization", metavar="NAME", help="Count with this one (such as Q8_0) instead of the file's own.")
@click.option("--all", "everything", is_flag=True, help="Also what does not fit this machine.")
@click.pass_context
def catalogue(context: click.Context, length: int, quantization: str | None, everything: bool) -> None:
    """List well-known models that would fit this machine, with what they take and about how fast they are."""
    with connect(Options.of(context)) as client:
        listing = client.get("/models/catalogue", context=length, quantization=quantization)
    items = [item for item in listing["items"] if everything or item["fits"] != "no"]
    if Options.of(context).json:
        render.json({"items": items})
        return
    words = {"now": "fits now", "machine": "fits when less else runs", "no": "does not fit"}
    rows = (
        (
            i["source"],
            f"{i['parameters'] / 1e9:.3g}B",
            i["quantization"],
            f"{i['memory_bytes'] / 1e9:.1f} GB",
            "here" if i["here"] else words[i["fits"]],
            "" if i["tokens_per_second"] is None else f"about {i['tokens_per_second']:.3g} tokens/s (estimate)",
        )
        for i in items
    )
    render.table(("pull", "size", "weights", "memory", "fits", "speed"), rows)


@click.command("cancel-pull", cls=Command)
@click.argument("pull_id")
@click.pass_context
def cancel(context: click.Context, pull_id: str) -> None:
    """End a pull, and remove what came of it."""
    with connect(Options.of(context)) as client:
        client.ask("DELETE", f"/models/pulls/{part(pull_id)}")
    if Options.of(context).json:
        render.json({"cancelled": pull_id})
    else:
        render.line(f"Cancelled: {pull_id}.")


def _watched(client: Client, view: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    """Return the pull once it is over; says meanwhile how far it is."""
    said = ""
    while view["state"] not in _OVER:
        sleep(_PAUSE_SECONDS)
        view = client.get(f"/models/pulls/{part(view['id'])}")
        now = f"{(view['detail'] or view['says'] or 'waiting').rstrip('.')}: {_amount(view)}"
        if now != said and not quiet:
            said = now
            _say(now)
    if said and sys.stderr.isatty():
        click.echo(err=True)
    return view


def _say(text: str) -> None:
    """Say how far it is: in one line that changes on a terminal, line by line elsewhere."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", err=True, nl=False)
    else:
        render.notice(text)


def _amount(view: dict[str, Any]) -> str:
    done, total = view["done_bytes"], view["total_bytes"]
    if not total:
        return f"{done / 1e6:.1f} MB"
    return f"{done / 1e6:.1f} of {total / 1e6:.1f} MB ({done * 100 // total} %)"


def _checked(view: dict[str, Any]) -> str:
    said = {
        "person": ", its checksum is the one you gave",
        "server": ", its checksum is the one the server says",
        "no": f", not verified: nobody said a checksum; it is {view['sha256']}",
    }
    return said.get(view["verified"] or "", "")


def failure(view: dict[str, Any]) -> MecumError | Refusal:
    """Return the error that a pull ended with."""
    if view["state"] == "cancelled":
        return PullIncomplete("The pull was cancelled.")
    # A command that asks a server needs the classes of what can go wrong there only where it did.
    from mecum.domains.privacy.api import EgressDenied  # noqa: PLC0415
    from mecum.inference.errors import PullFailed  # noqa: PLC0415

    code: str | None = view["code"]
    theirs: tuple[type[MecumError], ...] = (EgressDenied, PullFailed)
    known = {**declared(), **{one.code: one for one in theirs}}.get(code or "")
    if known is not None:
        return known(view["detail"])
    problem = {"code": code or PullIncomplete.code, "detail": view["detail"] or PullIncomplete().message}
    return Refusal(problem, "unavailable")


COMMANDS: Final = (catalogue, pull, pulls, cancel)
"""Those that belong to `mecum models`."""
