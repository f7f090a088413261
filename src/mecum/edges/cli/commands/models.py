"""`mecum models`: which models there are, and the servers they come from."""

from typing import Any

import click

from mecum.edges.cli import endpoints, pulling, render
from mecum.edges.cli.connect import connect
from mecum.edges.cli.describing import describe
from mecum.edges.cli.explaining import explain
from mecum.edges.cli.modelref import model_file
from mecum.edges.cli.options import Group, Options

_LOAD_SECONDS = 900.0


@click.group(
    "models",
    cls=Group,
    commands={**{one.name or "": one for one in pulling.COMMANDS}, **endpoints.UNDER_MODELS},
)
def command() -> None:
    """See which models there are and connect model servers.

    A model server (an endpoint) is named by its name, its id, or the start of the id; `mecum providers` has the same
    commands for them.
    """


@command.command("list")
@click.pass_context
def available(context: click.Context) -> None:
    """List the models; the one that answers by itself is marked with *."""
    with connect(Options.of(context)) as client:
        _show(client.get("/models"), client.get("/models/figures")["items"], Options.of(context))


@command.command("refresh")
@click.pass_context
def refresh(context: click.Context) -> None:
    """Look again for models everywhere, and list them."""
    with connect(Options.of(context)) as client:
        listing = client.ask("POST", "/models/refresh")
        _show(listing, client.get("/models/figures")["items"], Options.of(context))


@command.command("show")
@click.argument("ref")
@click.pass_context
def show(context: click.Context, ref: str) -> None:
    """Print all that is known of the model REF, each fact with where it is from; what nobody knows is `unknown`."""
    describe(Options.of(context), ref)


@command.command("loaded")
@click.pass_context
def loaded(context: click.Context) -> None:
    """List the models in this machine's memory."""
    with connect(Options.of(context)) as client:
        items = client.get("/models/loaded")["items"]
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((i["ref"], _fact(i["memory_bytes"]), _fact(i["busy"]), i["until"] or "") for i in items)
    render.table(("model", "bytes", "answers", "until"), rows)


@command.command("load")
@click.argument("ref")
@click.option("--keep", metavar="TIME", help="Keep it so long when nobody asks it: 5m, 1h30m, seconds; -1 for ever.")
@click.pass_context
def load(context: click.Context, ref: str, keep: str | None) -> None:
    """Load the model REF into memory, and wait until it is there.

    `--keep` holds until it is unloaded or the server stops; `keep_alive` in the configuration of the model always.
    """
    asked = {"ref": ref} if keep is None else {"ref": ref, "keep_alive": keep}
    with connect(Options.of(context)) as client:
        client.ask("POST", "/models/load", asked, timeout=_LOAD_SECONDS)
    kept = {} if keep is None else {"keep_alive": keep}
    _done(context, {"loaded": ref, **kept}, f"Loaded: {ref}.")


@command.command("unload")
@click.argument("ref")
@click.pass_context
def unload(context: click.Context, ref: str) -> None:
    """Free the memory that the model REF takes; answers it makes end first."""
    with connect(Options.of(context)) as client:
        client.ask("POST", "/models/unload", {"ref": ref}, timeout=_LOAD_SECONDS)
    _done(context, {"unloaded": ref}, f"Unloaded: {ref}.")


@command.command("swap")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.pass_context
def swap(context: click.Context, source: str, target: str) -> None:
    """Let the model TO answer in the place of the role or model FROM, until it is swapped back.

    Answers under way end on the model they began with. FROM FROM swaps back. Needs `hot_swap` in the configuration.
    """
    with connect(Options.of(context)) as client:
        made = client.ask("POST", "/models/swap", {"from": source, "to": target}, timeout=_LOAD_SECONDS)
    _done(context, made, f"{made['to']} answers for {made['from']}.")


@command.command("swaps")
@click.pass_context
def swapped(context: click.Context) -> None:
    """List which model answers in the place of which."""
    with connect(Options.of(context)) as client:
        items = client.get("/models/swaps")["items"]
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((i["from"], i["to"], i["swapped_at"], i["detail"] or "counts") for i in items)
    render.table(("in the place of", "answers", "since", ""), rows)


@command.command("explain")
@click.argument("role", default="chat")
@click.pass_context
def explained(context: click.Context, role: str) -> None:
    """Print why a model fills ROLE (chat, when none is named), and why each other one does not."""
    explain(Options.of(context), role)


@command.command("capabilities")
@click.argument("ref")
@click.pass_context
def capabilities(context: click.Context, ref: str) -> None:
    """Print what is known of the model REF, each fact with where it is from."""
    with connect(Options.of(context)) as client:
        told = client.get("/models/capabilities", ref=ref)
    if Options.of(context).json:
        render.json(told)
        return
    facts = (
        (name.replace("_", " "), "unknown" if one["source"] is None else one["value"], one["source"] or "")
        for name, one in told["capabilities"].items()
    )
    render.table(("what", "value", "source"), facts)


@command.command("add")
@click.argument("path", metavar="FILE")
@click.pass_context
def add(context: click.Context, path: str) -> None:
    """Offer the GGUF file FILE as a model.

    A server on this machine uses it where it lies, to whoever asks for it; a server elsewhere gets a copy. `pull`
    fetches a model, `mecum providers add` connects a server that has some.
    """
    with connect(Options.of(context)) as client:
        ref = model_file(client, path)
    _done(context, {"ref": ref}, f"Added: {ref}.")


def _done(context: click.Context, value: dict[str, Any], line: str) -> None:
    if Options.of(context).json:
        render.json(value)
    else:
        render.line(line)


def _speed(figure: dict[str, Any]) -> str:
    measured: dict[str, Any] = figure.get("measured") or {}
    estimated: dict[str, Any] | None = figure.get("estimated")
    if (speed := measured.get("tokens_per_second")) is not None:
        return f"{float(f'{speed:.3g}'):g} tokens/s"
    return "" if estimated is None else f"about {estimated['tokens_per_second']:g} tokens/s (estimated)"


def _show(listing: dict[str, Any], items: list[dict[str, Any]], options: Options) -> None:
    figures = {one["ref"]: one for one in items}
    if options.json:
        told = [{**item, "figures": figures.get(item["ref"])} for item in listing["items"]]
        render.json({**listing, "items": told})
        return
    chosen: dict[str, Any] = listing.get("default") or {}
    rows = (
        (
            item["ref"],
            "*" if item["ref"] == chosen.get("ref") else "",
            "this machine" if item["local"] else "elsewhere",
            item["context_length"],
            _abilities(item),
            _speed(figures.get(item["ref"], {})),
            item["detail"] if item["available"] else f"not available: {item['detail']}",
        )
        for item in listing["items"]
    )
    render.table(("model", "", "runs on", "context", "can", "speed", "about"), rows)


def _abilities(model: dict[str, Any]) -> str:
    able = [name for name in ("vision", "tools", "reasoning") if model.get(name)]
    return "completion only" if model.get("raw_only") else ", ".join(able)


def _fact(value: object) -> object:
    return "unknown" if value is None else value
