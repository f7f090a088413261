"""What other contexts may use of conversations."""

from mecum.domains.conversations.errors import (
    ConversationBusy,
    ConversationNotFound,
    FileNotFound,
    MessageEmpty,
    MessageNotEditable,
    MessageNotFound,
    MessageTooLarge,
    MessageUnstorable,
)
from mecum.domains.conversations.repository import (
    ANSWER_COLUMNS,
    BRANCH_FOR_MODEL,
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
from mecum.domains.conversations.rules import answer_view, title_of

__all__ = [
    "ANSWER_COLUMNS",
    "BRANCH_FOR_MODEL",
    "ConversationBusy",
    "ConversationNotFound",
    "FileNotFound",
    "MessageEmpty",
    "MessageNotEditable",
    "MessageNotFound",
    "MessageTooLarge",
    "MessageUnstorable",
    "answer_view",
    "attach",
    "enlist",
    "entitle",
    "insert_conversation",
    "insert_message",
    "load",
    "load_answer",
    "load_file",
    "load_message",
    "title_of",
    "touch",
    "touch_at",
]
