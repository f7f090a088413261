"""What was deleted for ever is counted against the moments of backups, and forgotten with them."""

from pathlib import Path

import pytest

from mecum.infra.archive.ledger import Ledger
from mecum.kernel import clock

DAY = 24 * 3600 * 1000


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return that of a folder with a backup."""
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "one.tar").write_bytes(b"x")
    return Ledger.of(tmp_path, None)


def test_a_backup_holds_what_was_there_at_its_moment(ledger: Ledger) -> None:
    now = clock.milliseconds()
    ledger.note([now - 3000, now - 1000])
    ledger.note([])
    ledger.note([now - 100] * 3)
    # Before either, between both, after both, and one that is made after they are gone.
    assert ledger.held([now - 4000, now - 2000, now - 500, now - 50, now + DAY]) == [0, 1, 2, 5, 0]


def test_what_is_said_to_be_of_the_future_is_in_every_backup(ledger: Ledger) -> None:
    now = clock.milliseconds()
    ledger.note([now + DAY])
    assert ledger.held([now - DAY]) == [1]


def test_without_a_backup_nothing_is_noted(tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    ledger = Ledger.of(tmp_path, tmp_path / "elsewhere")
    ledger.note([1])
    assert list(tmp_path.glob("*.log")) == []
    assert ledger.held([5]) == [0]


def test_it_is_forgotten_with_the_last_backup_that_holds_it(ledger: Ledger, tmp_path: Path) -> None:
    now = clock.milliseconds()
    path = tmp_path / "purged.log"
    path.write_text(f"{now - 9 * DAY} {now - 5 * DAY} 2\n{now - 9 * DAY} {now - 3 * DAY} 4\n12 cut")
    assert ledger.held([now - 6 * DAY, now - 4 * DAY]) == [6, 4]
    ledger.forget_before(now - 4 * DAY)
    assert path.read_text() == f"{now - 9 * DAY} {now - 3 * DAY} 4\n"
    ledger.note([now - DAY])
    # A backup may be under way that holds what went today.
    ledger.forget_before(None)
    assert len(path.read_text().splitlines()) == 1
    assert ledger.held([now]) == [1]
