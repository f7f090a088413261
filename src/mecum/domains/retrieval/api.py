"""What other contexts and the engine may use of retrieval."""

from mecum.domains.retrieval.rules import Piece, snippet
from mecum.domains.retrieval.service import Found, Indexer, Search

__all__ = ["Found", "Indexer", "Piece", "Search", "snippet"]
