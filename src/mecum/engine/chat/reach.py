"""Whether the model of a turn may be asked at all, before anything is sent to it."""

from mecum.domains.privacy import api as privacy
from mecum.inference.ports import ModelInfo
from mecum.inference.registry import Registry
from mecum.kernel.subject import Subject


def require(egress: privacy.EgressPolicy, info: ModelInfo, subject: Subject | None) -> None:
    """Raise EgressDenied, with the way out, unless `subject` (None: the instance) may send it conversations."""
    _require(egress, info.endpoint, subject, local=info.local, told=True)


def require_named(
    egress: privacy.EgressPolicy,
    registry: Registry,
    wanted: str | None,
    subject: Subject | None,
    *,
    told: bool = True,
) -> None:
    """Raise EgressDenied when the model asked for by its reference may not be asked; `told`: and write that down.

    Before it is looked for: an endpoint that may not be asked has listed nothing, and would only seem not to answer.
    """
    if wanted is None:
        return
    info = registry.find(wanted)
    if info is not None:
        _require(egress, info.endpoint, subject, local=info.local, told=told)
    else:
        _require(egress, wanted.partition("/")[0], subject, local=True, told=told)


def _require(egress: privacy.EgressPolicy, endpoint: str, subject: Subject | None, *, local: bool, told: bool) -> None:
    try:
        egress.require(endpoint, local=local, organisation_id=subject.organisation_id if subject else None)
    except privacy.EgressDenied as error:
        if told:
            egress.note(error, subject)
        raise
