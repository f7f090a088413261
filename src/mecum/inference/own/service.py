"""A person's own settings: kept as rows, in force at once as the last word of the level `person`."""

from typing import Any

from mecum.inference.configuration.service import Configuration
from mecum.inference.own.model import OwnSettings
from mecum.inference.own.repository import OwnSettingsRepository
from mecum.infra.storage import Scope


class OwnService:
    """Hands what is stored on to the configuration, which says what comes of it."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration, self._rows = configuration, OwnSettingsRepository()

    async def load(self, scope: Scope) -> None:
        """Let what everybody said before count; `scope` is the instance's own."""
        for row in await self._rows.all(scope):
            self._configuration.own(row.person_id, _tree(row.summaries))

    async def get(self, scope: Scope) -> dict[str, Any]:
        """Return what who asks says, and what holds for them with it."""
        rows: list[OwnSettings] = list(await self._rows.all(scope))
        return {
            "summaries": rows[0].summaries if rows else None,
            "in_force": {"summaries": self._configuration.preferences(scope.subject).summaries},
        }

    async def change(self, scope: Scope, *, summaries: bool | None) -> None:
        """Let who asks say this from now on; None: nothing."""
        await self._rows.put(scope, summaries=summaries)
        person_id = scope.subject.person_id
        scope.after_commit.append(lambda: self._configuration.own(person_id, _tree(summaries)))


def _tree(summaries: bool | None) -> dict[str, Any]:
    return {} if summaries is None else {"summaries": summaries}
