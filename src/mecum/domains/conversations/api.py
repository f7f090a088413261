"""What other contexts may use of conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mecum.domains.conversations.errors import (
    ConversationBusy,
    ConversationNotFound,
    FileNotFound,
    MessageEmpty,
    MessageNotEditable,
    MessageNotFound,
    MessageTooLarge,
    MessageUnstorable,
    SummaryNotFound,
)
from mecum.domains.conversations.model import Message, Summary
from mecum.domains.conversations.ports import ActiveRuns, Emptied
from mecum.domains.conversations.repository import (
    ANSWER_COLUMNS,
    BRANCH_FOR_MODEL,
    FILES_OF_PROJECT,
    SUMMARIES_ABOVE,
    ConversationRepository,
    MessageRepository,
    answering_runs,
    attach,
    enlist,
    entitle,
    insert_arrived,
    insert_conversation,
    insert_message,
    load,
    load_answer,
    load_file,
    load_message,
    settle_branch,
    touch,
    touch_at,
)
from mecum.domains.conversations.rules import (
    absent,
    answer_view,
    cost_view,
    exact_part,
    message_view,
    title_of,
)
from mecum.domains.conversations.service import (
    BatchService,
    ConversationService,
    CopyService,
    FileService,
    HeldFiles,
    PlacedConversations,
    Removal,
    SearchService,
    SummaryService,
    ThreadService,
    Unsummarised,
)
from mecum.domains.conversations.service.conversations import Named
from mecum.domains.conversations.service.copies import Whole
from mecum.domains.conversations.service.files import Arrived
from mecum.domains.projects.ports import Directory
from mecum.domains.retrieval import api as retrieval
from mecum.domains.retrieval.ports import Words
from mecum.domains.runs import api as runs
from mecum.infra.archive.ledger import Ledger
from mecum.infra.blobs.service import Blobs
from mecum.infra.storage import Database, Scope
from mecum.kernel import clock

__all__ = [
    "ANSWER_COLUMNS",
    "BRANCH_FOR_MODEL",
    "FILES_OF_PROJECT",
    "SUMMARIES_ABOVE",
    "ActiveRuns",
    "Arrived",
    "ConversationBusy",
    "ConversationNotFound",
    "ConversationRepository",
    "ConversationService",
    "Conversations",
    "CopyService",
    "FileNotFound",
    "FileService",
    "Message",
    "MessageEmpty",
    "MessageNotEditable",
    "MessageNotFound",
    "MessageTooLarge",
    "MessageUnstorable",
    "Removal",
    "SearchService",
    "Summary",
    "SummaryNotFound",
    "SummaryService",
    "ThreadService",
    "Unsummarised",
    "Whole",
    "absent",
    "answer_view",
    "answering_runs",
    "attach",
    "build",
    "changed_since",
    "citing",
    "cost_view",
    "enlist",
    "entitle",
    "exact_part",
    "insert_arrived",
    "insert_conversation",
    "insert_message",
    "load",
    "load_answer",
    "load_file",
    "load_message",
    "message_view",
    "release_assistant",
    "settle_branch",
    "title_of",
    "touch",
    "touch_at",
]


@dataclass(frozen=True, slots=True)
class Conversations:
    """The services of the context, and the indexer whose queue they must respect."""

    conversations: ConversationService
    threads: ThreadService
    copies: CopyService
    summaries: SummaryService
    search: SearchService
    files: FileService
    removal: Removal
    batches: BatchService
    indexer: retrieval.Indexer
    placed: PlacedConversations
    """Those in projects."""
    held: HeldFiles
    """The files of projects."""
    projects: Directory


async def release_assistant(scope: Scope, assistant_id: str) -> None:
    """Let no conversation of the subject have an assistant that is gone for ever."""
    await ConversationRepository().release_assistant(scope, assistant_id)


async def citing(scope: Scope, message_ids: Sequence[str]) -> set[str]:
    """Return which of these messages of the subject cite something."""
    return await MessageRepository().citing(scope, message_ids)


async def changed_since(scope: Scope, moment: int, limit: int) -> Sequence[str]:
    """Return conversations of the subject in which something happened from `moment` (milliseconds) on."""
    return await ConversationRepository().changed_since(scope, clock.from_milliseconds(moment), limit)


def build(
    database: Database,
    active: ActiveRuns,
    words: Words,
    indexer: retrieval.Indexer,
    blobs: Blobs,
    channel: runs.PersonChannel,
    assistant: Named,
    projects: Directory,
    kept: Mapping[str, retrieval.Named],
    beside: Mapping[str, Emptied],
    ledger: Ledger,
    *,
    most_message_bytes: int,
    most_file_bytes: int,
) -> Conversations:
    """Return the services; `active` is whoever makes the answers, `assistant` and `projects` find such a one.

    `kept` finds what a search may name, by the filter's name; `beside` empties the trash of what is no conversation, by
    its kind; `ledger` notes what is deleted for ever.
    """
    conversations = ConversationService(active, channel, assistant, projects)
    removal = Removal(database, active, words, indexer, blobs, channel, beside, ledger)
    return Conversations(
        conversations=conversations,
        threads=ThreadService(conversations, active, words, channel, most_bytes=most_message_bytes),
        copies=CopyService(conversations, active, words, channel),
        summaries=SummaryService(),
        search=SearchService(retrieval.Search(words, kept)),
        files=FileService(database, blobs, most_bytes=most_file_bytes),
        removal=removal,
        batches=BatchService(database, conversations, removal, channel),
        indexer=indexer,
        placed=PlacedConversations(channel),
        held=HeldFiles(blobs),
        projects=projects,
    )
