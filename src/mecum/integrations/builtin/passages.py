"""Answers out of the person's own words: passages found by recall, quoted with where they come from."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mecum.inference.exchange import Passage
from mecum.integrations.builtin.reply import Cited, Piece, Question, Reply, Said

THRESHOLD: Final = 0.6
_SEARCH_THRESHOLD: Final = 0.5
_MOST_ANSWERS: Final = 3
_MOST_HITS: Final = 5
_LONGEST_QUOTE: Final = 400
_COMMON_WEIGHT: Final = 0.35
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:['’]\w+)?")
_PART: Final = re.compile(r"\w+")
_EXACT_WEIGHT: Final = 2.5
_SENTENCE: Final = re.compile(r"[^\n.!?]*(?:[.!?](?![\s\"')\]]|$)[^\n.!?]*)*[.!?]*[\"')\]]*")
_STOP: Final = frozenset(
    "a about am an and any are as at be been but by can could did do does for from get had has have he her his how "
    "i if in is it its let me my of on or our say said she should so than that the their them then there these they "
    "this to told us was we were what when where which who whom whose why will with would you your s t".split()
)
_COMMON: Final = frozenset(
    "again all also always another back because before best better big call come day days even every find first give "
    "go good got great happen here home just keep kind know last like little long look made make many may mean most "
    "much must name need never new next night no not now number off often old once one only open other out over own "
    "part people place plan put really right same see show some something still take talk tell thing things think time "
    "today too two up use very want way week well went work world year years yes".split()
)
_SEARCHED: Final = re.compile(
    r"(?:search|look)(?: my (?:conversations|chats|notes|messages|files))? (?:for|up) (?P<what>.+)"
)
_SEARCHES: Final = (
    _SEARCHED,
    re.compile(r"(?:find|show)(?: me)? (?:all |my |the )*(?:messages|notes|conversations|chats|passages|files|text)"
               r" (?:about|on|with|mentioning|that mention) (?P<what>.+)"),
    re.compile(r"find (?P<what>.+)"),
    re.compile(r"(?:what|when|where) (?:did|have|do) (?:i|we|you) (?:ever )?(?:say|said|write|written|mention|"
               r"mentioned|tell you|told you|talk|talked|discuss|discussed|note|noted) ?(?:about|of|on)? (?P<what>.+)"),
    re.compile(r"what do (?:i|you) know about (?P<what>.+)"),
)  # fmt: skip
_MONTHS: Final = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_WHEN: Final = re.compile(
    rf"\d|\b(?:(?:{_MONTHS})[a-z]*|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|today|tomorrow|yesterday|noon|midnight|"
    r"morning|afternoon|evening|weekend|spring|summer|autumn|winter|easter|christmas)\b",
    re.IGNORECASE,
)
_AMOUNT: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|half|"
    r"no|none|both|pair)\b",
    re.IGNORECASE,
)
_SHAPES: Final = (
    (re.compile(r"(?:when|what (?:time|day|date|year|month)|which (?:day|date|year|month))\b"), _WHEN, "when"),
    (re.compile(r"how (?:many|much|long|old|far|tall|big|often)\b"), _AMOUNT, "how much"),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A sentence of a passage and the weighted share of the question's words in it, 0 to 1."""

    passage: Passage
    score: float
    place: int


def search(question: Question) -> Reply | None:
    """Return what a search by rules finds, or None when no search was asked for."""
    for form in _SEARCHES:
        if match := form.fullmatch(question.plain):
            return _listed(match["what"], question)
    return None


def answer(question: Question) -> Reply | None:
    """Return quotes that answer the question by words, or None below the threshold."""
    asked = _WORD.findall(question.plain)
    found = [hit for hit in _hits(question.plain, question.passages) if hit.score >= THRESHOLD]
    # The same words in an earlier message are the question, asked before.
    hits = [hit for hit in found if hit.passage.file_id or _WORD.findall(hit.passage.text.lower()) != asked]
    if not hits:
        return None
    for asks, shape, what in _SHAPES:
        if asks.match(question.plain):
            telling = [hit for hit in hits if shape.search(hit.passage.text)]
            if telling:
                return _quoted("In your own words:", telling[:_MOST_ANSWERS])
            return _quoted(f"This mentions it, but does not say {what}:", hits[:1])
    return _quoted("In your own words:", hits[:_MOST_ANSWERS])


