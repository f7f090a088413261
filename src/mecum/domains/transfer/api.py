"""What the surfaces may use of transfer."""

from mecum.domains.conversations import api as conversations
from mecum.domains.retrieval.ports import Words
from mecum.domains.transfer.errors import NotAConversation
from mecum.domains.transfer.ports import Rooms
from mecum.domains.transfer.repository import OriginRepository
from mecum.domains.transfer.service import Export, Format, ImportService, TransferService
from mecum.domains.transfer.service.imports import KIND, UNDO
from mecum.infra.jobs.queue import Jobs
from mecum.infra.secrets.sealer import Sealer
from mecum.infra.storage import Database, Scope

__all__ = [
    "KIND",
    "UNDO",
    "Export",
    "Format",
    "ImportService",
    "NotAConversation",
    "Rooms",
    "TransferService",
    "build",
    "build_imports",
    "forget_assistant",
]


def build(database: Database, context: conversations.Conversations) -> TransferService:
    """Return the service of single conversations."""
    return TransferService(database, context.copies, context.files, context.projects)


async def forget_assistant(scope: Scope, assistant_id: str) -> None:
    """Let no import have brought an assistant of the subject that is gone for ever."""
    await OriginRepository().forget_assistant(scope, assistant_id)


def build_imports(
    database: Database,
    context: conversations.Conversations,
    words: Words,
    jobs: Jobs,
    sealer: Sealer,
    rooms: Rooms,
) -> ImportService:
    """Return the service of imports; its `kinds` are what the job runner must know.

    `rooms` are loaded when a file holds something of theirs.
    """
    return ImportService(database, context, words, jobs, sealer, rooms)
