"""Reading and writing conversations, messages, summaries and files."""

from mecum.domains.conversations.repository.branches import BRANCH_FOR_MODEL
from mecum.domains.conversations.repository.conversations import MOMENT_OF, ConversationRepository, Shelf
from mecum.domains.conversations.repository.files import FileRepository
from mecum.domains.conversations.repository.labels import BatchRepository, TagRepository
from mecum.domains.conversations.repository.messages import MessageRepository
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
    "MOMENT_OF",
    "SUMMARIES_ABOVE",
    "BatchRepository",
    "ConversationRepository",
    "FileRepository",
    "MessageRepository",
    "Shelf",
    "SummaryRepository",
    "TagRepository",
    "answering_runs",
    "attach",
    "enlist",
    "entitle",
    "insert_conversation",
    "insert_message",
    "load",
    "load_answer",
    "load_file",
    "load_message",
    "touch",
    "touch_at",
]
