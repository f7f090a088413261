"""What other contexts and the engine may use of retrieval."""

from mecum.domains.retrieval.service import Indexer

__all__ = ["Indexer"]
