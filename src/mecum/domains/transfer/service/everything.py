"""Everything that is a person's as one ZIP: always in the same order, so that the same record gives the same bytes."""

import asyncio
import zipfile
from collections.abc import AsyncIterator
from typing import IO, Final, cast

from mecum.domains.assistants.api import AssistantNotFound
from mecum.domains.conversations import api as conversations
from mecum.domains.conversations.api import ConversationNotFound
from mecum.domains.transfer.service.copies import TransferService
from mecum.domains.transfer.service.outgoing import OutgoingService
from mecum.infra.storage import Database
from mecum.kernel.subject import Subject

# The first moment a ZIP can name: when it was written is no part of what is written.
_ALWAYS: Final = (1980, 1, 1, 0, 0, 0)
_LEVEL: Final = 6


class _Outlet:
    """Keeps what the archive wrote until it is taken; it cannot go back."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take the next bytes."""
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        whole = b"".join(self._written)
        self._written.clear()
        return whole


class Everything:
    """Reads conversations one by one: a large record takes no more memory than its largest conversation."""

    def __init__(
        self,
        database: Database,
        transfer: TransferService,
        copies: conversations.CopyService,
        assistants: OutgoingService,
    ) -> None:
        self._database, self._transfer, self._copies, self._assistants = database, transfer, copies, assistants

    async def written(self, subject: Subject) -> AsyncIterator[bytes]:
        """Yield the ZIP, piece by piece."""
        async with self._database.reading(subject) as scope:
            ids = await self._copies.oldest(scope)
        outlet = _Outlet()
        with zipfile.ZipFile(cast("IO[bytes]", outlet), "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            # Before the conversations, which name them.
            for assistant_id in await self._assistants.ids(subject):
                try:
                    out = await self._assistants.export(subject, assistant_id, "mecum", versions=True)
                except AssistantNotFound:
                    continue
                await asyncio.to_thread(_put, archive, f"assistants/{assistant_id}.json", out.body)
                yield outlet.taken()
            for conversation_id in ids:
                try:
                    found = await self._transfer.export(subject, conversation_id, "json", stamped=False)
                except ConversationNotFound:
                    # Deleted since the list was read.
                    continue
                body = b"".join([piece async for piece in found.chunks])
                await asyncio.to_thread(_put, archive, f"conversations/{conversation_id}.json", body)
                yield outlet.taken()
        yield outlet.taken()


def _put(archive: zipfile.ZipFile, name: str, body: bytes) -> None:
    info = zipfile.ZipInfo(name, _ALWAYS)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    archive.writestr(info, body, compresslevel=_LEVEL)
