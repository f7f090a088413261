"""What the surfaces may use of transfer."""

from mecum.domains.conversations import api as conversations
from mecum.domains.transfer.errors import NotAConversation
from mecum.domains.transfer.service import Export, Format, TransferService
from mecum.infra.storage import Database

__all__ = ["Export", "Format", "NotAConversation", "TransferService", "build"]


def build(database: Database, context: conversations.Conversations) -> TransferService:
    """Return the service."""
    return TransferService(database, context.copies, context.files)
