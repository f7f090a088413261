"""Taking a request in: where it hangs in the tree, and the one transaction after which no word of it is lost."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import orjson

from mecum.domains.conversations import api as conversations
from mecum.domains.projects.ports import Brief
from mecum.domains.retrieval import api as retrieval
from mecum.domains.runs import api as runs
from mecum.engine.chat import posted, projects
from mecum.engine.chat.personas import Answering, Personas, model_of, prompt_of, reference_in, temperature_of
from mecum.engine.chat.turn import Turn, TurnRequest, Wants
from mecum.infra.storage import Database, Op
from mecum.infra.storage.scope import owner_values
from mecum.kernel import clock, ids
from mecum.kernel.errors import Invalid, NotFound
from mecum.kernel.subject import Subject
from mecum.kernel.text import is_storable

PERSON_PRIORITY = 0
Reachable = Callable[[str, Subject], Awaitable[None]]
_NOBODY = Subject("", "")
_MOST_INDEXED = 10_000
_CONFIG = ("id", "leaf_id", "model", "system_prompt", "temperature", "title", "assistant_id", "project_id", "listed")


@dataclass(slots=True)
class _Place:
    """Where the turn hangs."""

    conversation_id: str
    new: bool
    parent_id: str | None
    config: Mapping[str, Any]
    resumed: list[dict[str, Any]] = field(default_factory=lambda: [])
    asks: bool = True
    listed: bool = False
    """Whether the conversation stood in the list before."""
    answering: Answering | None = None
    project: Brief | None = None
    chain: list[posted.Kept] = field(default_factory=lambda: [])


class Admission:
    """Commits the person's message and the run, and returns the turn that will answer."""

    def __init__(
        self,
        database: Database,
        log: runs.RunLog,
        indexer: retrieval.Indexer,
        channel: runs.PersonChannel,
        personas: Personas,
        project: projects.Find,
        *,
        most_bytes: int,
    ) -> None:
        self._database, self._log, self._indexer, self._channel = database, log, indexer, channel
        self._personas, self._project = personas, project
        self._most_bytes = most_bytes

    async def repeated(self, request: TurnRequest) -> str | None:
        """Return the id of the run an idempotency key was used for already; raises IdempotencyReused."""
        if request.idempotency_key is None:
            return None
        values = {"_key": request.idempotency_key, **owner_values(request.subject)}
        rows = await self._database.fetch(runs.by_idempotency_key(), values)
        if not rows:
            return None
        if orjson.loads(rows[0][1]).get("asked_as") != _digest(request):
            raise runs.IdempotencyReused
        return str(rows[0][0])

    async def admit(self, request: TurnRequest, reachable: Reachable | None = None) -> Turn:
        """Commit and return the turn; raises what is wrong with the request, ProjectNotFound and AssistantNotFound too.

        `reachable` raises where the model that the conversation or its assistant is set to may not be asked.
        """
        place = await self._place(request)
        place.answering = await self._answering(request, place)
        model = model_of(request, place.config, place.answering)
        if reachable is not None and model is not None and model != request.model:
            await reachable(model, request.subject)
        place.chain = await posted.chain(request, place.parent_id, self._file, self._most_bytes)
        now = clock.milliseconds()
        run_id, message_id = ids.new("run"), ids.new("msg")
        user_message_id = ids.new("msg") if place.asks else _last_asked(place)
        turn = Turn(
            subject=request.subject,
            kind=request.kind,
            run_id=run_id,
            conversation_id=place.conversation_id,
            user_message_id=user_message_id,
            message_id=message_id,
            parent_id=place.chain[-1].id if place.chain else user_message_id or place.parent_id,
            wants=_wants(request, place),
            stream=self._log.open(
                run_id, place.conversation_id, message_id, request.subject.person_id, unstreamed=request.unstreamed
            ),
            created_ms=now,
            after_id=place.parent_id,
            listed=request.listed or place.listed,
            given=request.history,
        )
        try:
            await self._commit(request, place, turn)
        except BaseException:
            self._log.drop(turn.stream)
            raise
        return turn

    async def _answering(self, request: TurnRequest, place: _Place) -> Answering | None:
        """Who answers; a conversation's project is asked only where it has one."""
        project_id = request.project_id if place.new else place.config["project_id"]
        if project_id is None:
            return await self._personas.of(request, place.config)
        if place.new:
            place.project = await self._project(request.subject, project_id)
            return await self._begun(request, place, place.project)
        # One that was deleted this moment is none.
        with suppress(NotFound):
            place.project = await self._project(request.subject, project_id)
        return await self._personas.of(request, place.config)

    async def _begun(self, request: TurnRequest, place: _Place, project: Brief) -> Answering | None:
        """A new conversation begins with what its project has for it, unless the request says otherwise."""
        if reference_in(request.model) is not None:
            return await self._personas.of(request, {})
        place.config = {"model": project.model, "assistant_id": project.assistant_id}
        try:
            return await self._personas.of(request, place.config)
        except NotFound:
            # One in the trash answers nobody; it may come back, so the project still names it.
            place.config = {"model": project.model}
            return await self._personas.of(request, place.config)

    async def _commit(self, request: TurnRequest, place: _Place, turn: Turn) -> None:
        subject, now = request.subject, turn.created_ms
        ops: list[Op] = []
        if place.new:
            ops.append(conversations.insert_conversation(_conversation_row(request, place, turn)))
        elif place.config["title"] is None and turn.listed and (title := conversations.title_of(_asked(request))):
            ops.append(conversations.entitle(place.conversation_id, title, owner_values(subject)))
        if turn.user_message_id is not None and place.asks:
            parts = await self._parts(request)
            turn.asked = parts if place.parent_id is None else None
            ops.extend(_user_message(request, place, turn, parts))
        for message in place.chain:
            ops.extend(posted.writes(message, place.conversation_id, request.mode, now))
        ops.append(runs.insert_run(_run_row(request, turn)))
        if not place.new:
            ops.append(conversations.touch(place.conversation_id, turn.message_id, now, owner_values(subject)))
            if turn.listed and not place.listed:
                ops.append(conversations.enlist(place.conversation_id, owner_values(subject)))
        await self._database.commit(ops)
        if turn.listed:
            await self._index(request, place, turn)
            self._channel.say(
                subject,
                "run.created",
                conversation_id=place.conversation_id,
                run_id=turn.run_id,
                message_id=turn.message_id,
                user_message_id=turn.user_message_id,
                new_conversation=not place.listed,
            )

    async def _index(self, request: TurnRequest, place: _Place, turn: Turn) -> None:
        if place.asks and turn.user_message_id is not None:
            self._indexer.add(turn.user_message_id, request.text or "")
        for message in place.chain:
            self._indexer.add(message.id, message.text)
        if not place.new and not place.listed:
            await self._index_branch(place, turn)

    async def _index_branch(self, place: _Place, turn: Turn) -> None:
        """What a conversation said before it came into the list can be found from now on."""
        values = {"_leaf": place.parent_id, "_limit": _MOST_INDEXED, **owner_values(turn.subject)}
        for message_id, _, _, parts, _ in await self._database.fetch(conversations.BRANCH_FOR_MODEL, values):
            self._indexer.add(message_id, posted.text_of(orjson.loads(parts)))

    async def _parts(self, request: TurnRequest) -> list[dict[str, Any]]:
        text = request.text or ""
        if not is_storable(text):
            raise conversations.MessageUnstorable
        if len(text) * 4 > self._most_bytes and len(text.encode("utf-8")) > self._most_bytes:
            raise conversations.MessageTooLarge(limit=self._most_bytes)
        parts: list[dict[str, Any]] = [{"type": "text", "text": text}] if text else []
        parts.extend([await self._file(request, file_id) for file_id in dict.fromkeys(request.files)])
        if not parts:
            raise conversations.MessageEmpty
        return parts

    async def _file(self, request: TurnRequest, file_id: str) -> dict[str, Any]:
        rows = await self._database.fetch(conversations.load_file(), {"_id": file_id, **owner_values(request.subject)})
        if not rows:
            raise conversations.FileNotFound(file_id=file_id)
        _, name, media_type, size, _, _ = rows[0]
        kind = "image" if media_type.startswith("image/") else "file"
        return {"type": kind, "file_id": file_id, "name": name, "media_type": media_type, "size": size}

    async def _place(self, request: TurnRequest) -> _Place:
        target_id = request.regenerate or request.edit or request.resume
        if target_id is not None:
            return await self._beside(request, target_id)
        if request.conversation_id is not None and request.project_id is not None:
            raise Invalid("A project is named for a new conversation only; one that is there is moved.")
        if request.conversation_id is None:
            asks = request.text is not None or (request.history is None and not request.posted)
            return _Place(ids.new("cnv"), True, None, {}, asks=asks)
        config = await self._conversation(request, request.conversation_id)
        parent = config["leaf_id"] if request.parent_id is ... else request.parent_id
        if request.parent_id is not ... and parent is not None:
            message = await self._message(request, parent)
            if message["conversation_id"] != request.conversation_id:
                raise conversations.MessageNotFound(message_id=parent)
        asks = not request.posted
        return _Place(request.conversation_id, False, parent, config, asks=asks, listed=bool(config["listed"]))

    async def _beside(self, request: TurnRequest, target_id: str) -> _Place:
        target = await self._message(request, target_id)
        wanted = "user" if request.edit is not None else "assistant"
        if target["role"] != wanted:
            raise Invalid(f"This needs a message of the {wanted}, and {target_id} is one of the {target['role']}.")
        config = await self._conversation(request, target["conversation_id"])
        asks, listed = request.edit is not None, bool(config["listed"])
        return _Place(target["conversation_id"], False, target["parent_id"], config, asks=asks, listed=listed)

    async def _conversation(self, request: TurnRequest, conversation_id: str) -> dict[str, Any]:
        values = {"_id": conversation_id, **owner_values(request.subject)}
        rows = await self._database.fetch(conversations.load(), values)
        if not rows:
            async with self._database.reading(request.subject) as scope:
                found = await conversations.ConversationRepository().find(scope, conversation_id)
            raise conversations.absent(conversation_id, found)
        return dict(zip(_CONFIG, rows[0], strict=True))

    async def _message(self, request: TurnRequest, message_id: str) -> dict[str, Any]:
        active = next((s for s in self._log.active if s.message_id == message_id), None)
        if active is not None and active.person_id == request.subject.person_id:
            if request.parent_id != message_id:
                raise conversations.ConversationBusy
            return {"conversation_id": active.conversation_id}
        rows = await self._database.fetch(
            conversations.load_message(), {"_id": message_id, **owner_values(request.subject)}
        )
        if not rows:
            raise conversations.MessageNotFound(message_id=message_id)
        return dict(zip(("id", "conversation_id", "parent_id", "role", "parts"), rows[0], strict=True))


