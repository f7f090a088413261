"""Files, and who still holds them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select

from mecum.domains.conversations.model import Attachment, Conversation, File, Message, ProjectFile
from mecum.infra.storage import Scope
from mecum.infra.storage.scope import owner_values

_HELD = exists().where(Attachment.file_id == File.id).correlate(File) | exists().where(
    ProjectFile.file_id == File.id
).correlate(File)
_IN_A_PROJECT = exists().where(ProjectFile.file_id == File.id, ProjectFile.hidden.is_(False)).correlate(File)
_HELD_BY_ONE_KEPT = _IN_A_PROJECT | (
    select(Attachment.file_id)
    .join(Message, Message.id == Attachment.message_id)
    .join(Conversation, Conversation.id == Message.conversation_id)
    .where(Attachment.file_id == File.id, Conversation.deleted_at.is_(None))
    .correlate(File)
    .exists()
)


class FileRepository:
    """Files as one subject sees them."""

    async def find(self, scope: Scope, file_id: str) -> File | None:
        """Return a file, or None; also when only deleted conversations and projects hold it."""
        query = select(File).where(File.id == file_id, Scope.owned(File), ~_HELD | _HELD_BY_ONE_KEPT)
        return (await scope.session.execute(query, owner_values(scope.subject))).scalar_one_or_none()

    async def by_ids(self, scope: Scope, file_ids: Collection[str]) -> dict[str, File]:
        """Return the files among `file_ids`."""
        query = select(File).where(File.id.in_(list(file_ids)))
        return {file.id: file for file in (await scope.session.execute(query)).scalars()}

    async def newest_texts(self, scope: Scope, *, most: int, longest: int) -> Sequence[File]:
        """Return the newest `most` text files of at most `longest` bytes that a kept conversation or project holds."""
        kept = select(File).where(File.text_length.is_not(None), File.size <= longest, _HELD_BY_ONE_KEPT)
        query = kept.where(Scope.owned(File)).order_by(File.created_at.desc()).limit(most)
        return (await scope.session.execute(query, owner_values(scope.subject))).scalars().all()

    async def add(self, scope: Scope, file: File) -> None:
        """Store a file of the subject."""
        file.organisation_id, file.person_id = scope.subject.organisation_id, scope.subject.person_id
        scope.session.add(file)
        await scope.session.flush()

    async def forget_unheld(self, scope: Scope, file_ids: Collection[str]) -> Sequence[File]:
        """Delete those of `file_ids` that no message and no project holds; return them."""
        if not file_ids:
            return []
        query = select(File).where(File.id.in_(list(file_ids)), Scope.owned(File), ~_HELD)
        found = (await scope.session.execute(query, owner_values(scope.subject))).scalars().all()
        return await self._forget(scope, found)

    async def forget_unused(self, scope: Scope, before: datetime) -> Sequence[File]:
        """Delete everybody's files that were uploaded before `before` and that nothing holds; return them."""
        query = select(File).where(File.created_at < before, ~_HELD)
        return await self._forget(scope, (await scope.session.execute(query)).scalars().all())

    async def _forget(self, scope: Scope, files: Sequence[File]) -> Sequence[File]:
        query = delete(File).where(File.id.in_([file.id for file in files]))
        await scope.session.execute(query.execution_options(synchronize_session=False))
        return files
