"""Schemas as they were released: their statements and some rows in every table, and the way from one to another.

`python -m factories.schemas` (with `tests` on the path) writes the fixture of the newest schema again; a released one
is never written again.
"""

import asyncio
import hashlib
import tempfile
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from mecum.infra.storage import sqlite
from mecum.infra.storage.migrate import move, revisions

FOLDER = Path(__file__).parents[1] / "fixtures" / "schemas"
Rows = dict[str, list[dict[str, Any]]]
_ROWS = 2
_OURS = "type = 'table' AND name NOT LIKE 'message_words%' AND name <> 'alembic_version'"


async def migrate(engine: AsyncEngine, *, to: str) -> None:
    """Bring a store up or down to a revision, `base` for nothing at all."""
    async with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        await connection.run_sync(move, to)


async def statements(engine: AsyncEngine) -> str:
    """Return the statements that make a SQLite store's tables and indexes, by name."""
    query = f"SELECT sql FROM sqlite_master WHERE ({_OURS} OR type = 'index') AND sql IS NOT NULL ORDER BY name"
    async with engine.connect() as connection:
        return "".join(f"{row[0]};\n\n" for row in await connection.execute(text(query)))


async def put(engine: AsyncEngine, rows: Rows) -> None:
    """Store the rows of a fixture."""
    async with engine.begin() as connection:
        tables = await connection.run_sync(_tables)
        for table in tables:
            if table.name in rows:
                await connection.execute(insert(table), [_typed(table, row) for row in rows[table.name]])


async def content_hash(engine: AsyncEngine) -> str:
    """Return a hash of every row of every table, the same for the same rows on either database."""
    digest = hashlib.sha256()
    async with engine.connect() as connection:
        for table in sorted(await connection.run_sync(_tables), key=lambda table: table.name):
            found = await connection.execute(select(*table.columns))
            rows = sorted(_plain(dict(row)) for row in found.mappings())
            digest.update(orjson.dumps([table.name, *rows]))
    return digest.hexdigest()


async def table_names(engine: AsyncEngine) -> set[str]:
    """Return the names of all tables in a store."""
    async with engine.connect() as connection:
        return set(await connection.run_sync(lambda plain: inspect(plain).get_table_names()))


def _plain(row: dict[str, Any]) -> str:
    values = {str(name): v.hex() if isinstance(v, bytes) else v for name, v in row.items()}
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    binary = {column.name for column in table.columns if isinstance(column.type, LargeBinary)}
    return {name: bytes.fromhex(v) if name in binary and v is not None else v for name, v in row.items()}


def _tables(connection: Connection) -> list[Table]:
    """Return the tables, each after those it refers to."""
    metadata = MetaData()
    names = [name for name in inspect(connection).get_table_names() if not name.startswith("message_words")]
    metadata.reflect(connection, only=[name for name in names if name != "alembic_version"])
    return metadata.sorted_tables


def _value(column: Column[Any], table: str, number: int) -> Any:
    for key in column.foreign_keys:
        target = key.column
        return _value(target, target.table.name, number)
    if column.nullable and number % 2:
        return None
    match column.type:
        case Boolean():
            return bool(number % 2)
        case BigInteger():
            return (1 << 40) + number
        case Integer():
            return 7 + number
        case Float():
            return 0.5 + number
        case LargeBinary():
            return hashlib.sha256(f"{table}.{column.name}.{number}".encode()).hexdigest()
        case Text():
            return orjson.dumps({"of": f"{table}.{column.name} ä🙂", "n": number}).decode()
        case _:
            return f"{table}.{column.name} ä🙂\n{number}"


async def _write() -> None:
    revision = revisions()[-1]
    with tempfile.TemporaryDirectory() as folder:
        engine = sqlite.engine(Path(folder) / "mecum.db", None)
        await migrate(engine, to=revision)
        async with engine.connect() as connection:
            tables = await connection.run_sync(_tables)
        rows = {
            str(table.name): [
                {str(column.name): _value(column, table.name, number) for column in table.columns}
                for number in range(_ROWS)
            ]
            for table in tables
        }
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{revision}.sql").write_text(await statements(engine))
        (FOLDER / f"{revision}.json").write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2) + b"\n")
        await engine.dispose()


if __name__ == "__main__":
    asyncio.run(_write())