def _asked(request: TurnRequest) -> str:
    """The text a conversation is named after."""
    if request.text:
        return request.text
    said = [posted.text_of(list(message.parts)) for message in request.posted if message.role == "user"]
    return said[-1] if said else ""


def _last_asked(place: _Place) -> str | None:
    return place.chain[-1].id if place.chain and place.chain[-1].role == "user" else None


def _user_message(request: TurnRequest, place: _Place, turn: Turn, parts: list[dict[str, Any]]) -> list[Op]:
    message_id = turn.user_message_id or ""
    row = {
        "id": message_id,
        "conversation_id": place.conversation_id,
        "parent_id": place.parent_id,
        "role": "user",
        "mode": request.mode,
        "state": "complete",
        "parts": orjson.dumps(parts).decode(),
        "metadata": None if not request.metadata else orjson.dumps(request.metadata).decode(),
        "created_at": turn.created_ms,
    }
    held = [part["file_id"] for part in parts if "file_id" in part]
    return [conversations.insert_message(row), *(conversations.attach(message_id, file_id) for file_id in held)]


def _digest(request: TurnRequest) -> str:
    """Return what tells one request from another, whoever asks and however it is followed."""
    same = replace(request, subject=_NOBODY, unstreamed=False)
    return hashlib.sha256(repr(same).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _wants(request: TurnRequest, place: _Place) -> Wants:
    config, answering, project = place.config, place.answering, place.project
    temperature = temperature_of(request, config, answering)
    return Wants(
        asked_as=None if request.idempotency_key is None else _digest(request),
        model=model_of(request, config, answering),
        temperature=temperature,
        temperature_kept=temperature is not None and request.temperature is None,
        system_prompt=prompt_of(request, config, answering, None if project is None else project.instructions),
        assistant=None if answering is None else answering.stored(),
        project=None if project is None else dict(projects.kept_of(project)),
        mode=request.mode,
        parameters=request.parameters,
        tools=tuple(asdict(tool) for tool in request.tools),
        wait_for_model=request.wait_for_model,
        resume=request.resume,
        caller=request.caller,
    )


def _conversation_row(request: TurnRequest, place: _Place, turn: Turn) -> dict[str, Any]:
    title = conversations.title_of(_asked(request)) if request.listed else None
    return {
        "id": turn.conversation_id,
        "leaf_id": turn.message_id,
        "organisation_id": request.subject.organisation_id,
        "person_id": request.subject.person_id,
        "listed": request.listed,
        "title": title,
        "title_source": "auto" if title else None,
        "assistant_id": place.answering.persona.assistant_id if place.answering and request.listed else None,
        "project_id": None if place.project is None else place.project.id,
        "model": _kept_model(request, place) if request.listed else None,
        "system_prompt": request.system_prompt if request.listed else None,
        "temperature": request.temperature if request.listed else None,
        "metadata": None if not request.metadata else orjson.dumps(request.metadata).decode(),
        "created_at": turn.created_ms,
        "last_activity_at": turn.created_ms,
    }


def _kept_model(request: TurnRequest, place: _Place) -> str | None:
    """The model a new conversation goes on with: what was asked for or, in a project, what that one has for it."""
    if place.project is not None and reference_in(request.model) is None:
        return request.model or place.project.model
    return request.model if place.answering is None else None


def _run_row(request: TurnRequest, turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.run_id,
        "organisation_id": request.subject.organisation_id,
        "person_id": request.subject.person_id,
        "kind": request.kind,
        "status": turn.status,
        "priority": PERSON_PRIORITY,
        "conversation_id": turn.conversation_id,
        "user_message_id": turn.user_message_id,
        "message_id": turn.message_id,
        "parent_id": turn.parent_id,
        "parent_run_id": None,
        "idempotency_key": request.idempotency_key,
        "wants": orjson.dumps(turn.wants.stored()).decode(),
        "data_class": runs.CONVERSATION,
        "restarts": 0,
        "last_seq": 0,
        "created_at": turn.created_ms,
    }
