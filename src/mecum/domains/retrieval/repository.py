"""Searching an index of words in SQL that both databases read, with the filters, the newest by their dates first.

An index keeps its messages by *place*, a number of 63 bits, because that is the one order in which it can be read no
further than a page needs. A message that was just written stands at its own number `n`: these are in the order of
their dates, and small numbers make a small index. Every other one (it was imported, or copied) stands below zero, by
its date: seconds, then the lowest 30 bits of `n`. So a search reads two lists from their ends and merges them.

Two questions an index cannot answer from its end: where the last word may go on (every message with any such word is
gathered first), and where few conversations fit (a word that is everywhere is followed through all others). There the
messages themselves are read, as far as that is little: the newest ones, or those of the conversations that fit.
"""
# ruff: noqa: S608 - no statement here has a value in it

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol

from sqlalchemy import BigInteger, bindparam, column
from sqlalchemy import text as sql

from mecum.domains.retrieval.ports import Filters, Hit, Position
from mecum.domains.retrieval.rules import findable_text, holder
from mecum.infra.storage import Id, Json, Scope
from mecum.kernel import clock

OWNER: Final = (bindparam("organisation", type_=Id("org")), bindparam("person", type_=Id("per")))
VISIBLE: Final = "c.listed AND c.deleted_at IS NULL AND c.organisation_id = :organisation AND c.person_id = :person"
"""Of the conversation `c`; the parameters are `OWNER`."""
COLUMNS: Final[Mapping[str, tuple[str, Id]]] = {"assistant": ("c.assistant_id", Id("ast"))}
"""Where a conversation says what it is kept under."""
_TAGGED: Final = (
    "c.id {is_} (SELECT t.conversation_id FROM conversation_tags t WHERE t.person_id = :person AND t.key = :{name})"
)
_IN: Final = "EXISTS (SELECT 1 FROM projects p WHERE p.id = c.project_id AND p.key = :{name})"
_FIRST: Final = Position(2**62, 2**63 - 1)

_NUMBERS: Final = 2**30
"""So many messages a store may hold."""
_SLACK: Final = 60_000
"""Milliseconds by which what was just written may be out of order: clocks are set, and answers take their time."""
DATED: Final = (
    "((CASE WHEN m.created_at < 0 THEN 0 WHEN m.created_at > 4294967295000 THEN 4294967295 "
    f"ELSE m.created_at / 1000 END) * {_NUMBERS} + (m.n & {_NUMBERS - 1}) - {2**62})"
)
"""The place of the message `m` by its date."""


