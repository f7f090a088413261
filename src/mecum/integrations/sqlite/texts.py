"""Words of messages in SQLite: an FTS5 table that keeps no text, its rows numbered by their messages' places.

FTS5 without content takes a row out only when it is told exactly what went in, so `index` and `forget` are given the
same text. The row in `message_words_docsize` says whether a message is in, and where: taking out what is not there
would spoil it.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnClause, bindparam, column
from sqlalchemy import text as sql

from mecum.domains.retrieval.api import DATED, Filters, Index, fresh, separated
from mecum.domains.retrieval.ports import Hit, Position
from mecum.infra.storage import Id, Op, Prepared, Scope

# CROSS JOIN keeps the order of the tables: the newest hits first, and no further than the limit.
_WORDS: Final = Index(
    places="message_words_docsize",
    place="id",
    table="message_words w",
    key="w.rowid",
    holds="w.message_words MATCH :words",
    join="CROSS JOIN",
)
_WHICH: Final = bindparam("_id", type_=Id("msg"))
_MESSAGE: Final[ColumnClause[str]] = column("id", Id("msg"))
_INDEX: Final = Prepared(
    sql(
        f"INSERT INTO message_words (rowid, text) SELECT {_WORDS.placed}, :_text FROM messages m "  # noqa: S608 - no value in it
        f"WHERE m.id = :_id AND NOT {_WORDS.known}"
    ).bindparams(_WHICH),
    system=True,
)
_FORGET: Final = sql(
    "INSERT INTO message_words (message_words, rowid, text) SELECT 'delete', d.id, :_text "  # noqa: S608 - no value in it
    f"FROM messages m JOIN message_words_docsize d ON d.id IN (m.n, {DATED}) WHERE m.id = :_id"
).bindparams(_WHICH)
_MISSING: Final = sql(_WORDS.missing).columns(_MESSAGE)


class SQLiteWords:
    """See `retrieval.ports.Words`."""

    def index(self, message_id: str, text: str) -> Op:
        return Op(_INDEX, {"_id": message_id, "_text": separated(text), "_fresh": fresh()})

    async def missing(self, scope: Scope) -> list[str]:
        return list((await scope.session.execute(_MISSING)).scalars())

    async def forget(self, scope: Scope, texts: Sequence[tuple[str, str]]) -> None:
        if texts:
            values = [{"_id": message_id, "_text": separated(text)} for message_id, text in texts]
            await scope.session.execute(_FORGET, values)

    async def search(
        self, scope: Scope, words: list[str], *, prefix: bool, before: Position | None, limit: int, within: Filters
    ) -> list[Hit]:
        question = _match(words, prefix=prefix)
        return await _WORDS.search(scope, question, prefix=prefix, before=before, limit=limit, within=within)


def _match(words: list[str], *, prefix: bool) -> str:
    """Every term as an FTS5 string: nothing in it is an operator, and several words in one are a phrase."""
    quoted = ['"' + separated(word).replace('"', " ").strip() + '"' for word in words]
    return " ".join(quoted) + (" *" if prefix else "")
