"""Assistants by their flat names: by the new readers, out of the facets, or by the old ones, as the row they came as.

Which of the two answers is decided by the person's roll-out: a share of the assistants, always the same ones first.
The old ones answer only for what they still know: a row that is kept, and nothing changed by other ways since.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import orjson

from mecum.domains.assistants.errors import AssistantNotFound, ShareInvalid
from mecum.domains.assistants.repository.flat import FlatRepository, Row, ways
from mecum.domains.assistants.rules.flat.names import NAMES
from mecum.domains.assistants.rules.flat.rows import unpacked_row
from mecum.domains.assistants.rules.flat.views import flat_view
from mecum.infra.storage import Scope
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

Reader = Literal["old", "new"]
READERS: Final[tuple[Reader, ...]] = ("old", "new")
_ALL: Final = 100
_REMEMBERED: Final = 1000
_FAILS: Final = (MecumError, ValueError, KeyError, TypeError)
_MOST_CHECKED: Final = 1000


class _Counted(Scope):
    """A scope that counts what is asked in it."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.subject, scope.session, self._count)
        self._inner, self.statements = scope, 0

    async def _count(self, prepared: Any, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        self.statements += 1
        return await self._inner.rows(prepared, values)


@dataclass(slots=True)
class Figures:
    """What one of the readers was like since the start: reads, statements, errors, and milliseconds each took."""

    reads: int = 0
    statements: int = 0
    errors: int = 0
    left: int = 0
    """What the old readers could not answer for and left to the new ones."""
    milliseconds: deque[float] = field(default_factory=lambda: deque[float](maxlen=_REMEMBERED))

    def view(self) -> dict[str, Any]:
        """Return them as the wire shows them."""
        taken = sorted(self.milliseconds)
        return {
            "reads": self.reads,
            "queries": self.statements,
            "queries_each": round(self.statements / self.reads, 2) if self.reads else None,
            "p50_ms": _part(taken, 0.5),
            "p95_ms": _part(taken, 0.95),
            "errors": self.errors,
            "left": self.left,
        }


@dataclass(slots=True)
class Sides:
    """Both readers of one person, and what differed between them."""

    figures: dict[Reader, Figures] = field(default_factory=lambda: {reader: Figures() for reader in READERS})
    compared: int = 0
    differing: int = 0
    names: Counter[str] = field(default_factory=Counter[str])
    since: int = field(default_factory=clock.milliseconds)


class FlatReading:
    """The compatibility view for reading, and its roll-out."""

    def __init__(self) -> None:
        self._flat = FlatRepository()
        self._sides: dict[str, Sides] = {}

    async def read(self, scope: Scope, reference: str, wanted: Reader | None = None) -> tuple[dict[str, Any], Reader]:
        """Return an assistant by flat name, and the reader that answered; raises AssistantNotFound.

        `reference` is an id, a slug, or the id it had in the flat table. `wanted` names a reader; the old one answers
        for what it knows all the same.
        """
        roll_out = await self._flat.roll_out(scope)
        share, compare = (roll_out.share, roll_out.compare) if roll_out else (0, False)
        kept = await self._kept(scope, reference)
        chosen: Reader = wanted or ("new" if kept is None or is_new(kept["assistant_id"], share) else "old")
        sides = self._of(scope)
        if chosen == "old":
            found = await self._by(scope, sides, "old", reference)
            if found is None:
                sides.figures["old"].left += 1
                chosen = "new"
            else:
                if compare:
                    self._compare(sides, found, await self._quietly(scope, sides, "new", reference))
                return found, "old"
        found = await self._by(scope, sides, "new", reference)
        if found is None:
            raise AssistantNotFound(assistant=reference)
        if compare and kept is not None:
            self._compare(sides, await self._quietly(scope, sides, "old", reference), found)
        return found, "new"

    async def roll_out(self, scope: Scope) -> dict[str, Any]:
        """Return the roll-out with the figures of both readers."""
        row = await self._flat.roll_out(scope)
        sides = self._of(scope)
        return {
            "share": row.share if row else 0,
            "compare": bool(row and row.compare),
            "changed_at": clock.iso(clock.to_milliseconds(row.changed_at)) if row else None,
            "since": clock.iso(sides.since),
            "brought": len(await self._flat.some_brought(scope, _MOST_CHECKED)),
            "readers": {reader: sides.figures[reader].view() for reader in READERS},
            "compared": sides.compared,
            "differing": sides.differing,
            "names": [name for name, _ in sides.names.most_common(20)],
        }

    async def set_roll_out(self, scope: Scope, share: float | None, compare: bool) -> None:
        """Say which share is read by the new readers, and whether each read is made by both; raises ShareInvalid."""
        if share is None or share != int(share) or not 0 <= share <= _ALL:
            raise ShareInvalid
        await self._flat.set_roll_out(scope, int(share), compare, clock.now())

    async def check(self, scope: Scope, many: int) -> None:
        """Read the last assistants that came out of a flat table by both readers, and count what differs."""
        sides = self._of(scope)
        for assistant_id in await self._flat.some_brought(scope, many):
            old, new = [await self._quietly(scope, sides, reader, assistant_id) for reader in READERS]
            self._compare(sides, old, new)

    async def references(self, scope: Scope, reference: str) -> list[dict[str, Any]]:
        """Return what an assistant named that was not here when it came; raises AssistantNotFound."""
        row = await self.find(scope, reference)
        return [
            {"field": one.field, "kind": one.kind, "original": one.original, "target": one.target}
            for one in await self._flat.references(scope, row["core.id"])
        ]

    async def find(self, scope: Scope, reference: str) -> Row:
        """Return the row of an assistant as the new readers have it; raises AssistantNotFound."""
        for by, named in ways(reference):
            row = await self._flat.find_row(scope, named, by)
            if row is not None:
                return row
        raise AssistantNotFound(assistant=reference)

    async def _kept(self, scope: Scope, reference: str) -> Row | None:
        for by, named in ways(reference):
            row = await self._flat.kept_row(scope, named, by)
            if row is not None:
                return row
        return None

    async def _by(self, scope: Scope, sides: Sides, reader: Reader, reference: str) -> dict[str, Any] | None:
        """Return what a reader says, None where it knows nothing; counts it."""
        counted, began, figures = _Counted(scope), clock.monotonic(), sides.figures[reader]
        try:
            found = await (self._old(counted, reference) if reader == "old" else self._new(counted, reference))
        except AssistantNotFound:
            raise
        except _FAILS:
            figures.errors += 1
            raise
        if found is not None:
            figures.reads += 1
            figures.statements += counted.statements
            figures.milliseconds.append((clock.monotonic() - began) * 1000)
        return found

    async def _quietly(self, scope: Scope, sides: Sides, reader: Reader, reference: str) -> dict[str, Any] | None:
        """Return what the reader says that does not answer: what goes wrong there is counted, and nobody's loss."""
        try:
            return await self._by(scope, sides, reader, reference)
        except _FAILS:
            return None

    async def _new(self, scope: Scope, reference: str) -> dict[str, Any]:
        row = await self.find(scope, reference)
        return flat_view(row, await self._flat.numbers(scope, row["core.id"]))

    async def _old(self, scope: Scope, reference: str) -> dict[str, Any] | None:
        kept = await self._kept(scope, reference)
        if kept is None or kept["revision"] != kept["at"]:
            return None
        changes: dict[str, Any] = orjson.loads(kept["changes"]) if kept["changes"] else {}
        numbers = await self._flat.numbers(scope, kept["assistant_id"])
        said = unpacked_row(bytes(kept["row"])) | changes
        said.setdefault("id", kept["assistant_id"])
        return {**_BARE, **said, **numbers}

    def _compare(self, sides: Sides, old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
        if old is None or new is None:
            return
        sides.compared += 1
        # A column that the row did not have is none that could have been lost.
        names = [name for name, value in old.items() if value is not None and value != new.get(name)]
        sides.differing += bool(names)
        sides.names.update(names)

    def _of(self, scope: Scope) -> Sides:
        return self._sides.setdefault(scope.subject.person_id, Sides())


def is_new(assistant_id: str, share: int) -> bool:
    """Whether an assistant is among the share (percent) that the new readers answer for; a larger share has it too."""
    return int.from_bytes(hashlib.blake2b(assistant_id.encode(), digest_size=4).digest(), "big") % _ALL < share


def _part(taken: Sequence[float], part: float) -> float | None:
    return round(taken[min(len(taken) - 1, int(len(taken) * part))], 3) if taken else None


_BARE: Final[dict[str, Any]] = dict.fromkeys(NAMES)
