"""What can go wrong with bringing a configuration in."""

from mecum.kernel.errors import Conflict, Invalid


class ImportCovers(Conflict):
    """There are other files of these names already; `--replace` moves them to the trash."""

    code = "config.import_covers"


class ImportUnknown(Invalid):
    """This is no file of a configuration."""

    code = "config.import_unknown"


class KeysUnreadable(Invalid):
    """The keys in this file cannot be read: give them again with `mecum models add-endpoint`."""

    code = "config.keys_unreadable"
