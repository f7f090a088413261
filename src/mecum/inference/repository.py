"""Reading and writing configured endpoints, measurements, swaps and notices."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import orjson
from sqlalchemy import delete, select, text

from mecum.inference.model import Endpoint, ModelMeasurement, ModelNotice, ModelSwap
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


_SWAP = Prepared(
    text(
        "INSERT INTO model_swaps (source, target, swapped_at) VALUES (:source, :target, :at) "
        "ON CONFLICT (source) DO UPDATE SET target = excluded.target, swapped_at = excluded.swapped_at"
    ),
    system=True,
)
_SWAP_BACK = Prepared(text("DELETE FROM model_swaps WHERE source = :source"), system=True)
_NOTICE_NAMES = "id kind about model message created_at dismissed_at".split()
_NOTICE = Prepared(
    text(
        f"INSERT INTO model_notices ({', '.join(_NOTICE_NAMES)}) "  # noqa: S608 - names of our own
        f"VALUES ({', '.join(f':{name}' for name in _NOTICE_NAMES)}) ON CONFLICT (id) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in _NOTICE_NAMES[1:])
    ),
    system=True,
)
_NO_NOTICE = Prepared(text("DELETE FROM model_notices WHERE id = :id"), system=True)


@dataclass(frozen=True, slots=True)
class Swap:
    """A model in the place of another or of a role (`role:NAME`); `at` is milliseconds since 1970."""

    source: str
    target: str
    at: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about models that a person should know: of a role or a model (`about`), since when, and since when it
    is put away. Moments are milliseconds since 1970."""

    id: str
    kind: str
    about: str
    message: str
    created_at: int
    model: str | None = None
    dismissed_at: int | None = None


def keep_swap(one: Swap) -> Op:
    """Return the write that puts a swap in the place of the one before."""
    return Op(_SWAP, asdict(one))


def drop_swap(source: str) -> Op:
    """Return the write that forgets a swap."""
    return Op(_SWAP_BACK, {"source": source})


def keep_notice(one: Notice) -> Op:
    """Return the write that puts a notice in the place of the one of its id."""
    return Op(_NOTICE, asdict(one))


def drop_notice(notice_id: str) -> Op:
    """Return the write that forgets a notice."""
    return Op(_NO_NOTICE, {"id": notice_id})


class SwapRepository:
    """What is swapped."""

    async def all(self, scope: Scope) -> Sequence[Swap]:
        """Return every swap, the oldest first."""
        rows = (await scope.session.execute(select(ModelSwap).order_by(ModelSwap.swapped_at))).scalars().all()
        return [Swap(row.source, row.target, clock.to_milliseconds(row.swapped_at)) for row in rows]


class NoticeRepository:
    """The notices of the instance."""

    async def all(self, scope: Scope) -> Sequence[Notice]:
        """Return every notice, those that were put away too."""
        rows = (await scope.session.execute(select(ModelNotice))).scalars().all()
        return [
            Notice(
                row.id,
                row.kind,
                row.about,
                row.message,
                clock.to_milliseconds(row.created_at),
                row.model,
                None if row.dismissed_at is None else clock.to_milliseconds(row.dismissed_at),
            )
            for row in rows
        ]
