"""The assistants as one flat table of every column, loaded whole, with a query for each relation that is shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import registry

from mecum.domains.assistants.model import FACETS, FIELDS, VECTORS, Assistant, Prompt
from mecum.infra.storage import Scope

_OURS: Final = registry(metadata=MetaData())
"""Apart from the product's own tables."""


class Flat:
    """A row of the flat table."""

    id: Any
    slug: Any
    name: Any
    person_id: Any
    updated_at: Any
    parent_assistant: Any
    mentor_assistant: Any
    system_prompt: Any
    tone: Any


def _column(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, primary_key=name == "id", index=name in ("slug", "parent_assistant", "updated_at"))


_CORE: Final = ("id", "slug", "name", "status", "person_id", "parent_assistant", "created_at", "updated_at")
TABLE: Final = Table(
    "flat_assistants",
    _OURS.metadata,
    *(_column(name, Assistant.__table__.columns[name].type) for name in _CORE),
    *(
        _column(field.name, FACETS[facet].__table__.columns[field.name].type)
        for facet, fields in FIELDS.items()
        for field in fields
    ),
    *(Column(field.name, LargeBinary) for field in VECTORS),
    Column("rag_certified", Integer),
    Column("archetype_summary", String),
    Column("tone_profile", String),
)
_PROJECTS: Final = Table(
    "flat_projects", _OURS.metadata, Column("id", Integer, primary_key=True), Column("name", String)
)
_DOCUMENTS: Final = Table(
    "flat_documents",
    _OURS.metadata,
    Column("id", Integer, primary_key=True),
    Column("assistant_id", Integer, index=True),
    Column("title", String),
)
_OURS.map_imperatively(Flat, TABLE)


async def fill(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Make the table and store rows by column."""
    connection = await session.connection()
    await connection.run_sync(_OURS.metadata.create_all)
    await session.execute(insert(TABLE), list(rows))


async def newest(scope: Scope, limit: int) -> list[Any]:
    """Return a page with what each row shows of others, as an object mapper reads it."""
    query = select(Flat).where(Flat.person_id == scope.subject.person_id)
    rows = (await scope.session.execute(query.order_by(Flat.updated_at.desc()).limit(limit))).scalars().all()
    return [(row, await _related(scope, row)) for row in rows]


async def one(scope: Scope, slug: str) -> Any:
    """Return an assistant with what it shows of others."""
    row = (await scope.session.execute(select(Flat).where(Flat.slug == slug))).scalar_one()
    return row, await _related(scope, row)


async def change(scope: Scope, slug: str, tone: str, moment: datetime) -> Any:
    """Change one field as an object mapper that writes every column does, and answer with the whole."""
    row = (await scope.session.execute(select(Flat).where(Flat.slug == slug))).scalar_one()
    values = {column.name: getattr(row, column.name) for column in TABLE.columns if column.name != "id"}
    changed = TABLE.update().where(TABLE.columns.id == row.id)
    await scope.session.execute(changed.values(**{**values, "tone": tone, "updated_at": moment}))
    return row, await _related(scope, row)


async def best(scope: Scope, limit: int) -> Any:
    """Return what a list shows by the best single statement on this table."""
    columns = [TABLE.columns[name] for name in _LISTED]
    query = select(*columns).where(TABLE.columns.person_id == scope.subject.person_id)
    return (await scope.session.execute(query.order_by(TABLE.columns.updated_at.desc()).limit(limit))).all()


_LISTED: Final = "id slug name status updated_at avatar specialty is_featured featured_rank is_guide is_primary".split()


async def _related(scope: Scope, row: Flat) -> Any:
    """Ask for each relation of a row: its prompt, project, parent, mentor, documents and children."""
    session = scope.session
    prompt = (await session.execute(select(Prompt).where(Prompt.id == row.system_prompt))).scalar()
    project = (await session.execute(select(_PROJECTS).where(_PROJECTS.columns.id == 1))).first()
    held = (await session.execute(select(_DOCUMENTS).where(_DOCUMENTS.columns.assistant_id == 1))).all()
    above = [
        (await session.execute(select(Flat).where(Flat.id == key))).scalar()
        for key in (row.parent_assistant, row.mentor_assistant)
    ]
    counted = select(func.count()).select_from(TABLE).where(TABLE.columns.parent_assistant == row.id)
    return prompt, project, held, above, (await session.execute(counted)).scalar()
