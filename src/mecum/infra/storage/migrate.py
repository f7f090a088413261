"""The chain of migrations, one for both databases, and a cheap look when there is nothing to do."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from mecum.infra.storage.errors import StoreTooNew

FOLDER = Path(__file__).parent / "migrations"
BASE = "base"
"""No schema at all."""


def revisions() -> list[str]:
    """Return every revision, oldest first; a revision is the number its file's name begins with."""
    return sorted(file.name.split("_", 1)[0] for file in (FOLDER / "versions").glob("[0-9]*.py"))


async def behind(engine: AsyncEngine) -> str | None:
    """Return the older revision a store is at; None when there is nothing to do, as an empty store is filled at once.

    Raises StoreTooNew for a revision this Mecum does not know.
    """
    known = revisions()
    async with engine.connect() as connection:
        at = await connection.run_sync(current)
    if at == known[-1]:
        return None
    if at is None:
        await _fill(engine)
        return None
    require_known(at)
    return at


def require_known(at: str | None) -> None:
    """Raise StoreTooNew for a revision this Mecum does not know."""
    if at is not None and at not in revisions():
        raise StoreTooNew(revision=at)


def current(connection: Connection) -> str | None:
    """Return the revision of a store; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def steps(at: str | None, to: str) -> list[str]:
    """Return the revisions whose migrations lead from one to another, whichever way, in order."""
    known = [BASE, *revisions()]
    begin, end = known.index(at or BASE), known.index(to)
    return known[begin + 1 : end + 1] if end >= begin else known[begin:end:-1]


def move(connection: Connection, to: str) -> None:
    """Bring a store up or down to a revision within the caller's transaction."""
    # Imported here: most starts find the schema up to date and need none of it.
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.operations import Operations  # noqa: PLC0415

    script = _script()
    up = len(steps(BASE, to)) >= len(steps(BASE, current(connection) or BASE))

    def path(at: Any, _: MigrationContext) -> object:
        if up:
            return script._upgrade_revs(to, at)  # noqa: SLF001
        return script._downgrade_revs(to, at)  # noqa: SLF001

    context = MigrationContext.configure(connection, opts={"fn": path, "target_metadata": None})
    with Operations.context(context):
        context.run_migrations()


def intended(passed: Iterable[str]) -> frozenset[str]:
    """Return what the migrations of these revisions change by intent: `table` or `table.column`.

    A migration says so in `changes`; whatever else differs after it is a fault.
    """
    script = _script()
    named: set[str] = set()
    for revision in passed:
        found = script.get_revision(revision)
        named |= set(getattr(found.module, "changes", ()) if found is not None else ())
    return frozenset(named)


def _script() -> Any:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    return ScriptDirectory(str(FOLDER))


async def _fill(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # Explicit, because the driver opens no transaction by itself: killed at any statement, nothing happened.
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        await connection.run_sync(move, revisions()[-1])