@dataclass(frozen=True, slots=True)
class Index:
    """How a store's index is asked; `w` is the index in a search."""

    places: str
    """A table of all places there are, and its column."""
    place: str
    table: str
    key: str
    holds: str
    """Whether a row has the words; the parameter is `words`."""
    question: "Question"
    join: str = "JOIN"

    @property
    def placed(self) -> str:
        """The place of a message `m` that comes in; the parameter is `_fresh`."""
        last = f"(SELECT x.created_at FROM messages x WHERE x.n = (SELECT max(p.{self.place}) FROM {self.places} p))"
        fresh = f"m.created_at >= :_fresh AND m.created_at + {_SLACK} >= coalesce({last}, 0)"
        return f"(CASE WHEN {fresh} THEN m.n ELSE {DATED} END)"

    @property
    def known(self) -> str:
        """Whether the message `m` is in."""
        return f"EXISTS (SELECT 1 FROM {self.places} p WHERE p.{self.place} IN (m.n, {DATED}))"

    @property
    def missing(self) -> str:
        """The messages that are not in, from somewhat before the newest one that is, oldest first."""
        newest = f"(SELECT m.n FROM messages m WHERE {self.known} ORDER BY m.n DESC LIMIT 1)"
        return (
            "SELECT m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id "
            f"WHERE m.n > coalesce({newest}, 0) - 1000 AND c.listed AND NOT {self.known} ORDER BY m.n LIMIT 1000"
        )

    def _one(self, name: str, more: str, *, worded: bool) -> str:
        """One list from its end: what holds the words, or everything."""
        table, key = (self.table, self.key) if worded else (f"{self.places} w", f"w.{self.place}")
        return (
            f"SELECT * FROM (SELECT {key} AS place, m.id AS id, m.created_at AS at FROM {table} "
            f"{self.join} messages m ON m.n = {key} & {_NUMBERS - 1} "
            f"{self.join} conversations c ON c.id = m.conversation_id "
            f"WHERE {f'{self.holds} AND ' if worded else ''}{key} >= :{name}_from AND {key} < :{name}_below "
            f"AND {VISIBLE}{more} ORDER BY {key} DESC LIMIT :limit) AS {name}"
        )

    def _of_few(self, more: str) -> str:
        """The messages of the conversations that fit, in no order."""
        return (
            f"SELECT p.{self.place} AS place, m.id AS id, m.created_at AS at FROM conversations c "
            f"{self.join} messages m ON m.conversation_id = c.id "
            f"{self.join} {self.places} p ON p.{self.place} IN (m.n, {DATED}) WHERE {VISIBLE}{more} "
            f"AND (p.{self.place} >= :written_from AND p.{self.place} < :written_below "
            f"OR p.{self.place} >= :dated_from AND p.{self.place} < :dated_below) LIMIT :limit"
        )

    async def search(
        self,
        scope: Scope,
        terms: Sequence[str],
        *,
        prefix: bool,
        before: Position | None,
        limit: int,
        within: Filters,
        reads: int,
    ) -> list[Hit]:
        """Return what holds the terms and fits, as `Words.search` does; at most `reads` messages are read for it."""
        more, narrowed = criteria(within)
        below = before or Position(2**62, 0)
        values = {**narrowed, **_owner(scope), **await self._ends(scope, within)}
        values["written_below"] = min(values["written_below"], below.first)
        values["dated_below"] = min(values["dated_below"], below.second)
        asked = _Asked(scope, more, values, [*OWNER, *_binds(within)], reads)
        read = await self._read(asked, terms, prefix=prefix, limit=limit, few=within.few and reads > 0)
        if read is None:
            # The beginning of a word is a costly question: it is not asked of a list that is empty.
            names = ("written", "dated") if not prefix or await self._lowest(scope) < 0 else ("written",)
            said = " UNION ALL ".join(self._one(name, more, worded=True) for name in names)
            read = await asked.rows(said, limit, words=self.question(terms, prefix=prefix))
        return _merged(read, below, limit)

    async def _read(
        self, asked: "_Asked", terms: Sequence[str], *, prefix: bool, limit: int, few: bool
    ) -> list[Any] | None:
        """Return what reading the messages finds; None where it would be much, or finds too little of all there is."""
        holds = holder(terms, prefix=prefix)
        if few:
            rows = await asked.rows(self._of_few(asked.more), _FEW + 1)
            if len(rows) <= _FEW:
                return await asked.read(_newest_first(rows), holds, limit, whole=len(rows) <= asked.reads)
        if not prefix or not asked.reads:
            return None
        whole = terms[:-1]
        said = " UNION ALL ".join(self._one(name, asked.more, worded=bool(whole)) for name in ("written", "dated"))
        words = {"words": self.question(whole, prefix=False)} if whole else {}
        rows = _newest_first(await asked.rows(said, asked.reads, **words))[: asked.reads]
        return await asked.read(rows, holds, limit, whole=len(rows) < asked.reads)

    async def _lowest(self, scope: Scope) -> int:
        query = sql(f"SELECT min(p.{self.place}) FROM {self.places} p")
        return int((await scope.session.execute(query)).scalar() or 0)

    async def _ends(self, scope: Scope, within: Filters) -> dict[str, int]:
        """Return which places fit the dates: a word that is everywhere is not followed through all years."""
        after, before = within.after, within.before
        return {
            "written_from": 0 if after is None else await self._first(scope, after - _SLACK),
            "written_below": 2**62 if before is None else await self._first(scope, before + _SLACK),
            "dated_from": -(2**62) if after is None else _dated(after),
            "dated_below": 0 if before is None else _dated(before + 999),
        }

    async def _first(self, scope: Scope, moment: int) -> int:
        """Return the place from which on everything just written is not older than `moment`, by halving."""
        at = f"(SELECT min(p.{self.place}) FROM {self.places} p WHERE p.{self.place} >= (b.low + b.high) / 2)"
        last = f"(SELECT max(p.{self.place}) FROM {self.places} p)"
        older = f"(SELECT m.created_at FROM messages m WHERE m.n = {at}) < :moment"
        middle = "(b.low + b.high) / 2"
        query = sql(
            f"WITH RECURSIVE b(low, high) AS (SELECT CAST(0 AS BIGINT), coalesce({last}, 0) + 1 UNION ALL "
            f"SELECT CASE WHEN {older} THEN {middle} + 1 ELSE b.low END, "
            f"CASE WHEN {older} THEN b.high ELSE {middle} END "
            "FROM b WHERE b.low < b.high) SELECT b.low FROM b WHERE b.low >= b.high"
        )
        return int((await scope.session.execute(query, {"moment": moment})).scalar() or 0)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search while it is made: whose it is, and what a message must be besides holding the words."""

    scope: Scope
    more: str
    values: Mapping[str, Any]
    binds: Sequence[Any]
    reads: int
    """So many messages are read, at most."""

    async def rows(self, said: str, limit: int, **words: str) -> list[Any]:
        """Return places, ids and dates (milliseconds)."""
        query = sql(said).bindparams(*self.binds).columns(column("place", BigInteger), _ID, _AT)
        rows = await self.scope.session.execute(query, {**self.values, **words, "limit": limit})
        return list(rows.all())

    async def read(
        self, rows: Sequence[Any], holds: Callable[[str], bool], limit: int, *, whole: bool
    ) -> list[Any] | None:
        """Return the first rows whose messages hold it; None where they are too few, and not `whole`."""
        found, at, size, many = list[Any](), 0, 0, _READ_FIRST
        while at < min(len(rows), self.reads) and len(found) < limit and size < _READ_CHARACTERS:
            some, at, many = rows[at : min(at + many, self.reads)], at + many, many * 2
            texts = await self._texts([row[1] for row in some])
            size += sum(map(len, texts.values()))
            found += [row for row in some if holds(texts.get(row[1], ""))]
        return found if len(found) >= limit or (whole and at >= len(rows)) else None

    async def _texts(self, message_ids: Sequence[str]) -> dict[str, str]:
        rows = await self.scope.session.execute(_TEXTS, {"_ids": list(message_ids), **_owner(self.scope)})
        return {row[0]: findable_text(row[1]) for row in rows.all()}


class Question(Protocol):
    """Writes terms as the store's index is asked; `prefix`: the last one may go on."""

    def __call__(self, terms: Sequence[str], *, prefix: bool) -> str: ...


