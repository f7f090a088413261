"""Many rows of one prepared statement at once, within the change of a scope: for what brings thousands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from mecum.infra.storage.prepared import Prepared
from mecum.infra.storage.scope import Scope

TOGETHER: Final = 64
"""How many keys a statement made for `several` asks for."""


async def write(scope: Scope, prepared: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a prepared write for each row, as the columns store them; the owner's values are the caller's."""
    if not rows:
        return
    connection = await scope.session.connection()
    dialect = connection.dialect
    given = [prepared.arguments(dialect, row)[1] for row in rows]
    many: Any = [tuple(cast("list[Any]", one)) if isinstance(one, list) else one for one in given]
    await connection.exec_driver_sql(prepared.sql(dialect), many)


def names(of: str) -> list[str]:
    """Return the names of the keys of a statement that asks for several."""
    return [f"{of}_{place}" for place in range(TOGETHER)]


async def several(
    scope: Scope, prepared: Prepared, of: str, keys: Iterable[Any], values: Mapping[str, Any] | None = None
) -> list[Sequence[Any]]:
    """Return the rows of a prepared read for any number of keys, bound as `names(of)`."""
    wanted = list(dict.fromkeys(keys))
    found: list[Sequence[Any]] = []
    for start in range(0, len(wanted), TOGETHER):
        some = wanted[start : start + TOGETHER]
        some += some[-1:] * (TOGETHER - len(some))
        found += await scope.rows(prepared, {**(values or {}), **dict(zip(names(of), some, strict=True))})
    return found
