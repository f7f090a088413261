"""One change of many assistants: into the trash, out of it or away for ever, into the archive and out of it."""

from collections.abc import Sequence
from typing import Any, Final

from mecum.domains.assistants.service.assistants import AssistantService
from mecum.domains.assistants.service.removal import Removal
from mecum.infra.storage import Database, Scope
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

_STATUS: Final = {"archive": "archived", "activate": "active"}


class BatchService:
    """Changes many assistants of the subject together."""

    def __init__(self, database: Database, service: AssistantService, removal: Removal) -> None:
        self._database, self._service, self._removal = database, service, removal

    async def apply(self, subject: Subject, action: str, references: Sequence[str]) -> dict[str, Any]:
        """Do it with those of these ids or slugs, and return what became of it; what cannot change is skipped.

        `action` is `delete`, `restore`, `archive`, `activate` or `purge`: all in one transaction, but for the last,
        which is one for each.
        """
        chosen = list(dict.fromkeys(references))
        if action == "purge":
            changed, kept = await self._removal.purge_some(subject, chosen)
        else:
            async with self._database.writing(subject) as scope:
                changed, kept = await self._change(scope, action, chosen)
        skipped = [{"id": reference, "code": error.code, "message": error.message} for reference, error in kept]
        return {"action": action, "changed": list(dict.fromkeys(changed)), "skipped": skipped}

    async def _change(
        self, scope: Scope, action: str, chosen: Sequence[str]
    ) -> tuple[list[str], list[tuple[str, MecumError]]]:
        changed, kept = list[str](), list[tuple[str, MecumError]]()
        for reference in chosen:
            try:
                changed.append(await self._one(scope, action, reference))
            except MecumError as error:
                kept.append((reference, error))
        return changed, kept

    async def _one(self, scope: Scope, action: str, reference: str) -> str:
        if action == "delete":
            return await self._removal.throw_away(scope, reference)
        if action == "restore":
            return await self._removal.take_back(scope, reference)
        return await self._service.change(scope, reference, None, {"status": _STATUS[action]})
