"""The files that a conversation on its way in holds, stored before the messages that name them."""

from collections.abc import Callable, Mapping, Set
from typing import Any

from mecum.domains.conversations import api as conversations
from mecum.domains.transfer.rules.incoming import Attached, Skipped, Thread
from mecum.domains.transfer.rules.reckoning import Outcome, Reckoning
from mecum.domains.transfer.rules.record import Json
from mecum.domains.transfer.service.importing import Importing
from mecum.infra.storage import Database
from mecum.kernel import ids
from mecum.kernel.errors import Conflict, MecumError


class Attachments:
    """Stores files for one import; `skip` is told of those that cannot be."""

    def __init__(
        self,
        database: Database,
        files: conversations.FileService,
        importing: Importing,
        reckoning: Reckoning,
        skip: Callable[[Skipped], None],
    ) -> None:
        self._database, self._files, self._import = database, files, importing
        self._reckoning, self._skip = reckoning, skip

    async def of(self, thread: Thread, fresh: Set[str], outcomes: Mapping[str, Outcome]) -> dict[str, Json]:
        """Store the files that new messages hold; return the part that stands for each, by its id there.

        `fresh` are the ids there of new messages, `outcomes` what became of the others.
        """
        parts: dict[str, Json] = {}
        for message in thread.messages if thread.files else ():
            for part in message.parts:
                key = part.get("file_id")
                if part["type"] not in ("image", "file") or key not in thread.files or key in parts:
                    continue
                if message.ref not in fresh or self._import.dry_run:
                    parts[key] = part
                    self._reckoning.add("file", outcomes.get(message.ref, "imported"))
                else:
                    parts.update(await self._stored(thread, key, thread.files[key]))
        return parts

    async def _stored(self, thread: Thread, key: str, attached: Attached) -> dict[str, Json]:
        try:
            arrived = await self._files.take(self._import.subject, attached.name, attached.content)
        except MecumError as error:
            self._skip(Skipped("file", f"{thread.ref}/{key}", error.message))
            return {}
        try:
            view = await self._placed(arrived, key if thread.own_id is not None and ids.is_id(key, "fil") else None)
        finally:
            await self._files.discard(arrived)
        self._reckoning.add("file", "imported")
        kind = "image" if arrived.media_type.startswith("image/") else "file"
        named: dict[str, Any] = {name: view[name] for name in ("name", "media_type", "size")}
        return {key: {"type": kind, "file_id": view["id"], **named}}

    async def _placed(self, arrived: conversations.Arrived, own_id: str | None) -> Json:
        """Keep a file, under the id it had in a record of ours where that is free."""
        try:
            async with self._database.writing(self._import.subject) as scope:
                return await self._files.add(scope, arrived, own_id)
        except Conflict:
            if own_id is None:
                raise
        async with self._database.writing(self._import.subject) as scope:
            return await self._files.add(scope, arrived)
