"""Where the master key comes from, and what happens when it is not what it was."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked

from mecum.infra.secrets.errors import (
    KeyDamaged,
    KeyExposed,
    KeyringUnavailable,
    PassphraseMissing,
    SecretUnreadable,
    StoreKeyMissing,
)
from mecum.infra.secrets.keys import Keys, open_keys
from mecum.infra.storage import Database, StoreKeyRefused
from mecum.infra.storage.location import Location

pytestmark = pytest.mark.slow

Opener = Callable[[Path], Keys]


class MemoryRing:
    """A keyring that keeps everything until the test ends."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


RING = MemoryRing()
SOURCES: dict[str, Opener] = {
    "file": lambda folder: open_keys("file", folder),
    "passphrase": lambda folder: open_keys("passphrase", folder, "correct horse"),
    "keyring": lambda folder: open_keys("keyring", folder, ring=RING),
}


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture(params=SOURCES)
def opened(request: pytest.FixtureRequest) -> Opener:
    return SOURCES[request.param]


def test_the_same_key_comes_back(opened: Opener, data_folder: Path) -> None:
    first, second = opened(data_folder), opened(data_folder)
    assert first.store is not None
    assert len(first.store) == 32
    assert first.store == second.store
    assert first.derived("csrf") == second.derived("csrf") != first.derived("blobs")
    assert second.sealer.unseal(first.sealer.seal(b"sk-1", "endpoint:a"), "endpoint:a") == b"sk-1"
    assert first.store.hex() not in repr(first)


def test_two_folders_have_unrelated_keys(opened: Opener, tmp_path: Path) -> None:
    assert opened(tmp_path / "a").store != opened(tmp_path / "b").store


def test_what_is_written_is_for_the_owner_alone(opened: Opener, tmp_path: Path) -> None:
    opened(tmp_path / "data")
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    files = list((tmp_path / "data").iterdir())
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600]


def test_no_key_is_made_for_a_record_that_has_none(opened: Opener, data_folder: Path) -> None:
    (data_folder / "mecum.db").touch()
    with pytest.raises(StoreKeyMissing):
        opened(data_folder)
    assert [file.name for file in data_folder.iterdir()] == ["mecum.db"]


async def test_the_store_opens_with_its_key_and_refuses_every_other(opened: Opener, data_folder: Path) -> None:
    path = data_folder / "mecum.db"
    store = await Database.open(Location(path=path, key=opened(data_folder).store))
    await store.close()
    again = await Database.open(Location(path=path, key=opened(data_folder).store))
    await again.close()
    for wrong in (bytes(32), None):
        with pytest.raises(StoreKeyRefused):
            await Database.open(Location(path=path, key=wrong))
    assert b"SQLite format 3" not in path.read_bytes()[:16]


async def test_without_its_setting_an_encrypted_folder_stays_as_it_is(opened: Opener, data_folder: Path) -> None:
    path = data_folder / "mecum.db"
    await (await Database.open(Location(path=path, key=opened(data_folder).store))).close()
    before = names(data_folder)
    source = next(name for name, known in SOURCES.items() if known is opened)
    with pytest.raises(StoreKeyMissing, match=f"set MECUM_STORAGE__KEY to {source}"):
        open_keys("none", data_folder)
    assert names(data_folder) == before


async def test_a_record_that_can_be_read_needs_no_setting(data_folder: Path) -> None:
    await (await Database.open(Location(path=data_folder / "mecum.db"))).close()
    assert open_keys("none", data_folder).store is None


async def test_a_wrong_passphrase_is_refused_cleanly(data_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = data_folder / "mecum.db"
    await (await Database.open(Location(path=path, key=SOURCES["passphrase"](data_folder).store))).close()
    with pytest.raises(StoreKeyRefused):
        await Database.open(Location(path=path, key=open_keys("passphrase", data_folder, "wrong").store))
    assert capfd.readouterr() == ("", "")


def test_without_encryption_secrets_are_sealed_all_the_same(data_folder: Path) -> None:
    (data_folder / "mecum.db").touch()
    keys = open_keys("none", data_folder)
    assert keys.store is None
    envelope = keys.sealer.seal(b"sk-1", "endpoint:a")
    assert b"sk-1" not in envelope
    assert open_keys("none", data_folder).sealer.unseal(envelope, "endpoint:a") == b"sk-1"
    assert stat.S_IMODE((data_folder / "secret.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_others_may_read_is_refused(data_folder: Path, mode: int) -> None:
    open_keys("file", data_folder)
    (data_folder / "store.key").chmod(mode)
    with pytest.raises(KeyExposed, match="chmod 600"):
        open_keys("file", data_folder)


@pytest.mark.parametrize("content", [b"", b"not hexadecimal", b"abcd", b"\xff" * 64])
@pytest.mark.parametrize(("source", "name"), [("file", "store.key"), ("passphrase", "store.salt")])
def test_a_damaged_file_is_said_to_be_one(data_folder: Path, source: str, name: str, content: bytes) -> None:
    SOURCES[source](data_folder)
    (data_folder / name).write_bytes(content)
    with pytest.raises(KeyDamaged):
        SOURCES[source](data_folder)


def test_a_passphrase_has_to_be_given(data_folder: Path) -> None:
    for nothing in (None, ""):
        with pytest.raises(PassphraseMissing, match="MECUM_STORAGE__PASSPHRASE"):
            open_keys("passphrase", data_folder, nothing)


def test_a_keyring_that_keeps_nothing_safe_is_refused(data_folder: Path) -> None:
    with pytest.raises(KeyringUnavailable, match="MECUM_STORAGE__KEY"):
        open_keys("keyring", data_folder)
    assert not list(data_folder.iterdir())


def test_a_keyring_without_the_entry_and_a_locked_one(data_folder: Path) -> None:
    ring = MemoryRing()
    open_keys("keyring", data_folder, ring=ring)
    with pytest.raises(StoreKeyMissing, match="another user or machine"):
        open_keys("keyring", data_folder, ring=MemoryRing())
    ring.locked = True
    with pytest.raises(KeyringUnavailable, match="locked"):
        open_keys("keyring", data_folder, ring=ring)


def test_an_envelope_opens_only_untouched_and_in_its_place(data_folder: Path) -> None:
    sealer = open_keys("none", data_folder).sealer
    envelope = sealer.seal(b"secret", "endpoint:a")
    assert envelope != sealer.seal(b"secret", "endpoint:a")
    with pytest.raises(SecretUnreadable):
        sealer.unseal(envelope, "endpoint:b")
    for at in range(len(envelope)):
        altered = bytearray(envelope)
        altered[at] ^= 1
        with pytest.raises(SecretUnreadable):
            sealer.unseal(bytes(altered), "endpoint:a")
    for cut in (b"", envelope[:1], envelope[:10], envelope[:-1]):
        with pytest.raises(SecretUnreadable):
            sealer.unseal(cut, "endpoint:a")
