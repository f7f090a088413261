"""What can go wrong with signing in, passwords and keys."""

from mecum.kernel.errors import Denied, Invalid, Limit, NotFound


class AuthFailed(Denied):
    """This password, key or session is not valid."""

    code = "auth.failed"


class OwnerOnly(Denied):
    """A key may not do this: sign in on the page, or use the command line on the machine itself."""

    code = "auth.owner_only"


class TooManyAttempts(Limit):
    """Too many wrong passwords; wait a little."""

    code = "auth.too_many_attempts"


class PasswordTooShort(Invalid):
    """A password has at least 8 characters."""

    code = "owner.password_too_short"


class PasswordTooLong(Invalid):
    """A password has at most 1024 characters."""

    code = "owner.password_too_long"


class KeyNotFound(NotFound):
    """There is no such key."""

    code = "key.not_found"


class KeyNameInvalid(Invalid):
    """A key's name has 1 to 100 visible characters."""

    code = "key.name_invalid"
