"""The root of the command line: which command lives where, and how a call ends."""

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Final

import click
from click.exceptions import NoArgsIsHelpError

from mecum import VERSION_JSON, __version__
from mecum.edges.cli import outcome
from mecum.edges.cli.options import Group, Options, ReaderGone

# Command → one line of help. Kept here so that `mecum --help` imports no command.
COMMANDS: Final = {
    "assistants": "Make assistants, change them, and bring back what they were.",
    "backup": "Keep copies of everything, and check them.",
    "chat": "Ask, and read the answer as it is written.",
    "completion": "Print the completion script for a shell.",
    "config": "See, explain, check and import the configuration of models.",
    "conversations": "List, read, search, move and delete conversations.",
    "doctor": "Check this installation and say how to fix what is wrong.",
    "downgrade": "Take the store back to an older schema.",
    "export": "Write out everything that is yours, as one file.",
    "files": "Add files and fetch them back.",
    "import": "Import conversations of other systems, with a reckoning.",
    "jobs": "See what is done in the background, stop it, have it done again.",
    "keys": "Make and revoke API keys.",
    "models": "See which models there are and connect model servers.",
    "notices": "See what to know about models, and put it away.",
    "password": "Set the owner's password.",
    "profiles": "Keep several configurations of models, and switch between them.",
    "projects": "Keep conversations, assistants, files and instructions under one name.",
    "providers": "Connect model servers, test them, and agree to sending conversations there.",
    "roles": "See which model fills each role, and why.",
    "privacy": "Decide what may leave this machine, and see what left.",
    "restore": "Bring back a backup.",
    "serve": "Run the server and its page.",
    "status": "Print what this instance is, and how its machine fares.",
    "trash": "See and empty the trash.",
    "upgrade": "Bring the store to the newest schema.",
    "version": "Print the version.",
    "worker": "Do background work in a process of its own.",
}


MODULES: Final = {"import": "imports"}
"""Commands whose name is none of a module."""


class Root(Group):
    """A group that imports a command when it is asked for, and never before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command; None when there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mecum.edges.cli.commands.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from their one-line helps alone."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        click.echo(VERSION_JSON if Options.of(context).json else f"mecum {__version__}")
        context.exit()


root = Root(
    name="mecum",
    help="Mecum: your assistants, on your machine, with whatever model you have.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            callback=_print_version,
            help="Print the version.",
        )
    ],
)


def run(arguments: Sequence[str]) -> int:
    """Run one call and return its exit code; what goes wrong is told on standard error and never raised."""
    as_json = "--json" in arguments
    try:
        code = root.main(list(arguments), prog_name="mecum", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except NoArgsIsHelpError as error:
        click.echo(error.format_message(), file=sys.stderr)
        return outcome.EXIT_CODES["invalid"]
    except (click.Abort, KeyboardInterrupt, outcome.Interrupted):
        return outcome.INTERRUPTED
    except (ReaderGone, BrokenPipeError):
        _abandon_output()
        return outcome.READER_GONE
    except Exception as error:  # noqa: BLE001 - the edge of the program: every error ends as one line and a code
        return outcome.tell(error, as_json)


def _abandon_output() -> None:
    """Point standard output at nothing, so that the interpreter's last flush does not complain either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
