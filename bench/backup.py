"""A backup of a whole data folder while its server answers, and the way back."""

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from bench import places
from bench.figure import Bench, Figure, Values
from bench.rows import Goal, NotMeasured, Value
from bench.seed import Record
from bench.servers import Client, start_ours, stopping
from mecum.infra.storage import sqlite

_FILE_BYTES: Final = 16 << 20
_ROW_BYTES: Final = 8_000
_LONGEST: Final = 300.0

GOALS = (
    Goal("backup_seconds", "s", most=30),
    Goal("restore_seconds", "s", most=30),
    Goal("list_conversations_while_backing_up_p95", "ms", most=100),
)


def _measure(bench: Bench) -> Values:
    size = bench.size(40 << 20, 1 << 30)
    data = places.fresh("backup")
    start_ours(None, data).stop()
    record = Record(data)
    record.grow(200, 2_000)
    _weigh(data, size // 2)
    with stopping(start_ours(None, data)) as server:
        client = server.client(120)
        for number in range(size // 2 // _FILE_BYTES):
            _upload(client, number)
        whole = _size(data)
        bench.say(f"{whole / 1e6:.0f} MB, half of it files")
        seconds, times = _backed_up(client)
        name = client.ask("GET", "/api/v1/backups")["items"][0]["name"]
    restoring = _restored(data, name)
    times.sort()
    return {
        "backup_seconds": Value(seconds, f"{whole / 1e6:.0f} MB, {whole / 1e6 / seconds:.0f} MB/s, server up"),
        "restore_seconds": Value(restoring, f"{whole / 1e6 / restoring:.0f} MB/s, read, compared and indexed anew"),
        "list_conversations_while_backing_up_p95": Value(
            times[int(len(times) * 0.95)] * 1e3, f"p50 {times[len(times) // 2] * 1e3:.1f}; {len(times)} asked"
        ),
    }


def _weigh(data: Path, size: int) -> None:
    """Fill the record with rows that do not compress."""
    with closing(sqlite.connect(data / "mecum.db", None)) as store:
        store.execute(
            "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < ?) "
            "INSERT INTO pins (hash, body) SELECT CAST('bench ' || n AS BLOB), hex(randomblob(?)) FROM count",
            (size // _ROW_BYTES, _ROW_BYTES // 2),
        )
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _upload(client: Client, number: int) -> None:
    boundary = "mecum-bench"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{number}.bin"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + number.to_bytes(4, "big") * (_FILE_BYTES // 4) + f"\r\n--{boundary}--\r\n".encode()
    status, content = client.raw("POST", "/api/v1/files", body, f"multipart/form-data; boundary={boundary}")
    if status != 201:
        raise NotMeasured(f"POST /api/v1/files answered {status}: {content[:200].decode(errors='replace')}")


def _backed_up(client: Client) -> tuple[float, list[float]]:
    """Return the seconds until the backup is done, and those of every list asked for meanwhile."""
    began = time.monotonic()
    work = client.ask("POST", "/api/v1/backups", {"verify": False})
    times: list[float] = []
    while work["state"] in ("queued", "running"):
        if time.monotonic() - began > _LONGEST:
            raise NotMeasured("the backup took too long")
        times.append(client.seconds("/api/v1/conversations?limit=50"))
        time.sleep(0.05)
        work = client.ask("GET", f"/api/v1/backups/work/{work['id']}")
    if work["state"] != "done":
        raise NotMeasured(f"the backup failed: {work['code']}")
    return time.monotonic() - began, times


def _restored(data: Path, name: str) -> float:
    began = time.monotonic()
    words = [sys.executable, "-m", "mecum", "restore", "--data", str(data), "--yes", name]
    done = subprocess.run(words, capture_output=True, timeout=_LONGEST, check=False)
    if done.returncode != 0:
        raise NotMeasured(f"the restore failed: {done.stderr.decode()[-200:]}")
    return time.monotonic() - began


def _size(data: Path) -> int:
    return sum(path.stat().st_size for path in data.rglob("*") if path.is_file())


FIGURES = (Figure("backup", GOALS, _measure, alone=False),)
