"""Where the master key of a data folder comes from: a key file, a passphrase, or the operating system's keyring.

A key is made once, with the record. Where there is a record and no key for it, none is made: it could not open it.
"""

import os
from pathlib import Path
from typing import Final, Protocol, cast

import orjson

from mecum.infra.secrets import keyfile
from mecum.infra.secrets.ciphers import KEY_BYTES
from mecum.infra.secrets.errors import KeyDamaged, KeyringUnavailable, PassphraseMissing, StoreKeyMissing

STORE_FILE: Final = "mecum.db"
_PLAIN: Final = b"SQLite format 3\0"
_SERVICE: Final = "mecum"
_UNSAFE: Final = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
# Argon2id as RFC 9106 recommends where memory is scarce: 3 passes over 64 MiB, 4 lanes.
_ARGON2: Final = {"time_cost": 3, "memory_cost": 65_536, "parallelism": 4}


def is_encrypted(path: Path) -> bool:
    """Whether the database at `path` begins like none that can be read; one that is missing or empty does not."""
    try:
        with path.open("rb") as file:
            begun = file.read(len(_PLAIN))
    except FileNotFoundError:
        return False
    return begun not in (b"", _PLAIN)


class Keyring(Protocol):
    """What we need of an operating system's keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept under this name."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it under this name."""
        ...


def from_file(path: Path, *, may_make: bool) -> bytes:
    """Return the key in `path`, hexadecimal; raises KeyExposed, KeyDamaged, StoreKeyMissing."""
    content = keyfile.read(path)
    if content is None:
        content = os.urandom(KEY_BYTES).hex().encode() + b"\n"
        _allow(path, may_make)
        keyfile.create(path, content)
    return _decoded(content, str(path))


def from_passphrase(path: Path, passphrase: str | None, *, may_make: bool) -> bytes:
    """Return the key derived from `passphrase` and its salt in `path`; raises as `from_file`, PassphraseMissing."""
    if not passphrase:
        raise PassphraseMissing
    content = keyfile.read(path)
    if content is None:
        content = orjson.dumps({"kdf": "argon2id", "salt": os.urandom(16).hex(), **_ARGON2})
        _allow(path, may_make)
        keyfile.create(path, content)
    try:
        said = orjson.loads(content)
        salt = bytes.fromhex(said["salt"])
        costs = {name: int(said[name]) for name in _ARGON2}
    except (ValueError, KeyError, TypeError) as error:
        raise KeyDamaged(f"{path} does not hold the salt any more; restore it from a backup.") from error
    return _argon2id(passphrase, salt, costs)


def from_keyring(path: Path, ring: Keyring | None, *, may_make: bool) -> bytes:
    """Return the key kept by the system under the name in `path`; raises as `from_file`, KeyringUnavailable."""
    content = keyfile.read(path)
    if content is None:
        content = os.urandom(8).hex().encode()
        _allow(path, may_make)
        _keep(ring or system_keyring(), content.decode())
        keyfile.create(path, content)
    name = content.decode("ascii", "replace").strip()
    kept = _asked(ring or system_keyring(), name)
    if kept is None:
        raise StoreKeyMissing(f"The keyring has no entry {name!r} of {_SERVICE!r}; is this another user or machine?")
    return _decoded(kept.encode(), "the keyring's entry")


def system_keyring() -> Keyring:
    """Return the operating system's keyring; raises KeyringUnavailable rather than take one that keeps plain text."""
    import keyring  # noqa: PLC0415 - it looks for back-ends when it is loaded

    found = keyring.get_keyring()
    members = getattr(found, "backends", [found])
    if not members or any(type(member).__module__.startswith(_UNSAFE) for member in members):
        raise KeyringUnavailable(
            "This system has no keyring that keeps a key safe. Set MECUM_STORAGE__KEY to `passphrase` or `file`."
        )
    return cast("Keyring", found)


def _keep(ring: Keyring, name: str) -> None:
    with _Translated():
        ring.set_password(_SERVICE, name, os.urandom(KEY_BYTES).hex())


def _asked(ring: Keyring, name: str) -> str | None:
    with _Translated():
        return ring.get_password(_SERVICE, name)


class _Translated:
    """Makes a keyring's own errors ours."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is None:
            return
        from keyring.errors import KeyringError  # noqa: PLC0415

        if issubclass(kind, KeyringError):
            raise KeyringUnavailable(f"The keyring refused: {error or kind.__name__}.") from error


def _allow(path: Path, may_make: bool) -> None:
    if not may_make:
        raise StoreKeyMissing(
            f"{path.parent} holds a record, but there is no {path.name}. Restore it from a backup, or set "
            "MECUM_STORAGE__KEY to what the record was made with."
        )


def _decoded(content: bytes, where: str) -> bytes:
    try:
        key = bytes.fromhex(content.decode("ascii"))
    except ValueError as error:
        raise KeyDamaged(f"What {where} holds is not a key.") from error
    if len(key) != KEY_BYTES:
        raise KeyDamaged(f"The key in {where} has {len(key)} bytes instead of {KEY_BYTES}.")
    return key


def _argon2id(passphrase: str, salt: bytes, costs: dict[str, int]) -> bytes:
    from argon2.low_level import Type, hash_secret_raw  # noqa: PLC0415 - only with a passphrase

    return hash_secret_raw(passphrase.encode("utf-8"), salt, hash_len=KEY_BYTES, type=Type.ID, **costs)
