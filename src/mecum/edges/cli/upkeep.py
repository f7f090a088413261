"""What `mecum doctor` looks at in the data folder itself, and what it can mend: rights, leftovers, record, backups."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mecum.edges.cli import lock, remaining
from mecum.edges.cli.terminal import State
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

if TYPE_CHECKING:
    from mecum.settings import Settings

_PRIVATE: Final = ("mecum.db", "secret.key", "store.key", "store.salt", "store.keyring", "server.json")
_OLD_DAYS: Final = 14
_DAY_MS: Final = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `remedy` is a sentence for what is not well, `mend` does it where that is safe."""

    state: State
    name: str
    says: str
    remedy: str | None = None
    mend: Callable[[], None] | None = field(default=None, compare=False, repr=False)


def inspect(settings: "Settings") -> Iterator[Finding]:
    """Yield what is found in a data folder; changes nothing."""
    folder = settings.data_dir
    if not folder.is_dir():
        return
    yield rights(folder)
    yield from leftovers(folder)
    if lock.holder(folder) is None:
        yield record(settings)
    yield backups(settings)
    yield from purged(settings)
    yield from replaced(folder)


def rights(folder: Path) -> Finding:
    """Check that nobody else on this machine can read the record or a key."""
    if os.name != "posix":
        return Finding("ok", "rights", "as this system has them")
    there = [folder / name for name in _PRIVATE if (folder / name).exists()]
    exposed = [path for path in there if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if not exposed:
        return Finding("ok", "rights", "the record and its keys are for you alone")
    names = ", ".join(path.name for path in exposed)

    def mend() -> None:
        for path in exposed:
            path.chmod(0o600)

    remedy = f"Run `chmod 600 {' '.join(str(path) for path in exposed)}`, or `mecum doctor --fix`."
    return Finding("error", "rights", f"others on this machine can read {names}", remedy, mend)


def leftovers(folder: Path) -> Iterator[Finding]:
    """Name what a process that was killed left behind."""
    if lock.holder(folder) is not None:
        return
    card = folder / lock.FILE
    if card.exists():
        says = "the card of a server that is gone"
        yield Finding("warning", "leftovers", says, f"Remove {card}, or run `mecum doctor --fix`.", card.unlink)
    halves = [path for path in (folder / "backups").glob(".mecum-*") if path.is_file()]
    if halves:

        def mend() -> None:
            for path in halves:
                path.unlink(missing_ok=True)

        remedy = f"Remove {', '.join(map(str, halves))}, or run `mecum doctor --fix`."
        yield Finding("warning", "leftovers", f"{len(halves)} half-written backups", remedy, mend)


def record(settings: "Settings") -> Finding:
    """Read the whole record, and compare its schema with ours."""
    from mecum.bootstrap import upkeep  # noqa: PLC0415 - a server that runs makes it unneeded
    from mecum.edges.cli.held import ServerRuns, held  # noqa: PLC0415

    if settings.storage.url is None and not (settings.data_dir / "mecum.db").exists():
        return Finding("ok", "record", "none yet")
    try:
        with held(settings, "look again"):
            upgrade = upkeep.upgrade_of(settings, upkeep.keys_of(settings))
            plan = upgrade.preflight()
            if not plan.steps:
                upgrade.inspect()
    except ServerRuns:
        # It began between two looks of ours: nothing is wrong with that.
        return Finding("ok", "record", "in the hands of a server that has just begun")
    except MecumError as error:
        return Finding("error", "record", error.message, _REMEDIES.get(error.code, _ASK))
    if not plan.steps:
        return Finding("ok", "record", f"sound, schema {plan.at}, {plan.size / 1e6:.1f} MB")
    if settings.storage.url is None:
        return Finding("ok", "record", f"sound, schema {plan.at}; it becomes {plan.to} at the next start")
    return Finding(
        "error", "record", f"schema {plan.at}, {plan.to} is needed", "Stop every server, then run `mecum upgrade`."
    )


_ASK: Final = "The sentence says what it needs."
_REMEDIES: Final = {
    "store.damaged": "Bring back the newest sound backup: `mecum backup list`, then `mecum restore FILE --yes`.",
    "store.too_new": "Start the newer Mecum, or go back with it: `mecum downgrade`.",
    "store.no_room": "Free some disk space; the upgrade needs room for a copy of the record.",
    "store.key_refused": "Set MECUM_STORAGE__KEY to what the record was made with, or bring its key file back.",
    "store.key_missing": "Bring the key file back from where you keep it.",
    "store.busy": "Another command works on the folder: wait for its end.",
}


def backups(settings: "Settings") -> Finding:
    """Say how old the newest backup is, and whether one is damaged."""
    from mecum.bootstrap import upkeep  # noqa: PLC0415 - see above

    cards = [card for card in upkeep.shelf_of(settings).newest() if not card.copy]
    broken = [card.name for card in cards if card.problem is not None]
    if broken:
        remedy = "Make another one with `mecum backup create`, then remove it with `mecum backup delete`."
        return Finding("error", "backups", f"damaged: {', '.join(broken)}", remedy)
    if not cards:
        return Finding("warning", "backups", "none", "Make one: `mecum backup create`.")
    oldest_wanted = clock.iso(clock.milliseconds() - _OLD_DAYS * _DAY_MS)
    says = f"{len(cards)}, the newest of {cards[0].made_at}"
    if (cards[0].made_at or "") < oldest_wanted:
        return Finding("warning", "backups", says, "Make another one: `mecum backup create`.")
    return Finding("ok", "backups", says)


def purged(settings: "Settings") -> Iterator[Finding]:
    """Name the backups that still hold what was deleted for ever."""
    from mecum.bootstrap import upkeep  # noqa: PLC0415 - see above

    cards = upkeep.shelf_of(settings).newest()
    held = upkeep.ledger_of(settings).held([card.moment for card in cards])
    holding = [card.name for card, count in zip(cards, held, strict=True) if count]
    if holding:
        says = f"something was deleted for ever; {remaining.sentence(holding)}"
        yield Finding("warning", "deleted for ever", says, remaining.REMEDY)


def replaced(folder: Path) -> Iterator[Finding]:
    """Name what restores put aside: it holds what was there then, also what was deleted for ever since."""
    kept = sorted(str(path) for path in folder.glob("kept-*") if path.is_dir())
    if kept:
        says = f"what was there before is still in {', '.join(kept)}"
        yield Finding("warning", "restores", says, "Remove it when you are content with what was restored.")