_ID: Final = column("id", Id("msg"))
_AT: Final = column("at", BigInteger)
_FEW: Final = 10_000
"""Messages in the conversations that fit, at most, where those are looked through."""
_READ_CHARACTERS: Final = 1_000_000
_READ_FIRST: Final = 100
"""So many messages are read at first, then twice as many; and no further than so many characters."""
_TEXTS: Final = (
    sql(
        "SELECT m.id, m.parts FROM messages m JOIN conversations c ON c.id = m.conversation_id "
        f"WHERE m.id IN :_ids AND {VISIBLE}"
    )
    .bindparams(bindparam("_ids", type_=Id("msg"), expanding=True), *OWNER)
    .columns(_ID, column("parts", Json))
)


def fresh() -> int:
    """Return the moment from which on a message counts as just written."""
    return clock.milliseconds() - _SLACK


def criteria(filters: Filters, moment: str = "m.created_at") -> tuple[str, dict[str, Any]]:
    """Return what a message `m` and its conversation `c` must be, as SQL that goes on an AND, and its values.

    `moment` is what the dates are asked of.
    """
    said: list[str] = []
    values: dict[str, Any] = {}
    for name, value, criterion in (
        ("after", filters.after, f"{moment} >= :after"),
        ("until", filters.before, f"{moment} < :until"),
        ("role", filters.role, "m.role = :role"),
    ):
        if value is not None:
            said.append(criterion)
            values[name] = value
    if filters.archived is not None:
        said.append(f"c.archived_at IS {'NOT ' if filters.archived else ''}NULL")
    for without, keys in ((False, filters.tags), (True, filters.without)):
        for place, key in enumerate(keys):
            name = f"{'without' if without else 'tag'}_{place}"
            said.append(_TAGGED.format(is_="NOT IN" if without else "IN", name=name))
            values[name] = key
    for place, kept in enumerate(filters.kept):
        where, name = COLUMNS[kept.kind][0], f"kept_{place}"
        said.append(f"({where} IS NULL OR {where} NOT IN :{name})" if kept.not_ else f"{where} IN :{name}")
        values[name] = list(kept.ids)
    if filters.project is not None:
        said.append(_IN.format(name="project"))
        values["project"] = filters.project
    for place, key in enumerate(filters.outside):
        name = f"outside_{place}"
        said.append("NOT " + _IN.format(name=name))
        values[name] = key
    return "".join(f" AND {criterion}" for criterion in said), values


