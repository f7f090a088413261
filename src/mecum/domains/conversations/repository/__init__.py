"""Reading and writing conversations, messages, summaries and files."""

from mecum.domains.conversations.repository.branches import BRANCH_FOR_MODEL
from mecum.domains.conversations.repository.conversations import ConversationRepository
from mecum.domains.conversations.repository.files import FileRepository
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
    "SUMMARIES_ABOVE",
    "ConversationRepository",
    "FileRepository",
    "MessageRepository",
    "SummaryRepository",
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
