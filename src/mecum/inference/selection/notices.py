"""What a person should know about their models: a role that no model here can fill as it asks, a model that was swapped
for another. Kept over a restart."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from mecum.inference.errors import NoticeNotFound
from mecum.inference.repository import Notice, NoticeRepository, drop_notice, keep_notice
from mecum.infra.storage import Database, Op
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

__all__ = ["SWAPPED", "UNMET", "Notice", "Notices"]
_log = logging.getLogger("mecum.models")
UNMET: Final = "role.unmet"
SWAPPED: Final = "model.swapped"


class Notices:
    """The notices that hold now. `tell` is called with each new one, and once with the same one as long as it holds;
    `changed` with one that holds no longer, is put away or shown again.

    One that says something else than before is new, also where the one before was put away. Without a database they
    are kept as long as the process.
    """

    def __init__(self, database: Database | None = None) -> None:
        self.tell: Callable[[Notice], None] | None = None
        self.changed: Callable[[Notice], None] | None = None
        self._database = database
        self._held: dict[str, Notice] = {}

    async def load(self) -> None:
        """Take up what held when the last process ended."""
        if self._database is not None:
            async with self._database.reading(None) as scope:
                self._held = {one.id: one for one in await NoticeRepository().all(scope)}

    def note(self, role: str, problem: str | None) -> None:
        """Take what a role lacks now; None when it has all."""
        notice_id = f"role:{role}"
        if problem is None:
            self.end(notice_id)
        else:
            self.say(notice_id, UNMET, role, problem)

    def say(self, notice_id: str, kind: str, about: str, message: str, model: str | None = None) -> None:
        """Let a notice hold; the same again changes nothing."""
        held = self._held.get(notice_id)
        if held is not None and (held.message, held.model) == (message, model):
            return
        notice = self._held[notice_id] = Notice(notice_id, kind, about, message, clock.milliseconds(), model)
        self._keep([keep_notice(notice)])
        if self.tell is not None:
            self.tell(notice)

    def end(self, notice_id: str) -> None:
        """Let a notice hold no longer, if it does."""
        if (ended := self._held.pop(notice_id, None)) is not None:
            self._keep([drop_notice(notice_id)])
            self._changed(ended)

    async def dismiss(self, notice_id: str) -> Notice:
        """Put a notice away until it says something else; raises NoticeNotFound."""
        return await self._marked(notice_id, clock.milliseconds())

    async def restore(self, notice_id: str) -> Notice:
        """Show a notice again that was put away; raises NoticeNotFound."""
        return await self._marked(notice_id, None)

    def newest(self, *, dismissed: bool = False) -> list[Notice]:
        """Return all that hold and are not put away, or with `dismissed` all that hold, the newest first."""
        held = [one for one in self._held.values() if dismissed or one.dismissed_at is None]
        return sorted(held, key=lambda one: (one.created_at, one.id), reverse=True)

    async def _marked(self, notice_id: str, dismissed_at: int | None) -> Notice:
        held = self._held.get(notice_id)
        if held is None:
            raise NoticeNotFound(f"There is no notice {notice_id!r}; what it said may be mended.")
        notice = replace(held, dismissed_at=dismissed_at)
        if self._database is not None:
            await self._database.commit([keep_notice(notice)])
        self._held[notice_id] = notice
        self._changed(notice)
        return notice

    def _keep(self, ops: Sequence[Op]) -> None:
        """Write, where nobody waits for it."""
        if self._database is not None:
            self._database.writer.submit(ops, _written)

    def _changed(self, notice: Notice) -> None:
        if self.changed is not None:
            self.changed(notice)


def _written(error: MecumError | None) -> None:
    if error is not None:
        _log.warning("a notice was not stored", extra={"code": error.code})
