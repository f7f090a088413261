"""Words of messages in PostgreSQL: a tsvector per message, made from our own words.

The server's own parser is not asked: what it takes for a letter depends on the database's locale, and it reads
addresses and numbers in its own way.
"""

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy import ColumnClause, Integer, bindparam, column
from sqlalchemy import text as sql

from mecum.domains.retrieval.api import OWNER, VISIBLE, Filters, criteria, words_of
from mecum.domains.retrieval.ports import Hit
from mecum.infra.storage import Id, Op, Prepared, Scope

_ID: Final = Id("msg")
_WHICH: Final = bindparam("_id", type_=_ID)
_MESSAGE: Final[ColumnClause[str]] = column("id", _ID)
_INDEX: Final = Prepared(
    sql(
        "INSERT INTO message_words (n, words) SELECT m.n, CAST(t.value ->> 1 AS tsvector) "
        "FROM json_array_elements(CAST(:_texts AS json)) t JOIN messages m ON m.id = CAST(t.value ->> 0 AS bigint) "
        "ON CONFLICT DO NOTHING"
    ),
    system=True,
)
_FORGET: Final = sql("DELETE FROM message_words w USING messages m WHERE m.n = w.n AND m.id = :_id").bindparams(_WHICH)
_MISSING: Final = sql(
    "SELECT m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id "
    "WHERE m.n > coalesce((SELECT max(n) FROM message_words), 0) AND c.listed ORDER BY m.n LIMIT 1000"
).columns(_MESSAGE)
_SEARCH: Final = (
    "SELECT m.n, m.id FROM message_words w JOIN messages m ON m.n = w.n "  # noqa: S608 - no value in it
    "JOIN conversations c ON c.id = m.conversation_id "
    f"WHERE w.words @@ CAST(:words AS tsquery) AND w.n < :before AND {VISIBLE}"
)
_ORDER: Final = " ORDER BY w.n DESC LIMIT :limit"
_NEWEST: Final = 2**62
# What a tsvector can hold: 1 MB, positions to 16,383, 255 of them per word.
_MOST_BYTES: Final = 900_000
_LAST_POSITION: Final = 16_383
_MOST_POSITIONS: Final = 255


class PostgresWords:
    """See `retrieval.ports.Words`."""

    def index(self, texts: Sequence[tuple[str, str]]) -> Op:
        told = [(_ID.number(message_id), _vector(words_of(text))) for message_id, text in dict(texts).items()]
        return Op(_INDEX, {"_texts": orjson.dumps(told).decode()})

    async def missing(self, scope: Scope) -> list[str]:
        return list((await scope.session.execute(_MISSING)).scalars())

    async def forget(self, scope: Scope, texts: Sequence[tuple[str, str]]) -> None:
        if texts:
            await scope.session.execute(_FORGET, [{"_id": message_id} for message_id, _ in texts])

    async def search(
        self, scope: Scope, words: list[str], *, prefix: bool, before: int | None, limit: int, within: Filters
    ) -> list[Hit]:
        more, narrowed = criteria(within)
        query = sql(_SEARCH + more + _ORDER).bindparams(*OWNER).columns(column("n", Integer), _MESSAGE)
        values = {
            "words": _query(words, prefix=prefix),
            "before": _NEWEST if before is None else before,
            "organisation": scope.subject.organisation_id,
            "person": scope.subject.person_id,
            "limit": limit,
            **narrowed,
        }
        rows = (await scope.session.execute(query, values)).all()
        return [Hit(n, message_id) for n, message_id in rows]


def _vector(words: list[str]) -> str:
    """Return the words and their positions as a tsvector is written; beyond what one can hold they are left out."""
    positions: dict[str, list[int]] = {}
    size = 0
    for place, word in enumerate(words, 1):
        found = positions.get(word)
        if found is None:
            size += len(word.encode()) + 8
            if size > _MOST_BYTES:
                break
            found = positions[word] = []
        if len(found) < _MOST_POSITIONS:
            found.append(min(place, _LAST_POSITION))
            size += 2
    return " ".join(f"'{word}':{','.join(map(str, places))}" for word, places in positions.items())


def _query(words: list[str], *, prefix: bool) -> str:
    """Return the terms as a tsquery is written; several words in a term are a phrase."""
    terms = [[f"'{word}'" for word in words_of(term)] for term in words]
    if prefix:
        terms[-1][-1] += ":*"
    return " & ".join(f"({' <-> '.join(term)})" for term in terms)
