"""What was measured of assistants, and their pictures: a row each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select

from mecum.domains.assistants.model import AssistantMeasures, AssistantPicture, AssistantVersion
from mecum.infra.storage import Id, Prepared, Scope

FIGURES: Final = Prepared(
    select(AssistantMeasures.body).where(
        AssistantMeasures.assistant_id == bindparam("_id", type_=Id("ast")), Scope.owned(AssistantMeasures)
    )
)
"""What a turn reads of the figures of the assistant `_id`, as they are stored, where its prompt names some."""


class MeasureRepository:
    """The figures of the subject's assistants."""

    async def measured(self, scope: Scope, assistant_id: str) -> AssistantMeasures | None:
        """Return what was measured last, or None."""
        query = select(AssistantMeasures).where(AssistantMeasures.assistant_id == assistant_id)
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def figures(self, scope: Scope, assistant_id: str) -> Any:
        """Return the figures that are kept as they are stored, None where there are none."""
        found = await scope.rows(FIGURES, {"_id": assistant_id})
        return found[0][0] if found else None

    async def keep_measures(
        self, scope: Scope, assistant_id: str, figures: Mapping[str, Any], moment: datetime
    ) -> None:
        """Store what was measured in the place of what was."""
        gone = delete(AssistantMeasures).where(AssistantMeasures.assistant_id == assistant_id)
        await scope.session.execute(gone.execution_options(synchronize_session=False))
        row = {"assistant_id": assistant_id, "body": dict(figures), "measured_at": moment}
        await scope.session.execute(insert(AssistantMeasures), [row])

    async def prompt_changed(self, scope: Scope, assistant_id: str) -> tuple[int, datetime] | None:
        """Return the number and moment of the last version that changed the prompt, None where none did."""
        query = select(AssistantVersion.number, AssistantVersion.created_at).where(
            AssistantVersion.assistant_id == assistant_id, AssistantVersion.reason == "prompt"
        )
        query = query.order_by(AssistantVersion.number.desc()).limit(1)
        found = (await scope.session.execute(query)).first()
        return None if found is None else (found[0], found[1])


class PictureRepository:
    """The pictures of the subject's assistants."""

    async def picture(self, scope: Scope, assistant_id: str) -> AssistantPicture | None:
        """Return the picture of an assistant, or None."""
        query = select(AssistantPicture).where(AssistantPicture.assistant_id == assistant_id)
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def keep_picture(self, scope: Scope, assistant_id: str, picture: Mapping[str, Any] | None) -> None:
        """Store `{media_type, sha256, data}` in the place of what was there; None leaves none."""
        gone = delete(AssistantPicture).where(AssistantPicture.assistant_id == assistant_id)
        await scope.session.execute(gone.execution_options(synchronize_session=False))
        if picture is not None:
            await scope.session.execute(insert(AssistantPicture), [{**picture, "assistant_id": assistant_id}])
