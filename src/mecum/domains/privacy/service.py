"""The egress policy: nothing leaves for a place that the owner did not name, and what leaves is written down."""

from mecum.domains.privacy.errors import EgressDenied
from mecum.domains.privacy.repository import record
from mecum.infra.net import Outgoing
from mecum.infra.storage import Database
from mecum.kernel import clock


class EgressPolicy:
    """Allows the hosts of model servers that were configured with an address of their own; nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hosts: dict[str, set[str]] = {}

    def allow(self, host: str, by: str) -> None:
        """Allow `host`, because of the endpoint `by`."""
        self._hosts.setdefault(host, set()).add(by)

    def withdraw(self, by: str) -> None:
        """Take back what was allowed because of the endpoint `by`."""
        for reasons in self._hosts.values():
            reasons.discard(by)
        self._hosts = {host: reasons for host, reasons in self._hosts.items() if reasons}

    @property
    def hosts(self) -> list[str]:
        """The hosts beyond this machine that may be connected to."""
        return sorted(self._hosts)

    async def admit(self, call: Outgoing, host: str) -> None:
        """See `EgressGate`; raises EgressDenied."""
        if host not in self._hosts:
            raise EgressDenied(f"Nobody allowed this machine to connect to {host}.", host=host, purpose=call.purpose)

    async def record(self, call: Outgoing, host: str, status: int | None) -> None:
        """See `EgressGate`."""
        subject = call.subject
        row = {
            "at": clock.milliseconds(),
            "organisation_id": subject.organisation_id if subject else None,
            "person_id": subject.person_id if subject else None,
            "host": host,
            "purpose": call.purpose,
            "data_class": call.data_class,
            "bytes_out": len(call.body),
            "status": status,
        }
        await self._database.commit([record(row)])
