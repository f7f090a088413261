"""Why the model of a run was chosen: each candidate with the rule that took it out, kept once for all runs that say it.

A run holds the hash of its explanation. Explanations are few and runs are many, so one is written only when this
process has not written it of late; what no run holds any more is let go by a job, which spares everything that was
written within a day. A hash is therefore never held whose explanation is gone: `REMEMBERED_MS` is far below that day.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import orjson

from mecum.domains.runs import api as runs
from mecum.inference.selection.mapper import Considered, Selection
from mecum.infra.storage import Database, Op
from mecum.kernel import clock

REMEMBERED_MS: Final = 3600 * 1000
"""For how long an explanation that was written is taken to be there."""
_MOST: Final = 64
_BYTES: Final = 12
"""Of a hash: as much as tells millions of explanations apart, as every run holds it."""


@dataclass(slots=True)
class _Said:
    """An explanation as it is kept. `selection` is held so that nothing else gets its identity."""

    selection: Selection
    digest: bytes
    body: dict[str, Any]
    until: int = 0
    """Until when it need not be written, in milliseconds."""

    def write(self) -> Op:
        """Return the write that it is there now."""
        return runs.keep_pins(self.digest, clock.milliseconds(), self.body)


class Explanations:
    """Keeps and finds the explanations of runs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._said: dict[int, _Said] = {}

    def hold(self, selection: Selection, committed: Callable[[Callable[[], None]], None]) -> tuple[bytes, list[Op]]:
        """Return the hash that a run holds and the writes that go with it: none where it is there already.

        `committed` takes what is to be done once those writes are on disk.
        """
        said = self._said.get(id(selection)) or self._of(selection)
        now = clock.milliseconds()
        if now < said.until:
            return said.digest, []

        def remember() -> None:
            said.until = now + REMEMBERED_MS

        committed(remember)
        return said.digest, [said.write()]

    async def of(self, digest: bytes | None) -> dict[str, Any] | None:
        """Return the explanation with this hash as the wire shows it; None where a run holds none."""
        if digest is None:
            return None
        rows = await self._database.fetch(runs.load_pins(), {"_hash": digest})
        return _view(orjson.loads(rows[0][0])) if rows else None

    def _of(self, selection: Selection) -> _Said:
        body = _body(selection)
        digest = hashlib.sha256(orjson.dumps(body)).digest()[:_BYTES]
        # The same explanation of another moment was written as well.
        until = max((one.until for one in self._said.values() if one.digest == digest), default=0)
        while len(self._said) >= _MOST:
            del self._said[next(iter(self._said))]
        said = self._said[id(selection)] = _Said(selection, digest, body, until)
        return said


def shown(selection: Selection | None) -> dict[str, Any] | None:
    """Return a selection as the wire shows that of a run."""
    return None if selection is None else _view(_body(selection))


def _body(selection: Selection) -> dict[str, Any]:
    """Neighbours that the same rule took out for the same reason say it once: a cloud has hundreds of models."""
    grouped = groupby(selection.considered, key=lambda one: (one.rule, one.why))
    considered = [[rule, why, [_named(one) for one in some]] for (rule, why), some in grouped]
    return {"role": selection.role, "chosen": selection.chosen, "considered": considered}


def _named(one: Considered) -> list[Any]:
    """Return how it is called and its score, without the nulls at the end."""
    if one.score is not None:
        return [one.ref, one.named, one.score]
    return [one.ref] if one.named is None else [one.ref, one.named]


def _view(body: dict[str, Any]) -> dict[str, Any]:
    considered = [
        {**dict(zip(("ref", "named", "score"), [*named, None, None], strict=False)), "rule": rule, "why": why}
        for rule, why, some in body["considered"]
        for named in some
    ]
    return {"role": body["role"], "chosen": body["chosen"], "considered": considered}
