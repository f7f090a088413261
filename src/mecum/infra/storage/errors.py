"""What can go wrong with the store."""

from mecum.kernel.errors import Conflict, Denied, Internal, Unavailable


class StoreUnavailable(Unavailable):
    """The database does not answer."""

    code = "store.unavailable"


class StoreFull(Unavailable):
    """The disk is full: nothing was stored."""

    code = "store.full"


class StoreBusy(Conflict):
    """Another process holds this data folder."""

    code = "store.busy"


class StoreKeyRefused(Denied):
    """The key does not open this database; `storage.key` in the settings says where the right one is."""

    code = "store.key_refused"


class StoreTooNew(Conflict):
    """This database was written by a newer Mecum."""

    code = "store.too_new"


class Unscoped(Internal):
    """A statement touched owned rows without saying for whom."""

    code = "store.unscoped"
