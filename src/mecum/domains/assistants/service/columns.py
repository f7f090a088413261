"""From what a person wrote to columns: checked, and what names another assistant looked up."""

from collections.abc import Mapping
from typing import Any

from mecum.domains.assistants.errors import AssistantCircle, AssistantNotFound, FieldInvalid, FieldUnwritable
from mecum.domains.assistants.model import FIELDS
from mecum.domains.assistants.repository import AssistantRepository
from mecum.domains.assistants.rules.values import State, to_column
from mecum.infra.storage import Scope

_FARTHEST = 100
"""So far up parents and mentors are followed; brought-in data may go in circles."""


def columns_of(facet: str, state: Mapping[str, Any]) -> State:
    """Return what the columns of a facet take; raises FieldInvalid with the path of everything that is wrong."""
    fields = {field.name: field for field in FIELDS[facet]}
    found: State = {}
    errors: list[dict[str, str]] = []
    for name, value in state.items():
        try:
            found[name] = to_column(fields[name], value)
        except KeyError:
            errors.append({"path": f"{facet}.{name}", "message": "There is no such field."})
        except ValueError as error:
            errors.append({"path": f"{facet}.{name}", "message": f"The value {error}."})
    if errors:
        raise FieldInvalid(errors=errors)
    return found


def taken_in(facet: str, brought: Mapping[str, Any]) -> tuple[State, State]:
    """Return what of a facet's fields fits them, and what does not: that is kept as it came, and nothing is lost."""
    fits: State = {}
    odd: State = {}
    for name, value in brought.items():
        try:
            columns_of(facet, {name: value})
        except FieldInvalid:
            odd[name] = value
        else:
            fits[name] = value
    return fits, odd


def require_writable(facet: str, names: Mapping[str, Any]) -> None:
    """Raise FieldUnwritable for a field that is not changed by hand."""
    closed = [field.name for field in FIELDS[facet] if not field.editable and field.name in names]
    if closed:
        raise FieldUnwritable(f"{', '.join(closed)}: {FieldUnwritable.__doc__}", facet=facet, fields=closed)


class Relations:
    """Looks up the assistants that others name, and keeps them from going in circles."""

    def __init__(self) -> None:
        self._assistants = AssistantRepository()

    async def named(self, scope: Scope, reference: str | None, below: str | None, *, mentor: bool) -> str | None:
        """Return the id of the parent (or `mentor`) that is named, for the assistant `below`, None for a new one.

        Raises AssistantNotFound, AssistantCircle.
        """
        if reference is None:
            return None
        found = await self._assistants.find(scope, reference)
        if found is None:
            raise AssistantNotFound(f"There is no assistant {reference!r}.", assistant=reference)
        if below is not None:
            await self._require_straight(scope, found.id, below, mentor=mentor)
        return found.id

    async def _require_straight(self, scope: Scope, above: str, below: str, *, mentor: bool) -> None:
        at: str | None = above
        for _ in range(_FARTHEST):
            if at is None:
                return
            if at == below:
                raise AssistantCircle(assistant=below)
            parent, guide = (await self._assistants.parents(scope, [at])).get(at, (None, None))
            at = guide if mentor else parent
