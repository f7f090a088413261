"""What can go wrong with a run."""

from mecum.kernel.errors import Conflict, Invalid, NotFound


class RunNotFound(NotFound):
    """There is no such run."""

    code = "run.not_found"


class RunOver(Conflict):
    """This run has ended already."""

    code = "run.over"


class IdempotencyReused(Conflict):
    """This idempotency key was used for a different request."""

    code = "run.idempotency_reused"


class BadRun(Invalid):
    """This run cannot be made."""

    code = "run.invalid"
