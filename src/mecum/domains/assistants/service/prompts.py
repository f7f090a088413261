"""Prompts: made, read, and given new versions. A version never changes."""

from datetime import datetime
from typing import Any

from mecum.domains.assistants.errors import FieldInvalid, PromptNotFound
from mecum.domains.assistants.model import Prompt, PromptVersion
from mecum.domains.assistants.repository import PromptRepository
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids, paging
from mecum.kernel.text import is_storable


class PromptService:
    """Prompts of the subject."""

    def __init__(self) -> None:
        self._prompts = PromptRepository()

    async def newest(self, scope: Scope, cursor: str | None, limit: int) -> paging.Page[dict[str, Any]]:
        """Return a page of prompts, those changed last first; raises BadCursor."""
        before = None
        if cursor is not None:
            at, last = paging.decode(cursor, int, str)
            before = (clock.from_milliseconds(int(at)), str(last))
        found = list(await self._prompts.newest(scope, before, limit + 1))
        items = found[:limit]
        last_at = clock.to_milliseconds(items[-1].updated_at) if items else 0
        following = paging.encode(last_at, items[-1].id) if len(found) > limit else None
        return paging.Page([_view(prompt) for prompt in items], following)

    async def get(self, scope: Scope, prompt_id: str) -> dict[str, Any]:
        """Return a prompt; raises PromptNotFound."""
        return _view(await self._prompt(scope, prompt_id))

    async def versions(self, scope: Scope, prompt_id: str) -> list[dict[str, Any]]:
        """Return all versions of a prompt, the newest first; raises PromptNotFound."""
        await self._prompt(scope, prompt_id)
        return [_version_view(version) for version in await self._prompts.versions(scope, prompt_id)]

    async def version(self, scope: Scope, prompt_id: str, number: int) -> dict[str, Any]:
        """Return one version; raises PromptNotFound."""
        found = await self._prompts.version(scope, prompt_id, number)
        if found is None:
            raise PromptNotFound(prompt_id=prompt_id, number=number)
        return _version_view(found)

    async def free(self, scope: Scope) -> list[dict[str, Any]]:
        """Return the prompts that no assistant has, the oldest first, each with its `texts`, the oldest first."""
        return [await self._whole(scope, prompt) for prompt in await self._prompts.free(scope)]

    async def whole(self, scope: Scope, prompt_id: str) -> dict[str, Any] | None:
        """Return the same of one prompt, whoever has it, or None."""
        found = await self._prompts.find(scope, prompt_id)
        return None if found is None else await self._whole(scope, found)

    async def take_back(self, scope: Scope, prompt_id: str) -> None:
        """Delete for ever a prompt that no assistant has."""
        if any(prompt.id == prompt_id for prompt in await self._prompts.free(scope)):
            await self._prompts.forget_prompt(scope, prompt_id)

    async def _whole(self, scope: Scope, prompt: Prompt) -> dict[str, Any]:
        texts = [
            {"text": one.text, "note": one.note, "created_at": clock.iso(clock.to_milliseconds(one.created_at))}
            for one in reversed(await self._prompts.versions(scope, prompt.id))
        ]
        return {"id": prompt.id, "title": prompt.title, "texts": texts}

    async def create(
        self,
        scope: Scope,
        title: str,
        text: str,
        note: str | None,
        moment: datetime | None = None,
        own_id: str | None = None,
    ) -> str:
        """Make a prompt with its first version, of now or a moment; return its id. Raises FieldInvalid.

        `own_id` is an id that it keeps; raises WriteConflict where that is taken.
        """
        prompt_id, now = own_id or ids.new("prm"), moment or clock.now()
        require_storable(title=title, text=text, note=note)
        await self._prompts.add(scope, prompt_id, title, now)
        await self._prompts.add_prompt_version(scope, prompt_id, text, note, now)
        return prompt_id

    async def write(
        self, scope: Scope, prompt_id: str, text: str, note: str | None, moment: datetime | None = None
    ) -> int:
        """Add a version, of now or a moment; return its number. Raises PromptNotFound, FieldInvalid."""
        require_storable(text=text, note=note)
        number = await self._prompts.add_prompt_version(scope, prompt_id, text, note, moment or clock.now())
        if number is None:
            raise PromptNotFound(prompt_id=prompt_id)
        return number

    async def _prompt(self, scope: Scope, prompt_id: str) -> Prompt:
        found = await self._prompts.find(scope, prompt_id)
        if found is None:
            raise PromptNotFound(prompt_id=prompt_id)
        return found


def require_storable(**texts: str | None) -> None:
    """Raise FieldInvalid for a text that cannot be stored exactly."""
    message = "must hold no NUL character and no half of a surrogate pair"
    wrong = [name for name, text in texts.items() if text is not None and not is_storable(text)]
    if wrong:
        raise FieldInvalid(errors=[{"path": name, "message": message} for name in wrong])


def _view(prompt: Prompt) -> dict[str, Any]:
    times = {name: clock.iso(clock.to_milliseconds(getattr(prompt, name))) for name in ("created_at", "updated_at")}
    return {"id": prompt.id, "title": prompt.title, "newest": prompt.newest, **times}


def _version_view(version: PromptVersion) -> dict[str, Any]:
    names = ("prompt_id", "number", "text", "sha256", "note")
    view = {name: getattr(version, name) for name in names}
    return {**view, "created_at": clock.iso(clock.to_milliseconds(version.created_at))}
