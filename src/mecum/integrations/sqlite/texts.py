"""Words of messages in SQLite: an FTS5 table that keeps no text, its rows numbered like the messages.

FTS5 without content takes a row out only when it is told exactly what went in, so `index` and `forget` are given the
same text. The row in `message_words_docsize` says whether a message is in: taking out what is not there would spoil it.
Many messages go in by one statement: a statement that may write several rows opens a savepoint, and at every savepoint
FTS5 writes out what it gathered (measured: 13 microseconds a message one by one, 3 in one statement).
"""

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy import ColumnClause, Integer, column
from sqlalchemy import text as sql

from mecum.domains.retrieval.api import OWNER, VISIBLE, Filters, criteria, separated
from mecum.domains.retrieval.ports import Hit
from mecum.infra.storage import Id, Op, Prepared, Scope

_ID: Final = Id("msg")
_MESSAGE: Final[ColumnClause[str]] = column("id", _ID)
_INDEX: Final = Prepared(
    sql(
        "INSERT INTO message_words (rowid, text) SELECT m.n, t.value ->> 1 "
        "FROM json_each(:_texts) t CROSS JOIN messages m ON m.id = t.value ->> 0 "
        "WHERE NOT EXISTS (SELECT 1 FROM message_words_docsize d WHERE d.id = m.n)"
    ),
    system=True,
)
_FORGET: Final = sql(
    "INSERT INTO message_words (message_words, rowid, text) SELECT 'delete', m.n, t.value ->> 1 "
    "FROM json_each(:_texts) t CROSS JOIN messages m ON m.id = t.value ->> 0 "
    "JOIN message_words_docsize d ON d.id = m.n"
)
_MISSING: Final = sql(
    "SELECT m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id "
    "WHERE m.n > coalesce((SELECT max(id) FROM message_words_docsize), 0) AND c.listed ORDER BY m.n LIMIT 1000"
).columns(_MESSAGE)
# CROSS JOIN keeps the order of the tables: the newest hits first, and no further than the limit.
_SEARCH: Final = (
    "SELECT m.n, m.id FROM message_words w CROSS JOIN messages m ON m.n = w.rowid "  # noqa: S608 - no value in it
    "CROSS JOIN conversations c ON c.id = m.conversation_id "
    f"WHERE w.message_words MATCH :words AND w.rowid < :before AND {VISIBLE}"
)
_ORDER: Final = " ORDER BY w.rowid DESC LIMIT :limit"
_NEWEST: Final = 2**62


class SQLiteWords:
    """See `retrieval.ports.Words`."""

    def index(self, texts: Sequence[tuple[str, str]]) -> Op:
        return Op(_INDEX, {"_texts": _document(texts)})

    async def missing(self, scope: Scope) -> list[str]:
        return list((await scope.session.execute(_MISSING)).scalars())

    async def forget(self, scope: Scope, texts: Sequence[tuple[str, str]]) -> None:
        if texts:
            await scope.session.execute(_FORGET, {"_texts": _document(texts)})

    async def search(
        self, scope: Scope, words: list[str], *, prefix: bool, before: int | None, limit: int, within: Filters
    ) -> list[Hit]:
        more, narrowed = criteria(within)
        query = sql(_SEARCH + more + _ORDER).bindparams(*OWNER).columns(column("n", Integer), _MESSAGE)
        values = {
            "words": _match(words, prefix=prefix),
            "before": _NEWEST if before is None else before,
            "organisation": scope.subject.organisation_id,
            "person": scope.subject.person_id,
            "limit": limit,
            **narrowed,
        }
        rows = (await scope.session.execute(query, values)).all()
        return [Hit(n, message_id) for n, message_id in rows]


def _document(texts: Sequence[tuple[str, str]]) -> str:
    """Return numbers of messages and their words as JSON, each message once."""
    told = [(_ID.number(message_id), separated(text)) for message_id, text in dict(texts).items()]
    return orjson.dumps(told).decode()


def _match(words: list[str], *, prefix: bool) -> str:
    """Every term as an FTS5 string: nothing in it is an operator, and several words in one are a phrase."""
    quoted = ['"' + separated(word).replace('"', " ").strip() + '"' for word in words]
    return " ".join(quoted) + (" *" if prefix else "")
