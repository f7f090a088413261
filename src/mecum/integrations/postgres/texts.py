"""Words of messages in PostgreSQL: a tsvector per message, made from our own words.

The server's own parser is not asked: what it takes for a letter depends on the database's locale, and it reads
addresses and numbers in its own way.
"""

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy import ColumnClause, bindparam, column
from sqlalchemy import text as sql

from mecum.domains.retrieval.api import DATED, Filters, Index, fresh, words_of
from mecum.domains.retrieval.ports import Hit, Position
from mecum.infra.storage import Id, Op, Prepared, Scope


def _query(terms: Sequence[str], *, prefix: bool) -> str:
    """Return the terms as a tsquery is written; several words in a term are a phrase."""
    said = [[f"'{word}'" for word in words_of(term)] for term in terms]
    if prefix:
        said[-1][-1] += ":*"
    return " & ".join(f"({' <-> '.join(term)})" for term in said)


_WORDS: Final = Index(
    places="message_words",
    place="n",
    table="message_words w",
    key="w.n",
    question=_query,
    holds="w.words @@ CAST(:words AS tsquery)",
)
_ID: Final = Id("msg")
_READS: Final = 200
"""Messages that a search reads itself, at most: an index row can be asked by itself here, so few are enough."""
_WHICH: Final = bindparam("_id", type_=_ID)
_MESSAGE: Final[ColumnClause[str]] = column("id", _ID)
_INDEX: Final = Prepared(
    sql(
        f"INSERT INTO message_words (n, words) SELECT {_WORDS.placed}, CAST(t.value ->> 1 AS tsvector) "  # noqa: S608 - no value in it
        "FROM json_array_elements(CAST(:_texts AS json)) t JOIN messages m ON m.id = CAST(t.value ->> 0 AS bigint) "
        f"WHERE NOT {_WORDS.known} ON CONFLICT DO NOTHING"
    ),
    system=True,
)
_FORGET: Final = sql(
    f"DELETE FROM message_words w USING messages m WHERE w.n IN (m.n, {DATED}) AND m.id = :_id"  # noqa: S608 - no value in it
).bindparams(_WHICH)
_MISSING: Final = sql(_WORDS.missing).columns(_MESSAGE)
# What a tsvector can hold: 1 MB, positions to 16,383, 255 of them per word.
_MOST_BYTES: Final = 900_000
_LAST_POSITION: Final = 16_383
_MOST_POSITIONS: Final = 255


class PostgresWords:
    """See `retrieval.ports.Words`; a search reads at most so many messages itself."""

    def __init__(self, reads: int = _READS) -> None:
        self._reads = reads

    def index(self, texts: Sequence[tuple[str, str]]) -> Op:
        told = [(_ID.number(message_id), _vector(words_of(text))) for message_id, text in dict(texts).items()]
        return Op(_INDEX, {"_texts": orjson.dumps(told).decode(), "_fresh": fresh()})

    async def missing(self, scope: Scope) -> list[str]:
        return list((await scope.session.execute(_MISSING)).scalars())

    async def forget(self, scope: Scope, texts: Sequence[tuple[str, str]]) -> None:
        if texts:
            await scope.session.execute(_FORGET, [{"_id": message_id} for message_id, _ in texts])

    async def search(
        self, scope: Scope, words: list[str], *, prefix: bool, before: Position | None, limit: int, within: Filters
    ) -> list[Hit]:
        return await _WORDS.search(
            scope, words, prefix=prefix, before=before, limit=limit, within=within, reads=self._reads
        )


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
