"""What was written elsewhere stands in the index of words by its date, not where it was stored."""
# pyright: reportUnknownArgumentType=false
# ruff: noqa: S608 - no statement here has a value in it

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# What the index of words keeps, and how it reads a text, as of this revision.
_DATED = (
    "((CASE WHEN m.created_at < 0 THEN 0 WHEN m.created_at > 4294967295000 THEN 4294967295 "
    "ELSE m.created_at / 1000 END) * 1073741824 + (m.n & 1073741823) - 4611686018427387904)"
)
_DAY, _SLACK = 86_400_000, 60_000
# An id begins with the moment it was made: a date far beyond it says nothing of the dates that follow.
_SEEN = (
    f"SELECT n, created_at, created_at - id / 2097152 > {_DAY} AS impossible, "
    f"max(CASE WHEN created_at - id / 2097152 > {_DAY} THEN 0 ELSE created_at END) OVER (ORDER BY n) AS newest "
    "FROM messages"
)
_ELSEWHERE = (
    f"SELECT m.n AS n, {_DATED} AS place FROM ({_SEEN}) m WHERE m.impossible OR m.created_at + {_SLACK} < m.newest"
)
_TOGETHER = 500
_CJK = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)


def upgrade() -> None:
    """Move what is older than what was stored before it."""
    if op.get_bind().dialect.name == "sqlite":
        _move(f"SELECT w.n, w.n, w.place FROM ({_ELSEWHERE}) w JOIN message_words_docsize d ON d.id = w.n")
    else:
        op.execute(f"UPDATE message_words d SET n = w.place FROM ({_ELSEWHERE}) w WHERE d.n = w.n")


def downgrade() -> None:
    """Move it back: every message stands where it was stored."""
    if op.get_bind().dialect.name == "sqlite":
        _move(f"SELECT m.n, {_DATED}, m.n FROM messages m JOIN message_words_docsize d ON d.id = {_DATED}")
    else:
        op.execute("UPDATE message_words SET n = n & 1073741823 WHERE n < 0")


def _move(query: str) -> None:
    """Take texts out of the index and put them in again: (message, place, new place) each."""
    connection = op.get_bind()
    moves = [tuple(row) for row in connection.execute(sa.text(query))]
    for start in range(0, len(moves), _TOGETHER):
        some = moves[start : start + _TOGETHER]
        texts = _texts(connection, [n for n, _, _ in some])
        connection.execute(
            sa.text("INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', :place, :text)"),
            [{"place": place, "text": texts[n]} for n, place, _ in some],
        )
        connection.execute(
            sa.text("INSERT INTO message_words (rowid, text) VALUES (:place, :text)"),
            [{"place": place, "text": texts[n]} for n, _, place in sorted(some, key=lambda move: move[2])],
        )


def _texts(connection: sa.Connection, numbers: list[int]) -> dict[int, str]:
    query = sa.text("SELECT n, parts FROM messages WHERE n IN :numbers").bindparams(
        sa.bindparam("numbers", expanding=True)
    )
    rows = connection.execute(query, {"numbers": numbers})
    return {n: _separated("\n".join(_said(json.loads(parts)))) for n, parts in rows}


def _said(parts: list[dict[str, Any]]) -> Iterator[str]:
    return (part["text"] for part in parts if part["type"] == "text")


def _separated(text: str) -> str:
    if text.isascii():
        return text
    bare = re.sub("[\u0300-\u036f]+", "", unicodedata.normalize("NFD", text))
    return re.sub(f"([{_CJK}])", r" \1 ", unicodedata.normalize("NFC", bare).casefold())
