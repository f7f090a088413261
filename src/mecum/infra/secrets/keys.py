"""All keys of a data folder, opened once at the start."""

from dataclasses import dataclass, field
from pathlib import Path

from mecum.infra.secrets import sources
from mecum.infra.secrets.sealer import Sealer, derive
from mecum.infra.secrets.settings import KeySource


@dataclass(frozen=True, slots=True)
class Keys:
    """The key of the store (32 bytes, None when it is not encrypted) and everything derived from the master key."""

    store: bytes | None = field(repr=False)
    sealer: Sealer = field(repr=False)
    _master: bytes = field(repr=False)

    def derived(self, purpose: str) -> bytes:
        """Return a 32-byte key for another purpose, such as `blobs` or `csrf`; the same in every process."""
        return derive(self._master, purpose)


def open_keys(
    source: KeySource, data_dir: Path, passphrase: str | None = None, ring: sources.Keyring | None = None
) -> Keys:
    """Return the keys of `data_dir`, making them when it holds no record yet.

    Without encryption of the store, secrets such as providers' keys are still sealed, under `secret.key`. Takes about
    0.1 s with a passphrase. Raises the errors of `infra.secrets.errors`; a key that is merely wrong is found out when
    the store is opened.
    """
    if source == "none":
        master = sources.from_file(data_dir / "secret.key", may_make=True)
        return Keys(None, Sealer(derive(master, "secrets")), master)
    may_make = not (data_dir / sources.STORE_FILE).exists()
    if source == "file":
        master = sources.from_file(data_dir / "store.key", may_make=may_make)
    elif source == "passphrase":
        master = sources.from_passphrase(data_dir / "store.salt", passphrase, may_make=may_make)
    else:
        master = sources.from_keyring(data_dir / "store.keyring", ring, may_make=may_make)
    return Keys(derive(master, "store"), Sealer(derive(master, "secrets")), master)
