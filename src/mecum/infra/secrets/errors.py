"""What can go wrong with keys."""

from mecum.kernel.errors import Conflict, Denied, Invalid, Unavailable


class StoreKeyMissing(Conflict):
    """There is a record here, but not the key it was made with."""

    code = "store.key_missing"


class KeyExposed(Denied):
    """The key file can be read by others on this machine."""

    code = "store.key_exposed"


class KeyDamaged(Denied):
    """The key is not 32 bytes any more."""

    code = "store.key_damaged"


class KeyringUnavailable(Unavailable):
    """This system has no keyring that keeps a key safe."""

    code = "store.keyring_unavailable"


class PassphraseMissing(Invalid):
    """A passphrase is needed: set MECUM_STORAGE__PASSPHRASE."""

    code = "store.passphrase_missing"


class SecretUnreadable(Denied):
    """This was sealed with another key, or altered since."""

    code = "secrets.unreadable"
