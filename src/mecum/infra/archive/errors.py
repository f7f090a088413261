"""What can go wrong with an archive."""

from mecum.kernel.errors import Conflict, Denied, Invalid


class NotAnArchive(Invalid):
    """This is no backup of Mecum's."""

    code = "backup.not_a_backup"


class ArchiveDamaged(Conflict):
    """The backup is damaged or cut short; do not rely on it."""

    code = "backup.damaged"


class ArchiveKeyRefused(Denied):
    """This backup was sealed with another key."""

    code = "backup.key_refused"


class ArchiveTooNew(Conflict):
    """This backup was made by a newer Mecum."""

    code = "backup.too_new"


class ArchiveOfAnother(Conflict):
    """This backup was made of another kind of store; the settings say which one is here."""

    code = "backup.other_store"
