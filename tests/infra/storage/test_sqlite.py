"""The file of the record as its one owner opens it."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from factories.stores import KEY
from mecum.infra.storage import sqlite

OPENED = """
import sys
from pathlib import Path
from mecum.infra.storage import sqlite
from mecum.kernel.errors import MecumError
try:
    sqlite.connect(Path(sys.argv[1]), None).close()
    print("opened")
except MecumError as error:
    print(error.code, error.message)
"""


@pytest.mark.parametrize(("key", "size"), [(None, 2048), (KEY, 4096)], ids=["plain", "key"])
def test_the_pages_of_a_new_store(tmp_path: Path, key: bytes | None, size: int) -> None:
    path = tmp_path / "mecum.db"
    with closing(sqlite.connect(path, key)) as store:
        store.execute("CREATE TABLE one (n INTEGER)")
        # SQLCipher says a number as text.
        assert int(store.execute("PRAGMA page_size").fetchone()[0]) == size
    assert (tmp_path / "mecum.db").stat().st_mode & 0o777 == 0o600


def test_an_older_store_keeps_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "mecum.db"
    with closing(sqlcipher.connect(str(path))) as store:
        store.execute("CREATE TABLE one (n INTEGER)")
    with closing(sqlite.connect(path, None)) as store:
        store.execute("INSERT INTO one VALUES (1)")
        assert store.execute("PRAGMA page_size").fetchone() == (4096,)
        assert store.execute("SELECT n FROM one").fetchall() == [(1,)]


def test_connections_of_one_process_share_it(tmp_path: Path) -> None:
    path = tmp_path / "a folder #1" / "50 % mecum?.db"
    path.parent.mkdir()
    with closing(sqlite.connect(path, None)) as writer, closing(sqlite.connect(path, None)) as reader:
        writer.execute("CREATE TABLE one (n INTEGER)")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO one VALUES (1)")
        assert reader.execute("SELECT count(*) FROM one").fetchone() == (0,)
        with pytest.raises(sqlcipher.OperationalError, match="locked"):
            reader.execute("PRAGMA busy_timeout = 0").execute("BEGIN IMMEDIATE")
        writer.execute("COMMIT")
        assert reader.execute("SELECT count(*) FROM one").fetchone() == (1,)
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the locks of the system")
def test_another_process_is_told_that_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "mecum.db"

    def said() -> str:
        return subprocess.run(
            [sys.executable, "-c", OPENED, str(path)], capture_output=True, text=True, check=True, timeout=60
        ).stdout

    with closing(sqlite.connect(path, None)) as store:
        store.execute("CREATE TABLE one (n INTEGER)")
        assert said().startswith(f"store.unavailable Another program has {path} open.")
    assert said() == "opened\n"
