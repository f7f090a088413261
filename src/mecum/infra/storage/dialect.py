"""SQLAlchemy's asynchronous SQLite dialect over sqlcipher3: the same engine with FTS5 and a key on every machine."""

from typing import Any, cast

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi, SQLiteDialect_aiosqlite
from sqlcipher3 import dbapi2 as sqlcipher


class _Module(AsyncAdapt_aiosqlite_dbapi):
    """Names sqlcipher3's own exceptions, so that SQLAlchemy wraps an IntegrityError as one."""

    def _init_dbapi_attributes(self) -> None:
        names = (
            "DatabaseError",
            "Error",
            "IntegrityError",
            "NotSupportedError",
            "OperationalError",
            "ProgrammingError",
        )
        for name in (*names, "sqlite_version", "sqlite_version_info", "PARSE_COLNAMES", "PARSE_DECLTYPES", "Binary"):
            setattr(self, name, getattr(sqlcipher, name))


class SQLCipherDialect(SQLiteDialect_aiosqlite):
    """`sqlite+mecum://`"""

    driver = "mecum"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        return _Module(aiosqlite, cast(Any, sqlcipher))
