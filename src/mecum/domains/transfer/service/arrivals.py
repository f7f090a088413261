"""Writing what readers find: in small groups through the writer, each whole, beside people's turns.

A row is there exactly when its origin is; whoever is killed in between goes on where the last group ended.
"""

from collections.abc import Sequence
from typing import Final, Literal

from mecum.domains.conversations import api as conversations
from mecum.domains.retrieval.ports import Words
from mecum.domains.runs import api as runs
from mecum.domains.transfer.ports import Rooms
from mecum.domains.transfer.repository import (
    BY_KEY,
    OF_CONVERSATION,
    insert_document,
    insert_origin,
    insert_skip,
)
from mecum.domains.transfer.rules.incoming import (
    Document,
    FlatAssistant,
    FlatPrompt,
    Found,
    FoundProfile,
    FoundProject,
    FoundPrompt,
    FoundSetting,
    Incoming,
    Newcomer,
    Skipped,
    Thread,
    digest,
)
from mecum.domains.transfer.rules.reckoning import Outcome, Reckoning
from mecum.domains.transfer.rules.record import Json
from mecum.domains.transfer.service.attachments import Attachments
from mecum.domains.transfer.service.belongings import Belongings
from mecum.domains.transfer.service.flats import Flats
from mecum.domains.transfer.service.importing import Importing
from mecum.domains.transfer.service.newcomers import KIND, Newcomers
from mecum.domains.transfer.service.pace import Pace
from mecum.domains.transfer.service.rows import Placed, integer, json_text, ref_text
from mecum.infra.storage import Database, Op
from mecum.infra.storage.scope import owner_values
from mecum.kernel import ids
from mecum.kernel.errors import Conflict

_WRITES_EACH: Final = 3
"""Writes of a message: itself, where it came from, its words."""
_Known = Literal["new", "ours", "already"]


