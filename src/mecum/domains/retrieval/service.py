"""Making messages findable a moment after they are stored, many at a time; and finding them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from mecum.domains.retrieval.errors import FilterInvalid
from mecum.domains.retrieval.filters import filters_of
from mecum.domains.retrieval.ports import Filters, Hit, Kept, Position, Words
from mecum.domains.retrieval.repository import newest
from mecum.domains.retrieval.rules import terms_of
from mecum.infra.storage import Database, Op, Scope
from mecum.kernel import paging
from mecum.kernel.errors import MecumError

_SECONDS = 0.25
_MOST = 256
_MOST_CHARACTERS = 1_000_000
_RETRY_SECONDS = 2.0
_FURTHEST = 2**63 - 1


class Indexer:
    """Collects what became durable. What a crash leaves out is found by `Words.missing` at the next start."""

    def __init__(self, database: Database, words: Words) -> None:
        self._database, self._words = database, words
        self._waiting: list[tuple[str, str]] = []
        self._characters = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, message_id: str, text: str) -> None:
        """Make a stored message findable soon."""
        if not text:
            return
        self._waiting.append((message_id, text))
        self._characters += len(text)
        if len(self._waiting) >= _MOST or self._characters >= _MOST_CHARACTERS:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what was collected."""
        ops = self._take()
        if ops:
            self._submit(ops)

    async def settle(self) -> None:
        """Write what was collected and return when it is on disk; whoever deletes messages calls this first."""
        await self._database.commit(self._take())

    def _submit(self, ops: list[Op]) -> None:
        def done(error: MecumError | None) -> None:
            if error is not None and error.kind == "unavailable":
                # The disk may be full for a moment: nothing may be left out that later ones would hide.
                asyncio.get_running_loop().call_later(_RETRY_SECONDS, self._submit, ops)

        self._database.writer.submit(ops, done)

    def _take(self) -> list[Op]:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        texts, self._waiting, self._characters = self._waiting, [], 0
        return [self._words.index(texts)] if texts else []


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, and how they were found."""

    hits: list[Hit]
    terms: list[str]
    """What was looked for besides the filters."""
    prefix: bool
    next_cursor: str | None


Named = Callable[[Scope, str], Awaitable[Sequence[str]]]
"""Returns the ids of what is called so: an assistant by its id, slug or name; several may have one name."""


class Search:
    """Looks for words: whole ones first; where no message has them, the last word may go on.

    Filters alone find conversations, by the messages they end with.
    """

    def __init__(self, words: Words, named: Mapping[str, Named]) -> None:
        self._words, self._named = words, named

    async def find(self, scope: Scope, query: str, cursor: str | None, limit: int, zone: str | None = None) -> Found:
        """Return the messages that hold everything in `query`, the newest by their dates first.

        Days in it are those of `zone`. Raises BadCursor, FilterInvalid, ZoneUnknown.
        """
        within, rest = filters_of(query, zone)
        if within.kept:
            within = replace(within, kept=tuple([await self._looked_up(scope, kept) for kept in within.kept]))
        terms = terms_of(rest)
        before, prefix = _position(cursor)
        if not terms:
            found = await newest(scope, within, before=before, limit=limit + 1) if within.narrow else []
            return _page(found, terms, limit, prefix=False)
        hits = await self._words.search(scope, terms, prefix=prefix, before=before, limit=limit + 1, within=within)
        if not hits and cursor is None:
            prefix = True
            hits = await self._words.search(scope, terms, prefix=prefix, before=before, limit=limit + 1, within=within)
        return _page(hits, terms, limit, prefix=prefix)

    async def holding(self, scope: Scope, term: str, limit: int) -> list[Hit]:
        """Return the newest messages that hold a term as it stands, whatever colons are in it."""
        return await self._words.search(scope, terms_of(term), prefix=False, before=None, limit=limit, within=Filters())

    async def _looked_up(self, scope: Scope, kept: Kept) -> Kept:
        ids = await self._named[kept.kind](scope, kept.name)
        if not ids:
            sentence = f"There is no {kept.kind} called `{kept.name}`."
            raise FilterInvalid(sentence, filter=kept.kind, value=kept.name)
        return replace(kept, ids=tuple(ids))


def _page(hits: list[Hit], terms: list[str], limit: int, *, prefix: bool) -> Found:
    following = paging.encode(*hits[limit - 1].position, int(prefix)) if len(hits) > limit else None
    return Found(hits[:limit], terms, prefix, following)


def _position(cursor: str | None) -> tuple[Position | None, bool]:
    if cursor is None:
        return None, False
    first, second, prefix = (int(part) for part in paging.decode(cursor, int, int, int))
    if max(abs(first), abs(second)) > _FURTHEST:
        raise paging.BadCursor
    return Position(first, second), bool(prefix)
