"""What can go wrong with background work."""

from mecum.kernel.errors import Conflict, Limit, NotFound


class JobNotFound(NotFound):
    """There is no such job, or it is over."""

    code = "job.not_found"


class JobTimedOut(Limit):
    """The job took longer than its kind may."""

    code = "job.timed_out"


class LeaseLost(Conflict):
    """This job was given to somebody else meanwhile, or stopped: its work must not be stored."""

    code = "job.lease_lost"
