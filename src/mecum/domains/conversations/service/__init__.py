"""What can be done with conversations, their messages, summaries and files."""

from mecum.domains.conversations.service.batches import BatchService
from mecum.domains.conversations.service.conversations import ConversationService
from mecum.domains.conversations.service.copies import CopyService
from mecum.domains.conversations.service.files import FileService
from mecum.domains.conversations.service.removal import Removal
from mecum.domains.conversations.service.search import SearchService
from mecum.domains.conversations.service.shelves import HeldFiles, PlacedConversations
from mecum.domains.conversations.service.summaries import SummaryService, Unsummarised
from mecum.domains.conversations.service.threads import ThreadService

__all__ = [
    "BatchService",
    "ConversationService",
    "CopyService",
    "FileService",
    "HeldFiles",
    "PlacedConversations",
    "Removal",
    "SearchService",
    "SummaryService",
    "ThreadService",
    "Unsummarised",
]
