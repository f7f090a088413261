"""What a person says about models for themselves, on its way out and in: their profiles and their own settings.

Nothing of it lets anything leave this machine: profiles name models, and whether a model may be asked is asked as ever.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final, Literal

import orjson

from mecum.inference.configuration.checking import checked
from mecum.inference.own.service import OwnService
from mecum.inference.profiles.folder import NAME
from mecum.inference.profiles.model import Profile
from mecum.inference.profiles.repository import ProfileRepository
from mecum.inference.profiles.service import ProfileService
from mecum.infra.storage import Scope
from mecum.kernel import ids

Setting = Literal["summaries", "active_profile"]
SETTINGS: Final[tuple[Setting, ...]] = ("summaries", "active_profile")
_LONGEST: Final = 40


class PersonalModels:
    """Reads and takes in what is the subject's own; what their organisation or the instance says is not theirs."""

    def __init__(self, profiles: ProfileService, own: OwnService) -> None:
        self._profiles, self._own, self._rows = profiles, own, ProfileRepository()

    async def profiles(self, scope: Scope) -> Sequence[dict[str, Any]]:
        """Return every profile of the subject that is not in the trash by column, by name."""
        return [_columns(row) for row in await self._rows.by_name(scope) if row.person_id is not None]

    async def trashed(self, scope: Scope) -> int:
        """Return how many profiles of the subject are in the trash."""
        return sum(row.person_id is not None for row in await self._rows.deleted(scope))

    async def find(self, scope: Scope, profile_id: str) -> dict[str, Any] | None:
        """Return a profile of the subject by column, or None; also for one in the trash."""
        row = await self._rows.find(scope, profile_id)
        return None if row is None or row.person_id is None else _columns(row)

    async def is_taken(self, scope: Scope, profile_id: str) -> bool:
        """Whether a profile has this id, in the trash or not."""
        rows = [*await self._rows.by_name(scope), *await self._rows.deleted(scope)]
        return any(row.id == profile_id for row in rows)

    def objection(self, name: str, body: str) -> str | None:
        """Return what is wrong with a profile, None where it is a good one."""
        if not NAME.fullmatch(name):
            return "its name is none that a profile may have"
        said = checked(body.encode("utf-8", "surrogatepass"), "json", profile=True)
        wrong = [problem.message for problem in said.problems if not problem.warning]
        return wrong[0] if wrong else None

    async def take(self, scope: Scope, values: Mapping[str, Any]) -> str:
        """Store a profile by column and return its id; a name that is taken gets a number.

        Without an id it gets one. Raises WriteConflict where the id is somebody else's.
        """
        taken = {row.name for row in await self._rows.by_name(scope) if row.person_id is not None}
        name, body = _free(str(values["name"]), taken), str(values["body"])
        if name != values["name"]:
            body = orjson.dumps({**orjson.loads(body), "name": name}, option=orjson.OPT_INDENT_2).decode() + "\n"
        profile_id = values.get("id") or ids.new("prf")
        row = Profile(id=profile_id, name=name, body=body)
        row.created_at, row.modified_at = values["created_at"], values["modified_at"]
        row.organisation_id, row.person_id = scope.subject.organisation_id, scope.subject.person_id
        await self._rows.add(scope, row)
        return str(profile_id)

    async def changed_after(self, scope: Scope, profile_id: str, moment: datetime) -> bool:
        """Whether the subject changed a profile after a moment."""
        row = await self._rows.find(scope, profile_id)
        return row is not None and row.modified_at > moment

    async def take_back(self, scope: Scope, profile_id: str) -> None:
        """Delete a profile of the subject for ever; it counts no longer."""
        await self._profiles.gone(scope, profile_id)
        await self._rows.delete(scope, profile_id)

    def setting(self, name: str) -> Setting | None:
        """Return the setting of this name, or None."""
        return next((setting for setting in SETTINGS if setting == name), None)

    def fits(self, setting: Setting, value: Any) -> bool:
        """Whether a setting may have this value."""
        return isinstance(value, bool if setting == "summaries" else str)

    async def settings(self, scope: Scope) -> dict[Setting, Any]:
        """Return what the subject says for themselves; what they say nothing of is not in it."""
        said: dict[Setting, Any] = {}
        summaries = (await self._own.get(scope))["summaries"]
        if summaries is not None:
            said["summaries"] = summaries
        active = [one.id for one in await self._profiles.all(scope) if one.owner == "person" and one.active]
        if active:
            said["active_profile"] = active[0]
        return said

    async def say(self, scope: Scope, setting: Setting, value: Any) -> None:
        """Let the subject say this; None takes it back. Raises ProfileNotFound, ProfileBroken."""
        if setting == "summaries":
            await self._own.change(scope, summaries=value)
        elif value is not None:
            await self._profiles.activate(scope, value)
        else:
            for one in await self._profiles.all(scope):
                if one.owner == "person" and one.active:
                    await self._profiles.deactivate(scope, one.id)


def _columns(row: Profile) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "name", "body", "created_at", "modified_at")}


def _free(name: str, taken: set[str]) -> str:
    numbered = (f"{name[: _LONGEST - 1 - len(str(number))]}-{number}" for number in count(2))
    return name if name not in taken else next(one for one in numbered if one not in taken)
