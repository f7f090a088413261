"""Commands on model servers, which are `mecum providers` and, under longer names, part of `mecum models`."""

import sys
from typing import Any, Final

import click

from mecum.edges.cli import lookup, own_file, render
from mecum.edges.cli.client import Client, part
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Command, Options
from mecum.edges.cli.remote import split
from mecum.infra.net.client import is_loopback
from mecum.kernel.errors import Conflict, Invalid


class FromSettings(Conflict):
    """This model server comes from the settings."""

    code = "cli.from_settings"


class AddressUnknown(Invalid):
    """Where this model server answers is not known: say its URL too."""

    code = "cli.address_unknown"


@click.command("list", cls=Command)
@click.pass_context
def connected(context: click.Context) -> None:
    """List the connected model servers."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/endpoints"))
    if Options.of(context).json:
        render.json({"items": items})
        return
    render.table(("id", "name", "wire", "address"), ((i["id"], i["name"], i["wire"], i["base_url"]) for i in items))


@click.command("known", cls=Command)
@click.pass_context
def known(context: click.Context) -> None:
    """List the model servers that `mecum providers add NAME` knows the address of.

    A key that is in the environment variable shown is found by itself; nothing is sent before somebody agrees.
    """
    with connect(Options.of(context)) as client:
        items = list(client.items("/endpoints/known"))
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((i["name"], i["title"], i["base_url"], i["key_variable"] or "") for i in items)
    render.table(("name", "is", "address", "key found in"), rows)


@click.command("add", cls=Command)
@click.argument("name")
@click.argument("url", required=False)
@click.option(
    "--wire",
    type=click.Choice(["openai", "ollama", "anthropic", "google"]),
    help="What it speaks (default: openai, or as is known of NAME).",
)
@click.option("--api-key-stdin", is_flag=True, help="Read the server's API key from standard input.")
@click.option("--ask-api-key", is_flag=True, help="Ask for the server's API key.")
@click.option("--no-consent", is_flag=True, help="Only know it: nothing is sent there before `mecum privacy consent`.")
@click.pass_context
def add(
    context: click.Context,
    name: str,
    url: str | None,
    wire: str | None,
    api_key_stdin: bool,
    ask_api_key: bool,
    no_consent: bool,
) -> None:
    """Connect the model server at URL under NAME; of some the address is known (`mecum providers known`).

    Beyond this machine that agrees to sending conversations there, and says so; `--no-consent` does not.
    """
    with connect(Options.of(context)) as client:
        found = _known(client, name) if url is None else {"base_url": url, "wire": "openai"}
        address = str(found["base_url"])
        body: dict[str, Any] = {"name": name, "wire": wire or found["wire"], "base_url": address}
        beyond = None if no_consent else _beyond(address)
        if beyond is not None:
            click.echo(f"Conversations that {name} answers will be sent to {beyond}.", err=True)
            body["consent"] = True
        if api_key_stdin:
            body["api_key"] = sys.stdin.readline().strip()
        elif ask_api_key:
            body["api_key"] = click.prompt("API key", hide_input=True, err=True)
        made = client.ask("POST", "/endpoints", body)
    if beyond is not None:
        click.echo(f"Take that back: mecum privacy withdraw {name}", err=True)
    if found.get("key_variable") and not body.get("api_key"):
        click.echo(f"{name} wants a key: remove it and add it with --ask-api-key.", err=True)
    if Options.of(context).json:
        render.json(made)
    else:
        render.line(f"Connected: {made['name']} ({made['id']}).")


@click.command("remove", cls=Command)
@click.argument("endpoint")
@click.pass_context
def remove(context: click.Context, endpoint: str) -> None:
    """Disconnect a model server."""
    with connect(Options.of(context)) as client:
        found = _own(client, endpoint)
        client.ask("DELETE", f"/endpoints/{part(found['id'])}")
    if Options.of(context).json:
        render.json({"removed": found["id"]})
    else:
        render.line(f"Disconnected: {found['name']} ({found['id']}).")


@click.command("test", cls=Command)
@click.argument("name")
@click.pass_context
def test(context: click.Context, name: str) -> int:
    """Ask a model server whether it answers, or of a model whether its server does and has it.

    The exit code is 7 when it does not.
    """
    with connect(Options.of(context)) as client:
        server, model = _meant(client, name)
        result = client.ask("POST", f"/endpoints/{part(server)}/test")
    told = result if model is None else {**result, "model": model["ref"], "available": model["available"]}
    ok = result["ok"] and (model is None or model["available"])
    if Options.of(context).json:
        render.json({**told, "ok": ok})
    elif not result["ok"]:
        render.line(f"{name} does not answer: {result['detail']}")
    elif not ok:
        render.line(f"{name} is not available: {told['model']}, of a server that answers.")
    else:
        render.line(f"{name} answers in {result['latency_ms']} ms: {result['detail']}")
    return 0 if ok else 7


@click.command("limit", cls=Command)
@click.argument("name")
@click.argument("most", metavar="NUMBER|none")
@click.pass_context
def limit(context: click.Context, name: str, most: str) -> None:
    """Let the model server NAME make at most NUMBER answers at once; further ones wait, people's first.

    `none` takes a limit back, also one of the settings. It goes into `user_models.json` as `most_at_once`.
    """
    if most != "none" and not (most.isdecimal() and int(most)):
        raise click.UsageError("NUMBER is 1 or more, or `none`.", context)
    with connect(Options.of(context)) as client:
        server, _ = _meant(client, name)
        named = next((one["name"] for one in client.items("/endpoints") if one["id"] == server), server)
        own_file.put(client, ("most_at_once", named), own_file.NULL if most == "none" else int(most))
    told = {"endpoint": named, "most_at_once": None if most == "none" else int(most)}
    if Options.of(context).json:
        render.json(told)
    else:
        render.line(f"{named}: {'no limit' if most == 'none' else f'{most} answers at once'}.")


def _beyond(url: str) -> str | None:
    """Return the host of an address that is not on this machine."""
    host = parts.hostname if (parts := split(url)) else None
    return host if host and not is_loopback(host) else None


def _known(client: Client, name: str) -> dict[str, Any]:
    """Return what is known of a model server; raises AddressUnknown."""
    items = list(client.items("/endpoints/known"))
    found = next((one for one in items if one["name"] == name), None)
    if found is None:
        names = ", ".join(one["name"] for one in items)
        raise AddressUnknown(f"Where {name} answers is not known: say its URL too. Known are {names}.")
    return found


def _meant(client: Client, name: str) -> tuple[str, dict[str, Any] | None]:
    """Return the model server meant, and the model if it is one of those; raises NoSuchThing."""
    servers = list(client.items("/endpoints"))
    server = next((one for one in servers if name in (one["id"], one["name"])), None)
    if server is None:
        models: list[dict[str, Any]] = client.get("/models")["items"]
        model = next((one for one in models if name in (one["ref"], one["name"])), None)
        if model is not None:
            return str(model["endpoint"]), model
        server = lookup.named(servers, name)
    return str(server["id"] or server["name"]), None


def _own(client: Client, given: str) -> dict[str, Any]:
    """Return the endpoint meant; raises FromSettings for one that no command made."""
    found = lookup.named(client.items("/endpoints"), given)
    if found["id"] is None:
        raise FromSettings(f"{found['name']} comes from the settings; change it there.")
    return found


UNDER_MODELS: Final = {"endpoints": connected, "add-endpoint": add, "remove-endpoint": remove, "test": test}
"""What they are called below `mecum models`."""
COMMANDS: Final = {"list": connected, "known": known, "add": add, "test": test, "limit": limit, "remove": remove}
