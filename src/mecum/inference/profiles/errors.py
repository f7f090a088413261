"""What can go wrong with a profile."""

from mecum.kernel.errors import Conflict, Invalid, NotFound


class ProfileNotFound(NotFound):
    """There is no such profile."""

    code = "profile.not_found"


class ProfileAmbiguous(Conflict):
    """Several profiles bear this name; name one by whose it is, as in `person:evenings`."""

    code = "profile.ambiguous"


class ProfileExists(Conflict):
    """There is a profile of that name already."""

    code = "profile.exists"


class ProfileShipped(Conflict):
    """This profile came with Mecum: it can be copied and covered by one of its name, not removed."""

    code = "profile.shipped"


class ProfileNameInvalid(Invalid):
    """A profile's name has small letters, digits, `_` and `-`, at most 40 of them."""

    code = "profile.name_invalid"


class ProfileBroken(Conflict):
    """A profile that does not hold cannot be activated; validating it says what is wrong."""

    code = "profile.broken"
