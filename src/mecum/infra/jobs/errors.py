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


class JobNotCancellable(Conflict):
    """This job cannot be cancelled: it comes round by itself, or something that was promised hangs on it."""

    code = "job.not_cancellable"


class JobNotRepeatable(Conflict):
    """Only a job that failed, was cancelled or waits for its next attempt can be run again."""

    code = "job.not_repeatable"
