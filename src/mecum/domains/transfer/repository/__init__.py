"""Reading and writing imports and where imported rows came from."""

from mecum.domains.transfer.repository.imports import ImportRepository
from mecum.domains.transfer.repository.origins import OriginRepository
from mecum.domains.transfer.repository.writes import (
    BY_KEY,
    OF_CONVERSATION,
    insert_document,
    insert_origin,
    insert_skip,
)

__all__ = [
    "BY_KEY",
    "OF_CONVERSATION",
    "ImportRepository",
    "OriginRepository",
    "insert_document",
    "insert_origin",
    "insert_skip",
]
