"""`mecum providers`: the servers that models come from, and whether conversations may be sent there."""

import click

from mecum.edges.cli import endpoints
from mecum.edges.cli.commands import privacy
from mecum.edges.cli.options import Group

_CONSENTS = {"consent": privacy.consent, "withdraw": privacy.withdraw}


@click.group("providers", cls=Group, commands={**endpoints.COMMANDS, **_CONSENTS})
def command() -> None:
    """Connect model servers, test them, and agree or not to sending conversations there.

    A model server is named by its name, its id, or the start of the id.
    """
