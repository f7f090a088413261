"""Conversations: their list, their configuration, which branch is the current one."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from mecum.domains.conversations import tree
from mecum.domains.conversations.errors import MessageNotFound
from mecum.domains.conversations.model import Conversation
from mecum.domains.conversations.ports import ActiveRuns
from mecum.domains.conversations.repository import (
    MOMENT_OF,
    ConversationRepository,
    MessageRepository,
    Shelf,
    TagRepository,
)
from mecum.domains.conversations.rules import absent, conversation_view, listed_view, tags_of
from mecum.domains.conversations.schemas.conversations import ConfigChange, ConversationChange, ConversationCreate
from mecum.domains.projects.ports import Directory
from mecum.domains.retrieval import api as retrieval
from mecum.domains.runs import api as runs
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids, paging
from mecum.kernel.errors import NotFound
from mecum.kernel.subject import Subject

Named = Callable[[Subject, str], Awaitable[str]]
"""Returns the id of the subject's assistant with this id or slug; raises AssistantNotFound."""


class ConversationService:
    """Conversations that are not deleted; the list also shows those that are."""

    def __init__(self, active: ActiveRuns, channel: runs.PersonChannel, assistant: Named, projects: Directory) -> None:
        self._active, self._channel, self._assistant, self._projects = active, channel, assistant, projects
        self._repository, self._messages = ConversationRepository(), MessageRepository()
        self._tags, self._runs = TagRepository(), runs.RunRepository()

    async def get(self, scope: Scope, conversation_id: str) -> Conversation:
        """Return a conversation; raises ConversationNotFound, where it is in the trash ConversationInTrash."""
        found = await self._repository.find(scope, conversation_id)
        if found is None or found.deleted_at is not None:
            raise absent(conversation_id, found)
        return found

    async def view(self, scope: Scope, conversation_id: str) -> dict[str, Any]:
        """Return a conversation as the wire shows it; raises ConversationNotFound."""
        conversation = await self.get(scope, conversation_id)
        busy = await self._runs.busy(scope, [conversation_id])
        tags = await self._tags.of(scope, [conversation_id])
        return conversation_view(conversation, running=bool(busy), tags=tags.get(conversation_id, ()))

    async def newest(
        self, scope: Scope, shelf: Shelf, *, tag: str | None, project: str | None, cursor: str | None, limit: int
    ) -> paging.Page[dict[str, Any]]:
        """Return a page of conversations, those first to which something happened last; raises BadCursor."""
        before = None
        if cursor is not None:
            moment, last_id = paging.decode(cursor, int, str)
            before = (int(moment), str(last_id))
        key = None if tag is None else next(iter(tags_of([tag])))
        found = await self._repository.newest(scope, shelf, key=key, project_id=project, before=before, limit=limit + 1)
        items = found[:limit]
        busy = await self._runs.unfinished_conversations(scope)
        tags = await self._tags.of(scope, [item["id"] for item in items])
        following = paging.encode(items[-1][MOMENT_OF[shelf]], items[-1]["id"]) if len(found) > limit else None
        views = [listed_view(item, running=item["id"] in busy, tags=tags.get(item["id"], ())) for item in items]
        return paging.Page(views, following)

    async def tags(self, scope: Scope) -> list[dict[str, Any]]:
        """Return every tag in use and how many conversations have it, as the wire shows them."""
        return [{"name": name, "conversations": count} for name, count in await self._tags.counted(scope)]

    async def create(self, scope: Scope, wanted: ConversationCreate) -> dict[str, Any]:
        """Make an empty conversation and return it; raises AssistantNotFound, ProjectNotFound."""
        now, conversation_id = clock.now(), ids.new("cnv")
        config = await self._config(scope, wanted.config) if wanted.config else {}
        if wanted.project_id is not None:
            begun = await self._begun(scope, wanted.project_id, config)
            config |= {name: value for name, value in begun.items() if config.get(name) is None}
        values = {"id": conversation_id, "created_at": now, "last_activity_at": now, **_title(wanted.title), **config}
        if "metadata" in values:
            values["metadata_"] = values.pop("metadata")
        await self._repository.add(scope, values)
        await self._channel.tell(scope, "conversation.created", conversation_id=conversation_id)
        return await self.view(scope, conversation_id)

    async def change(self, scope: Scope, conversation_id: str, wanted: ConversationChange) -> dict[str, Any]:
        """Change what is named and return the conversation.

        Raises ConversationNotFound, MessageNotFound, TooManyTags, AssistantNotFound, ProjectNotFound.
        """
        await self.get(scope, conversation_id)
        values: dict[str, Any] = {}
        if "title" in wanted.model_fields_set:
            values.update(_title(wanted.title))
        if wanted.config is not None:
            values.update(await self._config(scope, wanted.config))
        if "project_id" in wanted.model_fields_set:
            values["project_id"] = await self.place(scope, wanted.project_id)
        if wanted.leaf_id is not None:
            values["leaf_id"] = await self._end_of(scope, conversation_id, wanted.leaf_id)
        if wanted.archived is not None:
            values["archived_at"] = clock.now() if wanted.archived else None
        if wanted.tags is not None:
            await self._tags.replace(scope, conversation_id, tags_of(wanted.tags))
        if values:
            await self._repository.change(scope, conversation_id, values)
        if values or wanted.tags is not None:
            scope.session.expunge_all()
            await self._channel.tell(scope, "conversation.updated", conversation_id=conversation_id)
        return await self.view(scope, conversation_id)

    async def place(self, scope: Scope, project_id: str | None) -> str | None:
        """Return a project that conversations can be moved to, None for none; raises ProjectNotFound."""
        return None if project_id is None else (await self._projects.find(scope, project_id)).id

    async def beginning(self, scope: Scope, conversation_id: str) -> str | None:
        """Return the first message and the first answer as text, or None when nobody needs a title made of them."""
        found = await self._repository.find(scope, conversation_id)
        if found is None or found.deleted_at is not None or found.title_source == "person":
            return None
        contents = await self._messages.contents(scope, conversation_id)
        return "\n\n".join(retrieval.findable_text(parts) for _, parts in contents[:2]) or None

    async def entitle(self, scope: Scope, conversation_id: str, title: str) -> None:
        """Give a conversation a title that nobody asked for; one that a person gave stays."""
        found = await self._repository.find(scope, conversation_id)
        if found is None or found.title_source == "person":
            return
        await self._repository.change(scope, conversation_id, {"title": title, "title_source": "auto"})
        await self._channel.tell(scope, "conversation.updated", conversation_id=conversation_id)

    async def assistant_here(self, subject: Subject, assistant_id: object) -> str | None:
        """Return the id if the subject has this assistant, outside the trash; None for anything else."""
        if not isinstance(assistant_id, str) or not ids.is_id(assistant_id, "ast"):
            return None
        try:
            return await self._assistant(subject, assistant_id)
        except NotFound:
            return None

    async def _config(self, scope: Scope, wanted: ConfigChange) -> dict[str, Any]:
        config = {name: getattr(wanted, name) for name in wanted.model_fields_set}
        if config.get("assistant_id") is not None:
            config["assistant_id"] = await self._assistant(scope.subject, config["assistant_id"])
        return config

    async def _begun(self, scope: Scope, project_id: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a conversation in a project begins with, where it is not told who answers."""
        project = await self._projects.find(scope, project_id)
        begun: dict[str, Any] = {"project_id": project.id}
        if config.get("assistant_id") is not None:
            return begun
        if project.assistant_id is not None:
            # One in the trash answers nobody; it may come back, so the project still names it.
            with suppress(NotFound):
                begun["assistant_id"] = await self._assistant(scope.subject, project.assistant_id)
        return begun if project.model is None else begun | {"model": project.model}

    async def _end_of(self, scope: Scope, conversation_id: str, message_id: str) -> str:
        """Return the newest end of the branches through a message, which may be an answer still being made."""
        pending = tree.places(self._active.of_conversation(scope.subject, conversation_id))
        if message_id not in pending:
            message = await self._messages.find(scope, message_id)
            if message is None or message.conversation_id != conversation_id:
                raise MessageNotFound(message_id=message_id)
        return await tree.newest_end(scope, conversation_id, message_id, pending)


def _title(title: str | None) -> Mapping[str, Any]:
    return {"title": title, "title_source": None if title is None else "person"}
