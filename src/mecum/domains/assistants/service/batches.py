"""One change of many assistants: into the trash and out of it, into the archive and out of it."""

from collections.abc import Sequence
from typing import Any, Final

from mecum.domains.assistants.service.assistants import AssistantService
from mecum.domains.assistants.service.removal import Removal
from mecum.infra.storage import Scope
from mecum.kernel.errors import MecumError

_STATUS: Final = {"archive": "archived", "activate": "active"}


class BatchService:
    """Changes many assistants of the subject together."""

    def __init__(self, service: AssistantService, removal: Removal) -> None:
        self._service, self._removal = service, removal

    async def apply(self, scope: Scope, action: str, references: Sequence[str]) -> dict[str, Any]:
        """Do it with those of these ids or slugs, and return what became of it; what cannot change is skipped.

        `action` is `delete`, `restore`, `archive` or `activate`.
        """
        changed, skipped = list[str](), list[dict[str, Any]]()
        for reference in dict.fromkeys(references):
            try:
                changed.append(await self._one(scope, action, reference))
            except MecumError as error:
                skipped.append({"id": reference, "code": error.code, "message": error.message})
        return {"action": action, "changed": list(dict.fromkeys(changed)), "skipped": skipped}

    async def _one(self, scope: Scope, action: str, reference: str) -> str:
        if action == "delete":
            return await self._removal.throw_away(scope, reference)
        if action == "restore":
            return await self._removal.take_back(scope, reference)
        return await self._service.change(scope, reference, None, {"status": _STATUS[action]})