def terms(text: str) -> list[str]:
    """Return the words of `text` that carry meaning, reduced to their stems, in order, once each.

    A figure with decimals is one word, whether it is written 17.50 or 17,50.
    """
    found = (_stem(word.lower()) for word in _WORD.findall(text) if word.lower() not in _STOP)
    return list(dict.fromkeys(found))


def _listed(what: str, question: Question) -> Reply:
    wanted = what.strip(" \"'“”")
    hits = [hit for hit in _hits(wanted, question.passages) if hit.score >= _SEARCH_THRESHOLD]
    if not hits:
        return (Said(f"Nothing in your conversations and text files mentions “{wanted}”."),)
    count = min(len(hits), _MOST_HITS)
    return _quoted(f"{count} passage{'s' if count > 1 else ''} about “{wanted}”:", hits[:count])


def _quoted(opening: str, hits: Iterable[Hit]) -> Reply:
    pieces: list[Piece] = [Said(opening)]
    for hit in hits:
        quote = " ".join(hit.passage.text.split())
        pieces += [Said(f"\n\n> {quote}\n>\n> — {hit.passage.title or 'Untitled'}"), Cited(hit.passage)]
    return tuple(pieces)


def _hits(text: str, passages: Sequence[Passage]) -> list[Hit]:
    """Return the best sentence of each passage, best first; ties keep the order recall chose."""
    wanted = terms(text)
    sentences = [part for passage in passages for part in _sentences(passage)]
    stems = [{*words, *_parts(words)} for words in (terms(part.text) for part in sentences)]
    weights = _weights(wanted, stems)
    total = sum(weights.values())
    if not total:
        return []
    best: dict[str, Hit] = {}
    for place, (part, words) in enumerate(zip(sentences, stems, strict=True)):
        score = sum(weights[word] for word in wanted if word in words) / total
        key = part.text.strip().lower()
        if score > 0 and (key not in best or best[key].score < score):
            best[key] = Hit(part, score, place)
    return sorted(best.values(), key=lambda hit: (-round(hit.score, 6), hit.place))


def _weights(wanted: Sequence[str], sentences: Sequence[set[str]]) -> dict[str, float]:
    """Rare words prove more than common ones: by how many sentences hold them, and by a list of common words.

    Most is proved by a figure such as 17.50, which nobody writes by chance.
    """
    seen = Counter(word for words in sentences for word in words)
    number = len(sentences)
    return {
        word: math.log(1 + (number + 1) / (seen[word] + 1))
        * (_COMMON_WEIGHT if word in _COMMON else _EXACT_WEIGHT if "." in word else 1)
        for word in wanted
    }


def _sentences(passage: Passage) -> list[Passage]:
    """Cut a passage into its sentences; a question, or what once was searched for, proves nothing and is left out."""
    found: list[Passage] = []
    for match in _SENTENCE.finditer(passage.text):
        text = match[0].strip()
        if not text or _asks(text, passage) or not _WORD.search(text):
            continue
        text = text[:_LONGEST_QUOTE]
        at = passage.start + match.start() + match[0].index(text[0])
        found.append(replace(passage, text=text, start=at, end=at + len(text)))
    return found


def _asks(text: str, passage: Passage) -> bool:
    return text.endswith("?") or (passage.file_id is None and bool(_SEARCHED.fullmatch(text.lower())))


def _parts(words: Iterable[str]) -> list[str]:
    """Return what figures are made of, so that 2026 is found in 12.03.2026."""
    return [part for word in words if "." in word for part in _PART.findall(word)]


def _stem(word: str) -> str:
    if word[0].isdigit() and ("," in word or "." in word):
        return word.replace(",", ".")
    word = word.replace("’", "'").removesuffix("'s")
    for ending, least in (("ies", 4), ("ing", 6), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            stem = word.removesuffix(ending)
            return stem + "y" if ending == "ies" else stem.removesuffix("e")
    return word.removesuffix("e") if len(word) > 4 else word