class Arrivals:
    """Stores what was found for one import, and keeps its reckoning."""

    def __init__(
        self,
        database: Database,
        context: conversations.Conversations,
        words: Words,
        importing: Importing,
        pace: Pace,
        rooms: Rooms,
    ) -> None:
        self._database, self._context, self._words, self._import = database, context, words, importing
        self._pace, self._rooms = pace, rooms
        subject = importing.subject
        self._owner = owner_values(subject)
        self._columns = {"organisation_id": subject.organisation_id, "person_id": subject.person_id}
        self._waiting: list[Op] = []
        self._texts: list[tuple[str, str]] = []
        self._thumbs: list[tuple[str, int]] = []
        self._labels: list[tuple[str, list[str]]] = []
        self._seen: set[bytes] = set()
        self._projects: dict[str, str] = {}
        self._assistants: dict[str, str] = {}
        """Ids here, by their ids there."""
        self.reckoning = Reckoning()
        about = (importing.id, importing.began, importing.dry_run)
        self.flats = Flats(database, rooms.assistants, subject, about, pace, self.reckoning, self._skip)
        self._attachments = Attachments(database, context.files, importing, self.reckoning, self._skip)
        self.belongings = Belongings(database, context, rooms, importing, self.reckoning, self._skip, self._projects)

    async def take(self, system: str, found: Found) -> None:
        """Store one thing that was found."""
        match found:
            case Thread():
                await self._thread(system, found)
            case Document():
                await self._document(system, found)
            case Newcomer():
                await self._newcomer(system, found)
            case Skipped():
                self._skip(found)
            case FoundProject() | FoundPrompt() | FoundProfile() | FoundSetting():
                await self.belongings.take(system, found)
            case FlatAssistant() | FlatPrompt():
                await self.flats.take(found)
        if len(self._waiting) >= _WRITES_EACH * self._pace.together:
            await self.flush()

    async def finish(self) -> None:
        """Write what is left, and join what came in the order of the file and not in that of what names what."""
        await self.flats.flush()
        await self.flush()
        await self.belongings.finish(self._assistants)

    async def flush(self) -> None:
        """Write what was collected."""
        ops, self._waiting = self._waiting, []
        texts, self._texts = self._texts, []
        if texts:
            ops.append(self._words.index(texts))
        thumbs, self._thumbs = self._thumbs, []
        labels, self._labels = self._labels, []
        if ops:
            # Making them and writing them are two steps: nobody waits for both.
            await self._pace.give_way()
            await self._database.commit(ops)
        if thumbs or labels:
            async with self._database.writing(self._import.subject) as scope:
                for message_id, value in thumbs:
                    await runs.RunRepository().rate(scope, message_id, None, value)
                for conversation_id, tags in labels:
                    await self._context.copies.label(scope, conversation_id, tags)
        await self._pace.breathe()

    def _skip(self, skipped: Skipped) -> None:
        self.reckoning.add(skipped.kind, "skipped")
        document = None if skipped.document is None else json_text(skipped.document)
        values = {"import_id": self._import.id, "kind": skipped.kind, "reason": skipped.reason, "document": document}
        self._waiting.append(insert_skip({**values, "ref": ref_text(skipped.ref)}))

    async def _known(self, key: bytes, *, assistant: bool = False) -> tuple[_Known, str | None]:
        """Return whether something is there already, brought by this import before it was interrupted or by another.

        With it comes the id of its conversation, or of the assistant that it is.
        """
        again = key in self._seen
        self._seen.add(key)
        if again:
            await self.flush()
        rows = await self._database.fetch(BY_KEY, {"_key": key, **self._owner})
        if not rows:
            return "already" if again else "new", None
        import_id, here = rows[0][0], rows[0][2 if assistant else 1]
        return "ours" if import_id == self._import.id and not again else "already", here

    # Documents

    async def _document(self, system: str, found: Document) -> None:
        system = found.system or system
        key = digest(system, "document", found.table, found.ref, found.body)
        known, _ = await self._known(key)
        self.reckoning.add("document", "already" if known == "already" else "imported")
        if known != "new" or self._import.dry_run:
            return
        document_id, body = ids.new("leg"), json_text(found.body)
        about = {"system": system, "table_name": ref_text(found.table), "ref": ref_text(found.ref), "body": body}
        self._waiting += [
            insert_document({"id": document_id, "import_id": self._import.id, **self._columns, **about}),
            self._origin(system, "document", found.ref, key, document_id=document_id),
        ]

    # Assistants

    async def _newcomer(self, system: str, found: Newcomer) -> None:
        # In order: it is known by what was written before it.
        await self.flush()
        key = digest(system, KIND, found.ref, found.raw)
        known, here = await self._known(key, assistant=True)
        if known == "new":
            newcomers = Newcomers(
                self._database,
                self._rooms.assistants,
                self._context.projects,
                self._import,
                self.reckoning,
                self._skip,
                self._projects,
            )
            here = await newcomers.take(system, key, found)
        else:
            outcome: Outcome = "imported" if known == "ours" else "already"
            self.reckoning.add(KIND, outcome)
            self.reckoning.add("file", outcome, int(found.picture is not None))
        if here is not None:
            self._assistants[found.ref] = here

    # Conversations

    async def _thread(self, system: str, thread: Thread) -> None:
        for skipped in thread.skipped:
            self._skip(skipped)
        key = digest(system, "conversation", thread.ref, thread.distinct)
        known, conversation_id = await self._known(key)
        if conversation_id is not None:
            self.reckoning.add("conversation", "already" if known == "already" else "imported")
            if known == "ours" and not self._import.dry_run:
                # Tags are written after their conversation: an interruption may have come between.
                self._labels.append((conversation_id, thread.tags))
            await self._more(system, thread, conversation_id)
        elif thread.own_id is not None:
            await self._own(system, key, thread)
        else:
            self.reckoning.add("conversation", "already" if known == "already" else "imported")
            await self._new(system, key, thread, own_ids=False)

    async def _own(self, system: str, key: bytes, thread: Thread) -> None:
        """A conversation out of a record of ours, under its own ids where they are free."""
        await self.flush()
        own_id = str(thread.own_id)
        given = [message.own_id for message in thread.messages if message.own_id is not None]
        async with self._database.reading(self._import.subject) as scope:
            there = await self._context.copies.known(scope, own_id, given)
        if own_id in there:
            self.reckoning.add("conversation", "already")
            await self._never_left(system, thread, own_id, there)
            return
        self.reckoning.add("conversation", "imported")
        try:
            await self._new(system, key, thread, own_ids=not there)
        except Conflict:
            # Ids are one space for everybody: somebody else's record has one of these.
            await self._new(system, key, thread, own_ids=False)

    async def _never_left(self, system: str, thread: Thread, own_id: str, there: set[str]) -> None:
        """The record still has the conversation: what is missing in it is added."""
        placed = Placed(thread, own_id, {}, self._import.began)
        outcomes: dict[str, Outcome] = {}
        missing: list[Incoming] = []
        for message in thread.messages:
            placed.name(message, keep=True)
            if message.own_id in there:
                outcomes[message.ref] = "already"
            else:
                missing.append(message)
        self.reckoning.add("message", "already", len(outcomes))
        await self._messages(system, placed, missing, outcomes)
        await self.flush()

    async def _new(self, system: str, key: bytes, thread: Thread, *, own_ids: bool) -> None:
        conversation_id = str(thread.own_id) if own_ids else ids.new("cnv")
        await self._find_assistant(thread)
        placed = Placed(thread, conversation_id, {}, self._import.began)
        for message in thread.messages:
            placed.name(message, keep=own_ids)
        whole = own_ids or len(thread.messages) <= self._pace.together
        if not self._import.dry_run:
            about: Json = {"id": self._import.id, "system": system, "ref": ref_text(thread.ref)}
            row = placed.conversation(self._columns, placed.leaf_id if whole else None, None if own_ids else about)
            row["project_id"] = await self._project(thread.project)
            origin = self._origin(system, "conversation", thread.ref, key, conversation_id=conversation_id)
            self._waiting += [conversations.insert_conversation(row), origin]
            if thread.tags:
                self._labels.append((conversation_id, thread.tags))
        before = self.reckoning.copy()
        try:
            await self._messages(system, placed, thread.messages, {}, in_one=own_ids)
            if own_ids:
                await self.flush()
        except Conflict:
            self.reckoning.become(before)
            self._labels = [one for one in self._labels if one[0] != conversation_id]
            self._seen.difference_update(self._key(system, thread, message) for message in thread.messages)
            raise

    async def _project(self, name: str | None) -> str | None:
        """Return the project of this name, which is made where there is none."""
        if name is None or not name.strip():
            return None
        if name not in self._projects:
            async with self._database.writing(self._import.subject) as scope:
                self._projects[name] = await self._context.projects.named(scope, name)
        return self._projects[name]

    async def _find_assistant(self, thread: Thread) -> None:
        """Let the conversation have its assistant if that is here; otherwise only its metadata names it."""
        wanted = self._assistants.get(str(thread.assistant_id), thread.assistant_id)
        thread.assistant_id = await self._context.copies.assistant_here(self._import.subject, wanted)
        if wanted is not None and thread.assistant_id is None:
            thread.metadata = {**thread.metadata, "assistant_id": wanted}

    async def _more(self, system: str, thread: Thread, conversation_id: str) -> None:
        """A conversation that is there: by this import (which goes on) or by an earlier one (which knew less)."""
        rows = await self._database.fetch(OF_CONVERSATION, {"_id": conversation_id, **self._owner})
        by_key = {bytes(row[0]): row for row in rows}
        placed = Placed(thread, conversation_id, {str(row[1]): str(row[2]) for row in rows}, self._import.began)
        outcomes: dict[str, Outcome] = {}
        missing: list[Incoming] = []
        for message in thread.messages:
            key = self._key(system, thread, message)
            row = by_key.get(key)
            if row is None:
                placed.name(message, keep=False)
                missing.append(message)
                continue
            placed.ids[message.ref] = str(row[2])
            ours = row[3] == self._import.id and key not in self._seen
            self._seen.add(key)
            outcomes[message.ref] = "imported" if ours else "already"
            self.reckoning.add("message", outcomes[message.ref])
        await self._messages(system, placed, missing, outcomes)

    async def _messages(
        self,
        system: str,
        placed: Placed,
        missing: Sequence[Incoming],
        outcomes: dict[str, Outcome],
        *,
        in_one: bool = False,
    ) -> None:
        """Write the messages that are missing, parents first, a group at a time unless all must be `in_one`."""
        fresh = {message.ref for message in missing}
        files = await self._attachments.of(placed.thread, fresh, outcomes)
        written = 0
        for message in placed.thread.messages:
            if message.ref not in fresh:
                placed.skip(message)
                continue
            key = self._key(system, placed.thread, message)
            again = key in self._seen
            self._seen.add(key)
            self.reckoning.add("message", "already" if again else "imported")
            if again or self._import.dry_run:
                continue
            self._waiting += self._message(system, placed, message, key, files)
            written += 1
            if written % self._pace.together == 0 and not in_one:
                await self.flush()
        if placed.thread.messages and not self._import.dry_run:
            self._waiting.append(self._branch(placed, fresh))

    def _branch(self, placed: Placed, fresh: set[str]) -> Op:
        branch = placed.branch()
        new = {placed.ids[ref] for ref in fresh}
        was = next((message_id for message_id in branch if message_id not in new), None)
        at = placed.last_activity_at
        return conversations.settle_branch(placed.conversation_id, branch[0], was, at, self._owner)

    def _message(self, system: str, placed: Placed, message: Incoming, key: bytes, files: dict[str, Json]) -> list[Op]:
        row, held, text = placed.message(message, files)
        if message.feedback is not None:
            self._thumbs.append((row["id"], message.feedback))
        places = {"conversation_id": placed.conversation_id, "message_id": row["id"]}
        ops = [conversations.insert_arrived(row), self._origin(system, "message", message.ref, key, **places)]
        ops += [conversations.attach(row["id"], file_id) for file_id in held]
        if text:
            self._texts.append((row["id"], text))
        return ops

    def _key(self, system: str, thread: Thread, message: Incoming) -> bytes:
        return digest(system, "message", thread.ref, thread.distinct, message.ref, message.raw)

    def _origin(self, system: str, kind: str, ref: str, key: bytes, **target: str) -> Op:
        about = {"system": system, "kind": kind, "original": ref_text(ref), "integer": integer(ref), "key": key}
        return insert_origin({"import_id": self._import.id, **self._columns, **about, **target})
