"""Prompts and their versions."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, insert, select, tuple_, update

from mecum.domains.assistants.model import Configuration, Prompt, PromptVersion
from mecum.infra.storage import Scope
from mecum.infra.storage.scope import owner_values


class PromptRepository:
    """Prompts as one subject sees them."""

    async def newest(self, scope: Scope, before: tuple[datetime, str] | None, limit: int) -> Sequence[Prompt]:
        """Return prompts, those changed last first."""
        query = select(Prompt).where(scope.visible(Prompt))
        if before is not None:
            query = query.where(tuple_(Prompt.updated_at, Prompt.id) < before)
        query = query.order_by(Prompt.updated_at.desc(), Prompt.id.desc()).limit(limit)
        return (await scope.session.execute(query)).scalars().all()

    async def free(self, scope: Scope) -> Sequence[Prompt]:
        """Return the prompts that no assistant has, not even one in the trash, the oldest first."""
        uses = select(Configuration.system_prompt).where(Configuration.system_prompt.is_not(None))
        query = select(Prompt).where(Scope.owned(Prompt), Prompt.id.not_in(uses))
        query = query.order_by(Prompt.created_at, Prompt.id)
        return (await scope.session.execute(query, owner_values(scope.subject))).scalars().all()

    async def forget_prompt(self, scope: Scope, prompt_id: str) -> None:
        """Delete a prompt for ever, with its versions."""
        for entity, key in ((PromptVersion, PromptVersion.prompt_id), (Prompt, Prompt.id)):
            query = delete(entity).where(key == prompt_id)
            await scope.session.execute(query, execution_options={"synchronize_session": False})

    async def find(self, scope: Scope, prompt_id: str) -> Prompt | None:
        """Return a prompt, or None."""
        query = select(Prompt).where(Prompt.id == prompt_id, scope.visible(Prompt))
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def version(self, scope: Scope, prompt_id: str, number: int) -> PromptVersion | None:
        """Return a version with its text, or None."""
        this = and_(PromptVersion.prompt_id == prompt_id, PromptVersion.number == number)
        return (await scope.session.execute(select(PromptVersion).where(this))).scalar_one_or_none()

    async def versions(self, scope: Scope, prompt_id: str) -> Sequence[PromptVersion]:
        """Return every version, the newest first."""
        query = select(PromptVersion).where(PromptVersion.prompt_id == prompt_id)
        return (await scope.session.execute(query.order_by(PromptVersion.number.desc()))).scalars().all()

    async def add(self, scope: Scope, prompt_id: str, title: str, moment: datetime) -> None:
        """Store a prompt of the subject, without a version yet."""
        owner = {"organisation_id": scope.subject.organisation_id, "person_id": scope.subject.person_id}
        times = {"created_at": moment, "updated_at": moment}
        await scope.session.execute(insert(Prompt), [{"id": prompt_id, "title": title, "newest": 0, **times, **owner}])

    async def add_prompt_version(
        self, scope: Scope, prompt_id: str, text: str, note: str | None, moment: datetime
    ) -> int | None:
        """Store the next version of a prompt of the subject; return its number, None when there is no such prompt."""
        moved = update(Prompt).where(Prompt.id == prompt_id)
        moved = moved.values(newest=Prompt.newest + 1, updated_at=moment)
        query = moved.returning(Prompt.newest).execution_options(synchronize_session=False)
        number = (await scope.session.execute(query)).scalar()
        if number is None:
            return None
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        row = {"prompt_id": prompt_id, "number": number, "text": text, "sha256": digest, "note": note}
        await scope.session.execute(insert(PromptVersion), [{**row, "created_at": moment}])
        return int(number)
