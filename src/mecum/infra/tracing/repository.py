"""Reading and writing error groups, the same on both databases."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, text

from mecum.infra.storage import Id, Op, Prepared, Scope
from mecum.infra.tracing.model import ErrorGroup

_COUNT = Prepared(
    text(
        "INSERT INTO error_groups (code, fingerprint, message, count, first_at, last_at, run_id) "
        "VALUES (:code, :fingerprint, :message, :count, :first_at, :last_at, :run_id) "
        "ON CONFLICT (code, fingerprint) DO UPDATE SET message = excluded.message, "
        "count = error_groups.count + excluded.count, last_at = excluded.last_at, "
        "run_id = coalesce(excluded.run_id, error_groups.run_id)"
    ).bindparams(bindparam("run_id", type_=Id("run"))),
    system=True,
)


@dataclass(slots=True)
class Occurrences:
    """How often one error happened since the last write; moments are milliseconds."""

    code: str
    fingerprint: str
    message: str
    first_at: int
    last_at: int
    count: int = 0
    run_id: str | None = None


def count(group: Occurrences) -> Op:
    """Return the write that adds occurrences to their group."""
    return Op(
        _COUNT,
        {
            "code": group.code,
            "fingerprint": group.fingerprint,
            "message": group.message,
            "count": group.count,
            "first_at": group.first_at,
            "last_at": group.last_at,
            "run_id": group.run_id,
        },
    )


class ErrorRepository:
    """The error groups of the instance."""

    async def newest(self, scope: Scope, limit: int) -> Sequence[ErrorGroup]:
        """Return the groups, the last seen first."""
        query = select(ErrorGroup).order_by(ErrorGroup.last_at.desc(), ErrorGroup.code, ErrorGroup.fingerprint)
        return (await scope.session.execute(query.limit(limit))).scalars().all()

    async def clear(self, scope: Scope) -> None:
        """Forget all groups."""
        await scope.session.execute(delete(ErrorGroup))
