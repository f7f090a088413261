"""Bringing a store to the newest schema: one chain for both databases, and a cheap look when there is nothing to do."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from mecum.infra.storage.errors import StoreTooNew

FOLDER = Path(__file__).parent / "migrations"


def revisions() -> list[str]:
    """Return every revision, oldest first; a revision is the number its file's name begins with."""
    return sorted(file.name.split("_", 1)[0] for file in (FOLDER / "versions").glob("[0-9]*.py"))


async def to_head(engine: AsyncEngine) -> None:
    """Upgrade to the newest schema; raises StoreTooNew for a revision this Mecum does not know."""
    known = revisions()
    async with engine.connect() as connection:
        at = await connection.run_sync(_current)
    if at == known[-1]:
        return
    if at is not None and at not in known:
        raise StoreTooNew(revision=at)
    async with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # Explicit, because the driver opens no transaction by itself: killed at any statement, nothing happened.
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        await connection.run_sync(_upgrade, "head")


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, revision: str) -> None:
    # Imported here: most starts find the schema up to date and need none of it.
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.operations import Operations  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    script = ScriptDirectory(str(FOLDER))

    def steps(at: Any, _: MigrationContext) -> object:
        return script._upgrade_revs(revision, at)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    context = MigrationContext.configure(connection, opts={"fn": steps, "target_metadata": None})
    with Operations.context(context):
        context.run_migrations()
