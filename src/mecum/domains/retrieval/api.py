"""What other contexts and the engine may use of retrieval."""

from mecum.domains.retrieval.ports import Filters
from mecum.domains.retrieval.repository import OWNER, VISIBLE, criteria
from mecum.domains.retrieval.rules import Piece, folded, separated, snippet, words_of
from mecum.domains.retrieval.service import Found, Indexer, Search

__all__ = [
    "OWNER",
    "VISIBLE",
    "Filters",
    "Found",
    "Indexer",
    "Piece",
    "Search",
    "criteria",
    "folded",
    "separated",
    "snippet",
    "words_of",
]
