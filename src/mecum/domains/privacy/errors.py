"""What may not leave."""

from mecum.kernel.errors import Denied


class EgressDenied(Denied):
    """Nobody allowed this machine to connect there."""

    code = "egress.denied"