async def newest(scope: Scope, filters: Filters, *, before: Position | None, limit: int) -> list[Hit]:
    """Return where conversations that fit end, last activity first, for a search without words.

    Dates are those of the last activity.
    """
    more, values = criteria(filters, "c.last_activity_at")
    shelves = ((False, "IS NULL"), (True, "IS NOT NULL"))
    # One by one, because the list has an index that leaves out the archive.
    lists = [_ending(is_, more) for archived, is_ in shelves if filters.archived in (None, archived)]
    query = sql(f"{' UNION ALL '.join(lists)} ORDER BY at DESC, number DESC LIMIT :limit").bindparams(
        *OWNER, *_binds(filters)
    )
    at, number = before or _FIRST
    given = {**values, **_owner(scope), "at": at, "number": number, "limit": limit}
    rows = await scope.session.execute(query.columns(_ID, _AT, column("number", BigInteger)), given)
    return [Hit(row[0], Position(row[1], row[2])) for row in rows.all()]


def _ending(is_: str, more: str) -> str:
    return (
        "SELECT * FROM (SELECT m.id AS id, c.last_activity_at AS at, c.id AS number FROM conversations c "
        f"JOIN messages m ON m.id = c.leaf_id WHERE c.archived_at {is_} AND {VISIBLE} AND c.last_activity_at <= :at "
        f"AND (c.last_activity_at < :at OR c.id < :number){more} ORDER BY c.last_activity_at DESC, c.id DESC "
        f"LIMIT :limit) "
        f"AS {'at_hand' if is_ == 'IS NULL' else 'archived'}"
    )


def _binds(filters: Filters) -> list[Any]:
    kinds = enumerate(filters.kept)
    return [bindparam(f"kept_{place}", type_=COLUMNS[kept.kind][1], expanding=True) for place, kept in kinds]


def _owner(scope: Scope) -> dict[str, str]:
    return {"organisation": scope.subject.organisation_id, "person": scope.subject.person_id}


def _dated(moment: int) -> int:
    """Return the first place of a moment's second."""
    return min(max(moment // 1000, 0), 2**32 - 1) * _NUMBERS - 2**62


def _newest_first(rows: Sequence[Any]) -> list[Any]:
    """Return both lists as one by their dates; each is in the order of its places."""
    found = sorted(rows, key=lambda row: row[0], reverse=True)
    lists = ([row for row in found if row[0] >= 0], [row for row in found if row[0] < 0])
    return list(heapq.merge(*lists, key=lambda row: -row[2]))


def _merged(rows: Sequence[Any], before: Position, limit: int) -> list[Hit]:
    """Return both lists as one, the newest first; a place is below zero in the one that is by date."""
    hits: list[Hit] = []
    for place, message_id, _ in islice(_newest_first(rows), limit):
        before = before._replace(**({"first": place} if place >= 0 else {"second": place}))
        hits.append(Hit(message_id, before))
    return hits
