"""Everything that is a person's as one ZIP, and conversations that were chosen."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson

from mecum.domains.assistants.api import AssistantNotFound
from mecum.domains.conversations import api as conversations
from mecum.domains.conversations.api import ConversationNotFound
from mecum.domains.transfer.rules import belongings, owned
from mecum.domains.transfer.service.copies import Format, TransferService
from mecum.domains.transfer.service.leaving import Leaving
from mecum.domains.transfer.service.outgoing import OutgoingService
from mecum.domains.transfer.service.parcel import Parcel
from mecum.infra.storage import Database
from mecum.kernel.subject import Subject

MANIFEST = "export.json"


class Everything:
    """Reads things one by one, always in the same order: the same record gives the same bytes."""

    def __init__(
        self,
        database: Database,
        transfer: TransferService,
        copies: conversations.CopyService,
        assistants: OutgoingService,
        leaving: Leaving,
    ) -> None:
        self._database, self._transfer, self._copies, self._assistants = database, transfer, copies, assistants
        self._leaving = leaving

    async def written(self, subject: Subject) -> AsyncIterator[bytes]:
        """Yield the ZIP, piece by piece."""
        async with self._database.reading(subject) as scope:
            ids = await self._copies.oldest(scope)
        counts = Counter[str]()
        with Parcel() as parcel:
            # Before the assistants, and they before the conversations: those name these.
            async for kind, name, body in self._leaving.packed(subject):
                # Files are counted with what holds them.
                counts[kind] += int(kind != "file")
                yield await parcel.packed(name, body)
            for assistant_id in await self._assistants.ids(subject):
                try:
                    out = await self._assistants.export(subject, assistant_id, "mecum", versions=True)
                except AssistantNotFound:
                    continue
                counts["assistant"] += 1
                yield await parcel.packed(f"assistants/{assistant_id}.json", out.body)
            for conversation_id in ids:
                try:
                    found = await self._transfer.export(subject, conversation_id, "json", stamped=False)
                except ConversationNotFound:
                    # Deleted since the list was read.
                    continue
                counts["conversation"] += 1
                async for piece in parcel.streamed(f"conversations/{conversation_id}.json", found.chunks):
                    yield piece
            said = belongings.manifest(
                {kind: many for kind, many in sorted(counts.items()) if many}, owned.left_out_view()
            )
            yield await parcel.packed(MANIFEST, said)
            yield parcel.closed()

    async def contents(self, subject: Subject) -> dict[str, Any]:
        """Return what would be in it now, by kind, what would not, with the reasons, and what is in the trash."""
        there, trash = await self._leaving.counts(subject)
        async with self._database.reading(subject) as scope:
            there["conversation"] = len(await self._copies.oldest(scope))
            trash["conversation"] = await self._copies.trashed(scope)
        there["assistant"] = len(await self._assistants.ids(subject))
        trash["assistant"] = await self._assistants.trashed(subject)
        return {"contents": there, "trash": trash, "left_out": owned.left_out_view()}


class Selection:
    """Some conversations in any format, in the order they were named, and a manifest that leaves nothing unsaid."""

    def __init__(self, database: Database, transfer: TransferService, copies: conversations.CopyService) -> None:
        self._database, self._transfer, self._copies = database, transfer, copies

    async def written(self, subject: Subject, ids: Sequence[str], wanted: Format) -> AsyncIterator[bytes]:
        """Return the ZIP, to be read piece by piece; raises ConversationNotFound when none of them is there."""
        chosen = list(dict.fromkeys(ids))
        async with self._database.reading(subject) as scope:
            there = await self._copies.there(scope, chosen)
        if not there:
            raise ConversationNotFound
        return self._packed(subject, chosen, wanted)

    async def _packed(self, subject: Subject, chosen: Sequence[str], wanted: Format) -> AsyncIterator[bytes]:
        packed: list[dict[str, Any]] = []
        skipped: list[dict[str, str]] = []
        with Parcel() as parcel:
            for place, conversation_id in enumerate(chosen, 1):
                try:
                    found = await self._transfer.export(subject, conversation_id, wanted)
                except ConversationNotFound as error:
                    skipped.append({"id": conversation_id, "code": error.code, "message": error.message})
                    continue
                # Numbered: titles are not unique, and they keep their order.
                name = f"{place:0{len(str(len(chosen)))}}-{found.name}"
                async for piece in parcel.streamed(name, found.chunks):
                    yield piece
                packed.append({"id": conversation_id, "file": name, "report": found.report.view()})
            manifest = {"format": wanted, "conversations": packed, "skipped": skipped}
            yield await parcel.packed(MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
            yield parcel.closed()
