"""What can go wrong with the store."""

from mecum.kernel.errors import Conflict, Denied, Internal, Invalid, Limit, Unavailable


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


class StoreTooOld(Conflict):
    """This database has an older schema: run `mecum upgrade`."""

    code = "store.too_old"


class StoreDamaged(Unavailable):
    """The database is damaged; restore a backup."""

    code = "store.damaged"


class NoRoom(Limit):
    """There is not enough free disk space for this."""

    code = "store.no_room"


class NoSuchSchema(Invalid):
    """There is no such schema to go to."""

    code = "store.no_such_schema"


class UpgradeFailed(Internal):
    """The schema could not be changed; the database is as it was before."""

    code = "store.upgrade_failed"


class DowngradeLoses(Conflict):
    """An older schema has no place for some of what is stored."""

    code = "store.downgrade_loses"
