"""Reading and writing configured endpoints."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from mecum.inference.model import Endpoint
from mecum.infra.storage import Scope


class EndpointRepository:
    """The endpoints of the instance."""

    async def all(self, scope: Scope) -> Sequence[Endpoint]:
        """Return every endpoint, by name."""
        return (await scope.session.execute(select(Endpoint).order_by(Endpoint.name))).scalars().all()

    async def find(self, scope: Scope, endpoint_id: str) -> Endpoint | None:
        """Return an endpoint by its id or name, or None."""
        query = select(Endpoint).where((Endpoint.id == endpoint_id) | (Endpoint.name == endpoint_id))
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def add(self, scope: Scope, endpoint: Endpoint) -> None:
        """Add an endpoint."""
        scope.session.add(endpoint)
        await scope.session.flush()

    async def remove(self, scope: Scope, endpoint: Endpoint) -> None:
        """Remove an endpoint."""
        await scope.session.execute(delete(Endpoint).where(Endpoint.id == endpoint.id))
