"""All keys of a data folder, opened once at the start."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mecum.infra.secrets import sources
from mecum.infra.secrets.errors import StoreKeyMissing
from mecum.infra.secrets.sealer import Sealer, derive
from mecum.infra.secrets.settings import KeySource

_MADE_BY: Final[dict[str, KeySource]] = {"store.key": "file", "store.salt": "passphrase", "store.keyring": "keyring"}


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
        _refuse_encrypted(data_dir)
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


def _refuse_encrypted(data_dir: Path) -> None:
    """Raise StoreKeyMissing before anything is made beside a record that needs another source of its key."""
    if not sources.is_encrypted(data_dir / sources.STORE_FILE):
        return
    known = [source for name, source in _MADE_BY.items() if (data_dir / name).exists()]
    wanted = known[0] if len(known) == 1 else "what it was made with"
    raise StoreKeyMissing(f"{data_dir} holds an encrypted record: set MECUM_STORAGE__KEY to {wanted}.")
