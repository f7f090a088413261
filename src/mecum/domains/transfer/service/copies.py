"""Writing a conversation out and reading one in."""

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from mecum.domains.conversations import api as conversations
from mecum.domains.projects.ports import Directory
from mecum.domains.transfer.rules import markdown, openai, own, pieces
from mecum.domains.transfer.rules.record import Json, Record, Report
from mecum.domains.transfer.rules.rows import Rows, record_of
from mecum.infra.storage import Database, Scope
from mecum.kernel import ids
from mecum.kernel.errors import Conflict, MecumError, NotFound
from mecum.kernel.subject import Subject

Format = Literal["json", "jsonl", "markdown", "openai"]
_READERS: Final[dict[Format, Callable[[bytes, Report], Record]]] = {
    "json": own.read_json,
    "jsonl": own.read_jsonl,
    "markdown": markdown.read,
    "openai": openai.read,
}
_KINDS: Final[dict[Format, tuple[str, str]]] = {
    "json": ("application/json", "json"),
    "jsonl": ("application/jsonl", "jsonl"),
    "markdown": ("text/markdown; charset=utf-8", "md"),
    "openai": ("application/json", "openai.json"),
}


@dataclass(frozen=True, slots=True)
class Export:
    """A conversation on its way out; `chunks` can be gone through once."""

    name: str
    media_type: str
    report: Report
    chunks: AsyncIterator[bytes]


