"""Writing and reading what left."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select

from mecum.domains.privacy.model import Egress
from mecum.infra.storage import Op, Prepared, Scope

_NAMES = "at organisation_id person_id host purpose data_class bytes_out status".split()
_INSERT = Prepared(insert(Egress).values({name: bindparam(name) for name in _NAMES}))


def record(values: Mapping[str, Any]) -> Op:
    """Return the write of one call that left."""
    return Op(_INSERT, {name: values.get(name) for name in _NAMES})


class EgressRepository:
    """The egress log."""

    async def newest(self, scope: Scope, limit: int) -> Sequence[Egress]:
        """Return what left last."""
        query = select(Egress).where(Egress.organisation_id == scope.subject.organisation_id)
        return (await scope.session.execute(query.order_by(Egress.n.desc()).limit(limit))).scalars().all()
