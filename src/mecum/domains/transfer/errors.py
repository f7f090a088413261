"""What can go wrong with an export or an import."""

from mecum.kernel.errors import Conflict, Invalid, NotFound


class NotAConversation(Invalid):
    """This is not a conversation in the named format."""

    code = "transfer.unreadable"


class ImportUnreadable(Invalid):
    """The file is damaged, or not what it seems to be."""

    code = "import.unreadable"


class CardUnreadable(ImportUnreadable):
    """The character card, or the picture it is in, is damaged, or beyond what is read."""

    code = "import.card_unreadable"


class FormatUnknown(Invalid):
    """No reader knows this file."""

    code = "import.format_unknown"


class ImportNotFound(NotFound):
    """There is no such import."""

    code = "import.not_found"


class ImportUnfinished(Conflict):
    """This import is still being made or undone."""

    code = "import.unfinished"


class ImportNotUndoable(Conflict):
    """This import left nothing that could be undone."""

    code = "import.not_undoable"


class BackupNotFound(NotFound):
    """There is no such backup."""

    code = "backup.not_found"


class BackupBusy(Conflict):
    """A backup is being made already."""

    code = "backup.busy"