class TransferService:
    """Opens its own scopes: bytes are read and written outside of any transaction."""

    def __init__(
        self,
        database: Database,
        copies: conversations.CopyService,
        files: conversations.FileService,
        projects: Directory,
    ) -> None:
        self._database, self._copies, self._files, self._projects = database, copies, files, projects

    async def export(self, subject: Subject, conversation_id: str, wanted: Format, *, stamped: bool = True) -> Export:
        """Return a conversation in a format; raises ConversationNotFound.

        Without a stamp the export says neither when it was made nor which runs made its answers, which are in no
        export: the same conversation gives the same bytes, here and where it was brought to.
        """
        async with self._database.reading(subject) as scope:
            whole = await self._copies.whole(scope, conversation_id)
            project = await self._name_of(scope, whole.conversation.project_id)
        record, report = record_of(whole, project), Report()
        if not stamped:
            del record.conversation["exported_at"]
            for message in record.messages:
                del message["run_id"]
        media_type, ending = _KINDS[wanted]
        name = f"{_slug(record.conversation['title'])}.{ending}"
        return Export(name, media_type, report, await self._written(wanted, record, whole, report))

    async def import_(self, subject: Subject, body: bytes, given: Format) -> tuple[str, Report]:
        """Store a conversation from a format; return its id and what was lost.

        Raises NotAConversation. Ids that are free are kept, the others replaced.
        """
        report = Report()
        record = await asyncio.to_thread(_READERS[given], body, report)
        report.count(record.messages)
        await self._find_assistant(subject, record, report)
        arrived = await self._arrived(subject, record, report)
        try:
            return await self._store(subject, record, arrived), report
        finally:
            for file in arrived.values():
                await self._files.discard(file)

    async def _written(
        self, wanted: Format, record: Record, whole: conversations.Whole, report: Report
    ) -> AsyncIterator[bytes]:
        if wanted == "markdown":
            return _given(list(markdown.write(record, report)))
        if wanted == "openai":
            contents = {file_id: await self._whole_base64(whole, file_id) for file_id in whole.files}
            return _given([openai.write(record, contents, report)])
        report.count(record.messages)
        write = own.write_json if wanted == "json" else own.write_jsonl
        return write(record, self._file_records(record, whole))

    async def _file_records(self, record: Record, whole: conversations.Whole) -> own.Files:
        for file_id, values in record.files.items():
            content = await self._files.open(whole.files[file_id])
            yield values, _base64(content.chunks)

    async def _whole_base64(self, whole: conversations.Whole, file_id: str) -> str:
        content = await self._files.open(whole.files[file_id])
        return b"".join([piece async for piece in _base64(content.chunks)]).decode("ascii")

    async def _find_assistant(self, subject: Subject, record: Record, report: Report) -> None:
        """Let the conversation have its assistant if that is here; otherwise only its metadata names it."""
        config: Json = record.conversation["config"]
        wanted = config.get("assistant_id")
        config["assistant_id"] = await self._copies.assistant_here(subject, wanted)
        if wanted is not None and config["assistant_id"] is None:
            config["metadata"] = {**(config.get("metadata") or {}), "assistant_id": wanted}
            report.lose("assistants that are not here are only named in the metadata")

    async def _arrived(self, subject: Subject, record: Record, report: Report) -> dict[str, conversations.Arrived]:
        """Write the record's files to disk; those that cannot be taken are reported."""
        arrived: dict[str, conversations.Arrived] = {}
        for file_id, values in record.files.items():
            try:
                content = base64.b64decode(values["base64"], validate=True)
                arrived[file_id] = await self._files.take(subject, str(values["name"]), content)
            except (binascii.Error, MecumError):
                report.lose("files that are empty, too large or broken are left out, their names stay")
        return arrived

    async def _store(self, subject: Subject, record: Record, arrived: Mapping[str, conversations.Arrived]) -> str:
        try:
            return await self._stored(subject, record, arrived, fresh=False)
        except Conflict:
            # Ids are one space for everybody: somebody else's record has one of these.
            return await self._stored(subject, record, arrived, fresh=True)

    async def _stored(
        self, subject: Subject, record: Record, arrived: Mapping[str, conversations.Arrived], *, fresh: bool
    ) -> str:
        async with self._database.writing(subject) as scope:
            parts = await self._file_parts(scope, arrived, fresh=fresh)
            given = [str(message["id"]) for message in record.messages]
            taken = await self._copies.known(scope, str(record.conversation.get("id", "")), given)
            rows = Rows(record, parts, taken, fresh=fresh)
            place = {"project_id": await self._project(scope, record.conversation.get("project"))}
            await self._copies.store(scope, rows.conversation() | place, rows.messages(), rows.feedback(), rows.tags())
        return rows.conversation_id

    async def _name_of(self, scope: Scope, project_id: str | None) -> str | None:
        if project_id is None:
            return None
        with suppress(NotFound):
            return (await self._projects.find(scope, project_id)).name
        return None

    async def _project(self, scope: Scope, name: object) -> str | None:
        """Return the project of this name, which is made where there is none; None for what is no name."""
        known = pieces.text_or_none(name)
        return None if known is None or not known.strip() else await self._projects.named(scope, known)

    async def _file_parts(
        self, scope: Scope, arrived: Mapping[str, conversations.Arrived], *, fresh: bool
    ) -> dict[str, Json]:
        parts: dict[str, Json] = {}
        for file_id, file in arrived.items():
            own_id = file_id if not fresh and ids.is_id(file_id, "fil") else None
            view = await self._files.add(scope, file, own_id)
            kind = "image" if file.media_type.startswith("image/") else "file"
            named = {name: view[name] for name in ("name", "media_type", "size")}
            parts[file_id] = {"type": kind, "file_id": view["id"], **named}
        return parts


async def _base64(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Encode piece by piece: three bytes make four signs, what is left over waits for the next piece."""
    over = b""
    async for chunk in chunks:
        whole = over + chunk
        cut = len(whole) - len(whole) % 3
        over = whole[cut:]
        yield base64.b64encode(whole[:cut])
    if over:
        yield base64.b64encode(over)


async def _given(pieces: list[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def _slug(title: str | None) -> str:
    """Return a file name for a title."""
    words = re.findall(r"\w+", title or "")
    return "-".join(words)[:80] or "conversation"
