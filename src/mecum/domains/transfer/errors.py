"""What can go wrong with an export or an import."""

from mecum.kernel.errors import Conflict, Invalid, NotFound


class NotAConversation(Invalid):
    """This is not a conversation in the named format."""

    code = "transfer.unreadable"


class BackupNotFound(NotFound):
    """There is no such backup."""

    code = "backup.not_found"


class BackupBusy(Conflict):
    """A backup is being made already."""

    code = "backup.busy"
