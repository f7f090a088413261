"""Reading and writing configured endpoints and measurements."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import orjson
from sqlalchemy import delete, select, text

from mecum.inference.model import Endpoint, ModelMeasurement
from mecum.infra.storage import Op, Prepared, Scope
from mecum.kernel import clock


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


_KEEP = Prepared(
    text(
        "INSERT INTO model_measurements (ref, at, answers, waits, wait_seconds, tokens, token_seconds, failures) "
        "VALUES (:ref, :at, :answers, :waits, :wait_seconds, :tokens, :token_seconds, :failures) "
        "ON CONFLICT (ref) DO UPDATE SET at = excluded.at, answers = excluded.answers, waits = excluded.waits, "
        "wait_seconds = excluded.wait_seconds, tokens = excluded.tokens, token_seconds = excluded.token_seconds, "
        "failures = excluded.failures"
    ),
    system=True,
)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is stored of a model's performance; `at` is milliseconds since 1970."""

    ref: str
    at: int
    answers: float
    waits: float
    wait_seconds: float
    tokens: float
    token_seconds: float
    failures: Mapping[str, float]


def keep_measurement(one: Measurement) -> Op:
    """Return the write that puts a measurement in the place of the one before."""
    return Op(_KEEP, asdict(one) | {"failures": orjson.dumps(one.failures).decode()})


class MeasurementRepository:
    """What was measured of the instance's models."""

    async def all(self, scope: Scope) -> Sequence[Measurement]:
        """Return every model's."""
        rows = (await scope.session.execute(select(ModelMeasurement))).scalars().all()
        return [
            Measurement(
                row.ref,
                clock.to_milliseconds(row.at),
                row.answers,
                row.waits,
                row.wait_seconds,
                row.tokens,
                row.token_seconds,
                row.failures,
            )
            for row in rows
        ]
