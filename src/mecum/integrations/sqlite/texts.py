"""Words of messages in SQLite: an FTS5 table that keeps no text, its rows numbered by their messages' places.

FTS5 without content takes a row out only when it is told exactly what went in, so `index` and `forget` are given the
same text. The row in `message_words_docsize` says whether a message is in, and where: taking out what is not there
would spoil it. Many messages go in by one statement: each statement that may write several rows opens a savepoint, and
at every savepoint FTS5 writes out what it gathered (measured: 13 microseconds a message one by one, 3 in one
statement); it also does so where places do not rise, which is why they are sorted.
"""

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy import ColumnClause, column
from sqlalchemy import text as sql

from mecum.domains.retrieval.api import DATED, Filters, Index, fresh, separated
from mecum.domains.retrieval.ports import Hit, Position
from mecum.infra.storage import Id, Op, Prepared, Scope


def _match(terms: Sequence[str], *, prefix: bool) -> str:
    """Every term as an FTS5 string: nothing in it is an operator, and several words in one are a phrase."""
    quoted = ['"' + separated(word).replace('"', " ").strip() + '"' for word in terms]
    return " ".join(quoted) + (" *" if prefix else "")


# CROSS JOIN keeps the order of the tables: the newest hits first, and no further than the limit.
_WORDS: Final = Index(
    places="message_words_docsize",
    place="id",
    table="message_words w",
    key="w.rowid",
    question=_match,
    holds="w.message_words MATCH :words",
    join="CROSS JOIN",
)
_ID: Final = Id("msg")
_READS: Final = 2_000
"""Messages that a search reads itself, at most: FTS5 would gather all words with one beginning."""
_MESSAGE: Final[ColumnClause[str]] = column("id", _ID)
_INDEX: Final = Prepared(
    sql(
        f"INSERT INTO message_words (rowid, text) SELECT {_WORDS.placed}, t.value ->> 1 "  # noqa: S608 - no value in it
        "FROM json_each(:_texts) t CROSS JOIN messages m ON m.id = t.value ->> 0 "
        f"WHERE NOT {_WORDS.known} ORDER BY 1"
    ),
    system=True,
)
_FORGET: Final = sql(
    "INSERT INTO message_words (message_words, rowid, text) SELECT 'delete', d.id, t.value ->> 1 "  # noqa: S608 - no value in it
    "FROM json_each(:_texts) t CROSS JOIN messages m ON m.id = t.value ->> 0 "
    f"JOIN message_words_docsize d ON d.id IN (m.n, {DATED})"
)
_MISSING: Final = sql(_WORDS.missing).columns(_MESSAGE)


class SQLiteWords:
    """See `retrieval.ports.Words`; a search reads at most so many messages itself."""

    def __init__(self, reads: int = _READS) -> None:
        self._reads = reads

    def index(self, texts: Sequence[tuple[str, str]]) -> Op:
        return Op(_INDEX, {"_texts": _document(texts), "_fresh": fresh()})

    async def missing(self, scope: Scope) -> list[str]:
        return list((await scope.session.execute(_MISSING)).scalars())

    async def forget(self, scope: Scope, texts: Sequence[tuple[str, str]]) -> None:
        if texts:
            await scope.session.execute(_FORGET, {"_texts": _document(texts)})

    async def search(
        self, scope: Scope, words: list[str], *, prefix: bool, before: Position | None, limit: int, within: Filters
    ) -> list[Hit]:
        return await _WORDS.search(
            scope, words, prefix=prefix, before=before, limit=limit, within=within, reads=self._reads
        )


def _document(texts: Sequence[tuple[str, str]]) -> str:
    """Return numbers of messages and their words as JSON, each message once."""
    told = [(_ID.number(message_id), separated(text)) for message_id, text in dict(texts).items()]
    return orjson.dumps(told).decode()
