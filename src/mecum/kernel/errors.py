"""The one error tree: every refusal has a stable code and one of seven kinds.

    MecumError
    ├── Invalid       the request cannot be right as it stands
    ├── Denied        who asks may not
    ├── NotFound      there is no such thing, for this person
    ├── Conflict      it contradicts the present state
    ├── Limit         a size, rate or budget is exhausted
    ├── Unavailable   something outside does not answer now
    └── Internal      a fault of ours

A context declares its own errors as subclasses with a `code`; edges map `kind` to a status, a close code, an exit code.
"""

from typing import Any, ClassVar, Final, Literal, get_args

Kind = Literal["invalid", "denied", "not_found", "conflict", "limit", "unavailable", "internal"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class MecumError(Exception):
    """Root of all errors a person may meet. `message` is a sentence for people, `details` small JSON values."""

    code: ClassVar[str] = "internal.error"
    kind: ClassVar[Kind] = "internal"

    def __init__(self, message: str | None = None, **details: Any) -> None:
        self.message = message or (type(self).__doc__ or "Something went wrong.").strip().splitlines()[0]
        self.details: dict[str, Any] = details
        super().__init__(self.message)


class Invalid(MecumError):
    """The request is not valid."""

    code = "request.invalid"
    kind = "invalid"


class Denied(MecumError):
    """This is not allowed."""

    code = "auth.denied"
    kind = "denied"


class NotFound(MecumError):
    """There is no such thing."""

    code = "request.not_found"
    kind = "not_found"


class Conflict(MecumError):
    """The present state does not allow this."""

    code = "request.conflict"
    kind = "conflict"


class Limit(MecumError):
    """A limit is reached."""

    code = "request.limit"
    kind = "limit"


class Unavailable(MecumError):
    """Something this needs does not answer now."""

    code = "service.unavailable"
    kind = "unavailable"


class Internal(MecumError):
    """Something went wrong inside Mecum."""

    code = "internal.error"
    kind = "internal"


def declared() -> dict[str, type[MecumError]]:
    """Return every declared error class by its code, sorted by code; the first declaration of a code wins."""
    found: dict[str, type[MecumError]] = {}
    pending: list[type[MecumError]] = [MecumError]
    while pending:
        cls = pending.pop(0)
        if cls is not MecumError:
            found.setdefault(cls.code, cls)
        pending.extend(cls.__subclasses__())
    return dict(sorted(found.items()))
