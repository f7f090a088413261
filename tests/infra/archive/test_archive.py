"""An archive comes back as it was written, or not at all."""

import tarfile
from pathlib import Path

import pytest

from mecum.infra.archive.errors import ArchiveDamaged, ArchiveKeyRefused, ArchiveTooNew, NotAnArchive
from mecum.infra.archive.reading import ArchiveReader, head_of
from mecum.infra.archive.sealing import CHUNK
from mecum.infra.archive.writing import ArchiveWriter

KEY = bytes(range(32))
CONTENT = {"a/one.txt": b"one", "empty": b"", "large": bytes(range(256)) * (CHUNK // 256 + 5), "ä🙂": b"\x00\xff"}


def written(path: Path, key: bytes | None) -> Path:
    """Write an archive and return its path."""
    with ArchiveWriter(path, key, {"id": "x"}) as archive:
        for name, content in CONTENT.items():
            archive.add(name, content)
    return path


def read(path: Path, key: bytes | None) -> dict[str, bytes]:
    """Return the members of an archive."""
    with ArchiveReader(path, key) as archive:
        return {member.name: b"".join(member.pieces) for member in archive.members()}


@pytest.fixture(params=[None, KEY], ids=["open", "sealed"])
def key(request: pytest.FixtureRequest) -> bytes | None:
    """Return a key, or none."""
    found: bytes | None = request.param
    return found


def test_what_is_written_is_read(tmp_path: Path, key: bytes | None) -> None:
    path = written(tmp_path / "a", key)
    assert read(path, key) == CONTENT
    assert path.stat().st_mode & 0o777 == 0o600
    head = head_of(path)
    assert (head["id"], head["sealed"]) == ("x", key is not None)


def test_without_a_key_any_tar_takes_it_apart(tmp_path: Path) -> None:
    with tarfile.open(written(tmp_path / "a", None)) as tar:
        assert {"mecum-backup.json", "manifest.json", *CONTENT} == set(tar.getnames())


def test_with_a_key_nothing_of_it_is_there_to_read(tmp_path: Path) -> None:
    body = written(tmp_path / "a", KEY).read_bytes()
    assert b"one.txt" not in body
    assert bytes(range(64)) not in body


@pytest.mark.parametrize("other", [None, bytes(32)])
def test_another_key_is_refused(tmp_path: Path, other: bytes | None) -> None:
    path = written(tmp_path / "a", KEY)
    with pytest.raises(ArchiveKeyRefused):
        read(path, other)


def test_a_byte_that_changed_is_noticed_wherever_it_is(tmp_path: Path, key: bytes | None) -> None:
    path = written(tmp_path / "a", key)
    body = path.read_bytes()
    with tarfile.open(written(tmp_path / "plain", None)) as tar:
        inside = [info.offset_data for info in tar if info.size]
    places = inside if key is None else range(200, len(body), len(body) // 40)
    for place in places:
        path.write_bytes(body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :])
        with pytest.raises((ArchiveDamaged, NotAnArchive)):
            read(path, key)


def test_one_that_is_cut_short_is_noticed(tmp_path: Path, key: bytes | None) -> None:
    path = written(tmp_path / "a", key)
    body = path.read_bytes()
    for length in (len(body) // 3, len(body) // 2, len(body) - 20_000):
        path.write_bytes(body[:length])
        with pytest.raises(ArchiveDamaged):
            read(path, key)


def test_a_chunk_in_another_place_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with ArchiveWriter(path, KEY, {}) as archive:
        archive.add("large", b"x" * 4 * CHUNK)
    body = path.read_bytes()
    start = 12 + int.from_bytes(body[8:12], "big")
    step = CHUNK + 16
    first, second = body[start : start + step], body[start + step : start + 2 * step]
    path.write_bytes(body[:start] + second + first + body[start + 2 * step :])
    with pytest.raises(ArchiveDamaged):
        read(path, KEY)


def test_nothing_is_left_of_one_that_could_not_be_finished(tmp_path: Path, key: bytes | None) -> None:
    def fail() -> None:
        with ArchiveWriter(tmp_path / "a", key, {}) as archive:
            archive.add("one", b"1")
            archive.add_file("two", tmp_path / "missing")

    with pytest.raises(FileNotFoundError):
        fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("body", [b"", b"hello", b"\x00" * 2000, b"MECUMBK1\x00\x00\x00\x02[]"])
def test_something_else_is_no_archive(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "a").write_bytes(body)
    with pytest.raises(NotAnArchive):
        read(tmp_path / "a", None)


def test_one_of_a_newer_mecum_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b'MECUMBK1\x00\x00\x00\x1b{"format":9,"sealed":false}')
    with pytest.raises(ArchiveTooNew):
        read(tmp_path / "a", None)
