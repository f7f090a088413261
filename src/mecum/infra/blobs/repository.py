"""Counting who needs which bytes."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, delete, select, text, update

from mecum.infra.blobs.model import Blob
from mecum.infra.storage import Id, Scope

_HOLD: Final = text(
    "INSERT INTO blobs (organisation_id, sha256, size, holders) VALUES (:organisation, :sha256, :size, 1) "
    "ON CONFLICT (organisation_id, sha256) DO UPDATE SET holders = blobs.holders + 1"
).bindparams(bindparam("organisation", type_=Id("org")))


class BlobCounts:
    """One row per content and organisation. Whoever holds a row's lock may touch its bytes."""

    async def hold(self, scope: Scope, organisation_id: str, sha256: str, size: int) -> None:
        """Count one more holder."""
        values = {"organisation": organisation_id, "sha256": sha256, "size": size}
        await scope.session.execute(_HOLD, values)

    async def release(self, scope: Scope, organisation_id: str, sha256: str) -> None:
        """Count one holder less."""
        query = update(Blob).where(Blob.organisation_id == organisation_id, Blob.sha256 == sha256)
        await scope.session.execute(query.values(holders=Blob.holders - 1))

    async def unheld(self, scope: Scope) -> Sequence[tuple[str, str]]:
        """Return (organisation, sha256) of what nobody holds, locked until the scope ends."""
        query = select(Blob.organisation_id, Blob.sha256).where(Blob.holders <= 0).with_for_update()
        return [(row[0], row[1]) for row in (await scope.session.execute(query)).all()]

    async def forget(self, scope: Scope, organisation_id: str, sha256: str) -> None:
        """Delete the row of bytes that are gone."""
        query = delete(Blob).where(Blob.organisation_id == organisation_id, Blob.sha256 == sha256)
        await scope.session.execute(query)
