"""What other contexts and the engine may use of retrieval."""

from mecum.domains.retrieval.ports import Filters
from mecum.domains.retrieval.repository import DATED, Index, fresh
from mecum.domains.retrieval.rules import Piece, findable_text, folded, separated, snippet, words_of
from mecum.domains.retrieval.service import Found, Indexer, Named, Search

__all__ = [
    "DATED",
    "Filters",
    "Found",
    "Index",
    "Indexer",
    "Named",
    "Piece",
    "Search",
    "findable_text",
    "folded",
    "fresh",
    "separated",
    "snippet",
    "words_of",
]
