"""`mecum models`: which models there are, and the servers they come from."""

import sys
from typing import Any
from urllib.parse import urlsplit

import click

from mecum.edges.cli import lookup, pulling, render
from mecum.edges.cli.client import Client, part
from mecum.edges.cli.connect import connect
from mecum.edges.cli.explaining import explain
from mecum.edges.cli.lookup import NoSuchThing
from mecum.edges.cli.options import Group, Options
from mecum.infra.net.client import is_loopback
from mecum.kernel.errors import Conflict

_LOAD_SECONDS = 900.0
_MEASURED = ("tokens_per_second", "first_token_seconds", "failure_rate", "answers")


class FromSettings(Conflict):
    """This model server comes from the settings."""

    code = "cli.from_settings"


@click.group(
    "models",
    cls=Group,
    commands={one.name or "": one for one in pulling.COMMANDS},
)
def command() -> None:
    """See which models there are and connect model servers.

    A model server (an endpoint) is named by its name, its id, or the start of the id.
    """


@command.command("list")
@click.pass_context
def available(context: click.Context) -> None:
    """List the models; the one that answers by itself is marked with *."""
    with connect(Options.of(context)) as client:
        _show(client.get("/models"), Options.of(context))


@command.command("refresh")
@click.pass_context
def refresh(context: click.Context) -> None:
    """Look again for models everywhere, and list them."""
    with connect(Options.of(context)) as client:
        _show(client.ask("POST", "/models/refresh"), Options.of(context))


@command.command("show")
@click.argument("ref")
@click.pass_context
def show(context: click.Context, ref: str) -> None:
    """Print what is known about the model REF."""
    with connect(Options.of(context)) as client:
        models = client.get("/models")["items"]
        model = next((item for item in models if ref in (item["ref"], item["name"])), None)
        if model is None:
            raise NoSuchThing(f"There is no model {ref}; `mecum models list` shows what there is.")
        measured = client.get(f"/models/{part(model['ref'])}/performance")
    if Options.of(context).json:
        render.json({**model, "performance": measured})
        return
    facts = [*model.items(), *((name, measured[name]) for name in _MEASURED)]
    render.table(("what", "value"), ((name.replace("_", " "), _fact(value)) for name, value in facts))


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
@click.pass_context
def load(context: click.Context, ref: str) -> None:
    """Load the model REF into memory, and wait until it is there."""
    with connect(Options.of(context)) as client:
        client.ask("POST", "/models/load", {"ref": ref}, timeout=_LOAD_SECONDS)
    _done(context, {"loaded": ref}, f"Loaded: {ref}.")


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
    """Let the model TO answer in the place of the role or model FROM, until the server stops.

    Answers under way end on the model they began with. FROM FROM swaps back. Needs `hot_swap` in the configuration.
    """
    with connect(Options.of(context)) as client:
        made = client.ask("POST", "/models/swap", {"from": source, "to": target}, timeout=_LOAD_SECONDS)
    _done(context, made, f"{made['to']} answers for {made['from']}.")


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
    facts = ((name.replace("_", " "), one["value"], one["source"]) for name, one in told["capabilities"].items())
    render.table(("what", "value", "source"), facts)


@command.command("endpoints")
@click.pass_context
def endpoints(context: click.Context) -> None:
    """List the connected model servers."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/endpoints"))
    if Options.of(context).json:
        render.json({"items": items})
        return
    render.table(("id", "name", "wire", "address"), ((i["id"], i["name"], i["wire"], i["base_url"]) for i in items))


@command.command("add-endpoint")
@click.argument("name")
@click.argument("url")
@click.option(
    "--wire",
    type=click.Choice(["openai", "ollama", "anthropic", "google"]),
    default="openai",
    show_default=True,
    help="What it speaks.",
)
@click.option("--api-key-stdin", is_flag=True, help="Read the server's API key from standard input.")
@click.option("--ask-api-key", is_flag=True, help="Ask for the server's API key.")
@click.option("--no-consent", is_flag=True, help="Only know it: nothing is sent there before `mecum privacy consent`.")
@click.pass_context
def add_endpoint(
    context: click.Context, name: str, url: str, wire: str, api_key_stdin: bool, ask_api_key: bool, no_consent: bool
) -> None:
    """Connect the model server at URL under NAME.

    Beyond this machine that agrees to sending conversations there, and says so; `--no-consent` does not.
    """
    body: dict[str, Any] = {"name": name, "wire": wire, "base_url": url}
    if (host := urlsplit(url).hostname) and not is_loopback(host) and not no_consent:
        click.echo(
            f"Conversations that {name} answers are sent to {host}. Take it back: mecum privacy withdraw {name}",
            err=True,
        )
        body["consent"] = True
    if api_key_stdin:
        body["api_key"] = sys.stdin.readline().strip()
    elif ask_api_key:
        body["api_key"] = click.prompt("API key", hide_input=True, err=True)
    with connect(Options.of(context)) as client:
        made = client.ask("POST", "/endpoints", body)
    if Options.of(context).json:
        render.json(made)
    else:
        render.line(f"Connected: {made['name']} ({made['id']}).")


@command.command("remove-endpoint")
@click.argument("endpoint")
@click.pass_context
def remove_endpoint(context: click.Context, endpoint: str) -> None:
    """Disconnect a model server."""
    with connect(Options.of(context)) as client:
        found = _connected(client, endpoint)
        client.ask("DELETE", f"/endpoints/{part(found['id'])}")
    if Options.of(context).json:
        render.json({"removed": found["id"]})
    else:
        render.line(f"Disconnected: {found['name']} ({found['id']}).")


@command.command("test")
@click.argument("endpoint")
@click.pass_context
def test(context: click.Context, endpoint: str) -> int:
    """Ask a model server whether it answers; the exit code is 7 when it does not."""
    with connect(Options.of(context)) as client:
        found = _connected(client, endpoint)
        result = client.ask("POST", f"/endpoints/{part(found['id'])}/test")
    if Options.of(context).json:
        render.json(result)
    elif result["ok"]:
        render.line(f"{found['name']} answers in {result['latency_ms']} ms: {result['detail']}")
    else:
        render.line(f"{found['name']} does not answer: {result['detail']}")
    return 0 if result["ok"] else 7


def _done(context: click.Context, value: dict[str, Any], line: str) -> None:
    if Options.of(context).json:
        render.json(value)
    else:
        render.line(line)


def _connected(client: Client, given: str) -> dict[str, Any]:
    """Return the endpoint meant; raises FromSettings for one that no command made."""
    found = lookup.named(client.items("/endpoints"), given)
    if found["id"] is None:
        raise FromSettings(f"{found['name']} comes from the settings; change it there.")
    return found


def _show(listing: dict[str, Any], options: Options) -> None:
    if options.json:
        render.json(listing)
        return
    chosen: dict[str, Any] = listing.get("default") or {}
    rows = (
        (
            item["ref"],
            "*" if item["ref"] == chosen.get("ref") else "",
            "this machine" if item["local"] else "elsewhere",
            item["context_length"],
            _abilities(item),
            item["detail"] if item["available"] else f"not available: {item['detail']}",
        )
        for item in listing["items"]
    )
    render.table(("model", "", "runs on", "context", "can", "about"), rows)


def _abilities(model: dict[str, Any]) -> str:
    able = [name for name in ("vision", "tools", "reasoning") if model.get(name)]
    return "completion only" if model.get("raw_only") else ", ".join(able)


def _fact(value: object) -> object:
    return "unknown" if value is None else value
