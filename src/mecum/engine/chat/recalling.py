"""Finding what a person wrote before by the words of a question: the paragraph that has most of them."""

import re
from collections.abc import Sequence
from typing import Any, Protocol

from mecum.domains.conversations import api as conversations
from mecum.domains.retrieval import api as retrieval
from mecum.inference.exchange import Passage
from mecum.infra.storage import Database
from mecum.kernel.subject import Subject

_MOST_TERMS, _MOST_HITS, _MOST_FILES, _MOST_PASSAGES = 8, 20, 20, 5
_LONGEST_FILE = 2 << 20
_PARAGRAPH = re.compile(r"\S(?:.*\S)?(?:\n(?!\s*\n).*\S)*")
_COMMON = frozenset(
    "a about an and are as at be been but by can could did do does for from had has have he her his how i if "
    "in is it its me my of on or our she so tell than that the their them then there they this to was we were "
    "what when where which who why will with would you your say said search find please".split()
)


class FileTexts(Protocol):
    """Reads a person's text files."""

    async def texts(self, subject: Subject, *, most: int, longest: int) -> Sequence[tuple[str, str, str]]:
        """Return (file id, name, text) of the newest `most` text files of at most `longest` bytes."""
        ...


class WordRecaller:
    """Passages from conversations and text files, by words."""

    def __init__(self, database: Database, search: conversations.SearchService, files: FileTexts) -> None:
        self._database, self._search, self._files = database, search, files

    async def passages(
        self, subject: Subject, question: str, *, without: frozenset[str], by: str
    ) -> tuple[Passage, ...]:
        """See `Recaller`."""
        terms = [word for word in dict.fromkeys(retrieval.words_of(question)) if word not in _COMMON][:_MOST_TERMS]
        if not terms:
            return ()
        async with self._database.reading(subject) as scope:
            found = await self._search.quotable(scope, terms, _MOST_HITS)
        sources = [
            (m.text, Passage(m.title or "", "", 0, 0, conversation_id=m.conversation_id, message_id=m.message_id))
            for m in found
            if m.message_id not in without and m.model != by
        ]
        sources += [
            (text, Passage(name, "", 0, 0, file_id=file_id))
            for file_id, name, text in await self._files.texts(subject, most=_MOST_FILES, longest=_LONGEST_FILE)
        ]
        scored = [best for text, source in sources if (best := _best(text, source, terms)) is not None]
        scored.sort(key=lambda item: -item[0])
        return tuple(passage for _, passage in scored[:_MOST_PASSAGES])


def _best(text: str, source: Passage, terms: Sequence[str]) -> tuple[float, Passage] | None:
    """Return the paragraph of `text` with most of the terms, and how many that is; None when it has none."""
    best: tuple[float, Any] | None = None
    for match in _PARAGRAPH.finditer(text):
        words = set(retrieval.words_of(match.group()))
        score = sum(term in words for term in terms) + 1 / (10 + len(words))
        if score >= 1 and (best is None or score > best[0]):
            best = (score, match)
    if best is None:
        return None
    score, match = best
    return score, Passage(
        source.title,
        match.group(),
        match.start(),
        match.end(),
        source.conversation_id,
        source.message_id,
        source.file_id,
    )
