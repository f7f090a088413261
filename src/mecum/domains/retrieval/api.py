"""What other contexts and the engine may use of retrieval."""

from mecum.domains.retrieval.rules import Piece, separated, snippet, words_of
from mecum.domains.retrieval.service import Found, Indexer, Search

__all__ = ["Found", "Indexer", "Piece", "Search", "separated", "snippet", "words_of"]
