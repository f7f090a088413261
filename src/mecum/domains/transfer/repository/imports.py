"""Imports and what was not imported."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from mecum.domains.transfer.model import Import, ImportSkip, LegacyDocument
from mecum.infra.storage import Scope

_SILENT = {"synchronize_session": False}


class ImportRepository:
    """Imports as one subject sees them."""

    async def add(self, scope: Scope, values: Mapping[str, Any]) -> None:
        """Store an import of the subject."""
        row = Import(**values)
        row.organisation_id, row.person_id = scope.subject.organisation_id, scope.subject.person_id
        scope.session.add(row)
        await scope.session.flush()

    async def find(self, scope: Scope, import_id: str) -> Import | None:
        """Return an import, or None."""
        query = select(Import).where(Import.id == import_id, scope.visible(Import))
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def newest(self, scope: Scope, limit: int) -> Sequence[Import]:
        """Return the last imports, the newest first."""
        query = select(Import).order_by(Import.created_at.desc(), Import.id.desc()).limit(limit)
        return (await scope.session.execute(query)).scalars().all()

    async def change(self, scope: Scope, import_id: str, changes: Mapping[str, Any]) -> None:
        """Change columns of an import."""
        query = update(Import).where(Import.id == import_id).values(dict(changes))
        await scope.session.execute(query, execution_options=_SILENT)

    async def skipped(self, scope: Scope, import_id: str, since: int, limit: int) -> Sequence[ImportSkip]:
        """Return what was not imported, in the order it was met, from the position `since` on."""
        query = select(ImportSkip).where(ImportSkip.import_id == import_id, ImportSkip.n > since)
        return (await scope.session.execute(query.order_by(ImportSkip.n).limit(limit))).scalars().all()

    async def forget_skipped(self, scope: Scope, import_id: str) -> None:
        """Delete what was noted of what was not imported."""
        query = delete(ImportSkip).where(ImportSkip.import_id == import_id)
        await scope.session.execute(query, execution_options=_SILENT)

    async def documents(self, scope: Scope, import_id: str, limit: int) -> Sequence[LegacyDocument]:
        """Return documents of an import."""
        query = select(LegacyDocument).where(LegacyDocument.import_id == import_id).order_by(LegacyDocument.id)
        return (await scope.session.execute(query.limit(limit))).scalars().all()

    async def count_documents(self, scope: Scope, import_id: str) -> int:
        """Return how many documents an import brought."""
        query = select(func.count(LegacyDocument.id)).where(LegacyDocument.import_id == import_id)
        return int((await scope.session.execute(query)).scalar_one())

    async def count_all_documents(self, scope: Scope) -> int:
        """Return how many documents all imports brought."""
        query = select(func.count(LegacyDocument.id)).where(scope.visible(LegacyDocument))
        return int((await scope.session.execute(query)).scalar_one())

    async def documents_after(self, scope: Scope, document_id: str, limit: int) -> Sequence[LegacyDocument]:
        """Return documents of all imports in the order they came, those after this one (empty: from the first)."""
        query = select(LegacyDocument).where(scope.visible(LegacyDocument)).order_by(LegacyDocument.id).limit(limit)
        if document_id:
            query = query.where(LegacyDocument.id > document_id)
        return (await scope.session.execute(query)).scalars().all()

    async def document(self, scope: Scope, document_id: str) -> LegacyDocument | None:
        """Return a document, or None."""
        query = select(LegacyDocument).where(LegacyDocument.id == document_id, scope.visible(LegacyDocument))
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def document_tables(self, scope: Scope) -> Sequence[str]:
        """Return the tables that documents came from."""
        query = select(LegacyDocument.table).where(scope.visible(LegacyDocument)).distinct()
        return (await scope.session.execute(query)).scalars().all()

    async def documents_by_ref(self, scope: Scope, table: str, refs: Sequence[str]) -> dict[str, str]:
        """Return the document of each row of a table, by its id there."""
        query = select(LegacyDocument.ref, LegacyDocument.id).where(
            LegacyDocument.table == table, LegacyDocument.ref.in_(list(refs)), scope.visible(LegacyDocument)
        )
        return {str(row[0]): str(row[1]) for row in await scope.session.execute(query.order_by(LegacyDocument.id))}

    async def forget_documents(self, scope: Scope, import_id: str) -> None:
        """Delete the documents of an import."""
        query = delete(LegacyDocument).where(LegacyDocument.import_id == import_id)
        await scope.session.execute(query, execution_options=_SILENT)
