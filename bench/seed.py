"""A large record, written straight into the store of a server that is not running, in words as uneven as in life."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import accumulate, product
from pathlib import Path
from typing import Any, Final

from mecum.domains.retrieval.repository import DATED
from mecum.domains.retrieval.rules import separated
from mecum.infra.storage import sqlite
from mecum.kernel import clock, ids

_WORDS: Final = 50_000
_WORDS_IN_A_MESSAGE: Final = 20
_BATCH: Final = 20_000
_CONVERSATION: Final = (
    "INSERT INTO conversations (id, listed, title, title_source, leaf_id, created_at, last_activity_at,"
    " organisation_id, person_id) VALUES (?, 1, ?, 'auto', ?, ?, ?, ?, ?)"
)
_MESSAGE: Final = (
    "INSERT INTO messages (n, id, conversation_id, parent_id, role, mode, state, parts, created_at)"
    " VALUES (?, ?, ?, ?, ?, 'chat', 'complete', ?, ?)"
)
_INDEX: Final = "INSERT INTO message_words (rowid, text) VALUES (?, ?)"
_INDEX_DATED: Final = f"INSERT INTO message_words (rowid, text) SELECT {DATED}, ? FROM messages m WHERE m.n = ?"
_IMPORTED: Final = 0.4
"""The share of conversations that came from elsewhere, with dates of the last three years."""
_YEARS: Final = 3 * 365 * 86_400_000
BANDS: Final = {"rare": (0.0, 0.001), "some": (0.001, 0.01), "common": (0.1, 1.0)}
"""Shares of messages that hold a word: from, to."""


def vocabulary() -> list[str]:
    """Fifty thousand words of two to four syllables; short ones first, as the common ones are."""
    syllables = [c + v for c, v in product("bdfgklmnprstvz", "aeiou")]
    made = ("".join(some) for length in (2, 3) for some in product(syllables, repeat=length))
    return [word for word, _ in zip(made, range(_WORDS), strict=False)]


@dataclass(slots=True)
class Record:
    """What is in the store, and how to add to it."""

    data: Path
    messages: int = 0
    conversations: int = 0
    long_conversation: str = ""
    _random: random.Random = field(default_factory=lambda: random.Random(11))
    _words: list[str] = field(default_factory=vocabulary)
    _weights: list[float] = field(default_factory=lambda: list(accumulate(1 / (rank + 2.7) for rank in range(_WORDS))))

    def grow(self, conversations: int, messages: int) -> None:
        """Add conversations until there are so many, evenly filled until there are so many messages."""
        each = max(1, (messages - self.messages) // max(1, conversations - self.conversations))
        with closing(self._open()) as store:
            owner = store.execute("SELECT organisation_id, id FROM persons WHERE is_owner").fetchone()
            while self.conversations < conversations:
                many = min(conversations - self.conversations, max(1, _BATCH // each))
                self._write(store, owner, [each] * many)

    def add_long(self, messages: int) -> None:
        """Add one conversation of so many messages."""
        with closing(self._open()) as store:
            owner = store.execute("SELECT organisation_id, id FROM persons WHERE is_owner").fetchone()
            self.long_conversation = ids.text("cnv", self._write(store, owner, [messages])[0])

    def words(self, count: int) -> dict[str, list[str]]:
        """Return words by how many messages hold them, counted in the store itself."""
        with closing(self._open()) as store:
            return {name: self._within(store, band, count) for name, band in BANDS.items()}

    def _within(self, store: Any, band: tuple[float, float], count: int) -> list[str]:
        found: list[str] = []
        for word in self._words[:20] + self._random.sample(self._words[20:], 2000):
            query = "SELECT count(*) FROM message_words WHERE message_words MATCH ?"
            share = store.execute(query, [f'"{word}"']).fetchone()[0] / self.messages
            if band[0] < share < band[1]:
                found.append(word)
            if len(found) == count:
                break
        return found

    def _open(self) -> Any:
        store = sqlite.connect(self.data / "mecum.db", None)
        store.execute("PRAGMA synchronous = off")
        return store

    def _write(self, store: Any, owner: tuple[int, int], sizes: list[int]) -> list[int]:
        made = [_number("cnv") for _ in sizes]
        rows, heads = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
        written = list[tuple[Any, ...]]()
        imported = list[list[tuple[Any, ...]]]()
        for conversation, size in zip(made, sizes, strict=True):
            elsewhere = len(sizes) > 1 and self._random.random() < _IMPORTED
            at = clock.milliseconds() - (self._random.randrange(_YEARS) if elsewhere else size)
            new = list(self._messages(conversation, size, at))
            if elsewhere:
                imported.append(new)
            else:
                written += new
            rows += new
            heads.append(
                (conversation, f"About {self._random.choice(self._words)}", new[-1][1], new[0][6], new[-1][6], *owner)
            )
        store.execute("BEGIN")
        store.executemany(_CONVERSATION, heads)
        store.executemany(_MESSAGE, rows)
        store.executemany(_INDEX, ((row[0], _words(row)) for row in written))
        for some in sorted(imported, key=lambda some: some[0][6]):
            store.executemany(_INDEX_DATED, ((_words(row), row[0]) for row in some))
        store.execute("COMMIT")
        self.conversations += len(made)
        return made

    def _messages(self, conversation: int, size: int, at: int) -> Iterator[tuple[Any, ...]]:
        parent = None
        for number in range(size):
            text = " ".join(self._random.choices(self._words, cum_weights=self._weights, k=_WORDS_IN_A_MESSAGE))
            message = _number("msg")
            self.messages += 1
            role = "assistant" if number % 2 else "user"
            yield (
                self.messages,
                message,
                conversation,
                parent,
                role,
                f'[{{"type":"text","text":"{text}"}}]',
                at + number,
            )
            parent = message


def _words(row: tuple[Any, ...]) -> str:
    return separated(row[5][25:-3])


def _number(prefix: str) -> int:
    """A fresh id as the store keeps it."""
    number = ids.number(prefix, ids.new(prefix))
    assert number is not None
    return number
