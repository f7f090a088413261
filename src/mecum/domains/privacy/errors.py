"""What may not leave."""

from mecum.kernel.errors import Conflict, Denied, NotFound


class EgressDenied(Denied):
    """Nobody allowed this machine to connect there."""

    code = "egress.denied"


class PlaceUnknown(NotFound):
    """No model server of this name is beyond this machine."""

    code = "privacy.place_unknown"


class ConsentFromSettings(Conflict):
    """This consent is given in the settings, and is taken back there."""

    code = "privacy.consent_from_settings"
