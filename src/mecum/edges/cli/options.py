"""The options every command takes, before or after its name, and the two click classes that add them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

_META: Final = "mecum.options"
_HELP: Final = {
    "data": "The data folder to work on (default: this platform's own, or MECUM_DATA).",
    "config": "A settings file to read.",
    "json": "Print JSON instead of text; errors become problem JSON on standard error.",
    "server": "Talk to the server at this URL instead of the one of the data folder.",
    "key": "The API key for --server.",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What the common options of one call say."""

    data: Path | None = None
    config: Path | None = None
    json: bool = False
    server: str | None = None
    key: str | None = None

    @classmethod
    def of(cls, context: click.Context) -> "Options":
        """Return the options given anywhere on the line of this call; the last place wins."""
        return cls(**context.meta.get(_META, {}))

    @property
    def flags(self) -> dict[str, Any]:
        """What the settings take from here."""
        return {} if self.data is None else {"data_dir": self.data}


class _Folder(click.Path):
    """A folder; nothing at all, as of a variable that is not set, is not the present one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        return super().convert(_filled(value, param, ctx), param, ctx)


def _filled(value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:
    if value == "":
        raise click.BadParameter("It is empty.", context, parameter)
    return value


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if _filled(value, parameter, context):
        context.meta.setdefault(_META, {})[parameter.name] = value


def _common() -> list[click.Parameter]:
    folder = _Folder(file_okay=False, path_type=Path)
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    return [
        _option("data", metavar="DIR", type=folder),
        _option("config", metavar="FILE", type=file),
        # Before the others: what they print depends on it.
        _option("json", is_flag=True, is_eager=True),
        _option("server", metavar="URL"),
        _option("key", metavar="KEY"),
    ]


def _option(name: str, **attributes: Any) -> click.Option:
    return click.Option([f"--{name}"], help=_HELP[name], expose_value=False, callback=_remember, **attributes)


COMMON: Final = tuple(_HELP)


class Command(click.Command):
    """A command with the common options; one that is `here` works on a folder itself, never through a server."""

    def __init__(self, *arguments: Any, here: bool = False, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.here = here
        self.params.extend(_common())

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that has gone away ends it quietly."""
        given = Options.of(ctx)
        if self.here and (given.server or given.key):
            # Ignored, it would change another folder than the one that was meant.
            raise click.UsageError("It works on a data folder of this machine: --data instead of --server.", ctx)
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error


class Group(click.Group):
    """A command with commands below it; both levels take the common options."""

    command_class = Command

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.params.extend(_common())


class ReaderGone(Exception):
    """Nobody reads our output any more (`mecum … | head`)."""


def command(name: str, **attributes: Any) -> Callable[[Callable[..., Any]], Command]:
    """Declare a command with the common options; its function gets the click context first."""

    def declare(function: Callable[..., Any]) -> Command:
        return click.command(name, cls=Command, **attributes)(click.pass_context(function))

    return declare
