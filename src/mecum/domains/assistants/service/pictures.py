"""Pictures of assistants: kept with them, in the store, and gone with them."""

from typing import Any

from mecum.domains.assistants.errors import AssistantNotFound, PictureNotFound, PictureRefused
from mecum.domains.assistants.repository import AssistantRepository, PictureRepository
from mecum.domains.assistants.rules import pictures
from mecum.domains.assistants.rules.pictures import Picture
from mecum.domains.assistants.service.arrivals import keep_picture
from mecum.domains.assistants.service.assistants import AssistantService
from mecum.infra.storage import Scope


class PictureService:
    """The pictures of the subject's assistants."""

    def __init__(self, assistants: AssistantService) -> None:
        self._services, self._assistants, self._pictures = assistants, AssistantRepository(), PictureRepository()

    async def get(self, scope: Scope, reference: str) -> Picture:
        """Return a picture; raises AssistantNotFound, PictureNotFound."""
        assistant_id = await self._id(scope, reference)
        found = await self._pictures.picture(scope, assistant_id)
        if found is None:
            raise PictureNotFound(assistant=reference)
        return Picture(found.media_type, found.data)

    async def put(self, scope: Scope, reference: str, data: bytes) -> dict[str, Any]:
        """Let this be the avatar of an assistant; return its identity. Raises AssistantNotFound, PictureRefused."""
        assistant_id = await self._id(scope, reference)
        picture = pictures.picture_of(data)
        if picture is None:
            raise PictureRefused
        await keep_picture(self._pictures, scope, assistant_id, picture)
        avatar = pictures.address(assistant_id, picture.sha256)
        return await self._services.change_facet(scope, assistant_id, "identity", None, {"avatar": avatar})

    async def _id(self, scope: Scope, reference: str) -> str:
        found = await self._assistants.find(scope, reference)
        if found is None:
            raise AssistantNotFound(assistant=reference)
        return found.id
