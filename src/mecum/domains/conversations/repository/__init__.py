"""Reading and writing conversations, messages, summaries and files."""

from mecum.domains.conversations.repository.arrivals import insert_arrived, settle_branch
from mecum.domains.conversations.repository.branches import BRANCH_FOR_MODEL
from mecum.domains.conversations.repository.conversations import MOMENT_OF, ConversationRepository, Shelf
from mecum.domains.conversations.repository.files import FileRepository
from mecum.domains.conversations.repository.labels import BatchRepository, TagRepository
from mecum.domains.conversations.repository.messages import MessageRepository
from mecum.domains.conversations.repository.shelves import FILES_OF_PROJECT, HoldingRepository, PlacedRepository
from mecum.domains.conversations.repository.summaries import SUMMARIES_ABOVE, SummaryRepository
from mecum.domains.conversations.repository.turns import (
    ANSWER_COLUMNS,
    answering_runs,
    attach,
    enlist,
    entitle,
    insert_conversation,
    insert_message,
    load,
    load_answer,
    load_file,
    load_message,
    touch,
    touch_at,
)

__all__ = [
    "ANSWER_COLUMNS",
    "BRANCH_FOR_MODEL",
    "FILES_OF_PROJECT",
    "MOMENT_OF",
    "SUMMARIES_ABOVE",
    "BatchRepository",
    "ConversationRepository",
    "FileRepository",
    "HoldingRepository",
    "MessageRepository",
    "PlacedRepository",
    "Shelf",
    "SummaryRepository",
    "TagRepository",
    "answering_runs",
    "attach",
    "enlist",
    "entitle",
    "insert_arrived",
    "insert_conversation",
    "insert_message",
    "load",
    "load_answer",
    "load_file",
    "load_message",
    "settle_branch",
    "touch",
    "touch_at",
]
