"""What filters ask of messages and their conversations, in SQL that both databases read."""

from typing import Any, Final

from sqlalchemy import Integer, bindparam, column
from sqlalchemy import text as sql

from mecum.domains.retrieval.ports import Filters, Hit
from mecum.infra.storage import Id, Scope

OWNER: Final = (bindparam("organisation", type_=Id("org")), bindparam("person", type_=Id("per")))
VISIBLE: Final = "c.listed AND c.deleted_at IS NULL AND c.organisation_id = :organisation AND c.person_id = :person"
"""Of the conversation `c`; the parameters are `OWNER`."""
_TAGGED: Final = "EXISTS (SELECT 1 FROM conversation_tags t WHERE t.conversation_id = c.id AND t.key = :{name})"
_IN: Final = "EXISTS (SELECT 1 FROM projects p WHERE p.id = c.project_id AND p.key = :{name})"
_FIRST: Final = 2**62


def criteria(filters: Filters) -> tuple[str, dict[str, Any]]:
    """Return what a message `m` and its conversation `c` must be, as SQL that goes on an AND, and its values."""
    said: list[str] = []
    values: dict[str, Any] = {}
    for name, value, criterion in (
        ("after", filters.after, "m.created_at >= :after"),
        ("until", filters.before, "m.created_at < :until"),
        ("role", filters.role, "m.role = :role"),
    ):
        if value is not None:
            said.append(criterion)
            values[name] = value
    if filters.archived is not None:
        said.append(f"c.archived_at IS {'NOT ' if filters.archived else ''}NULL")
    for without, keys in ((False, filters.tags), (True, filters.without)):
        for place, key in enumerate(keys):
            name = f"{'without' if without else 'tag'}_{place}"
            said.append(("NOT " if without else "") + _TAGGED.format(name=name))
            values[name] = key
    if filters.project is not None:
        said.append(_IN.format(name="project"))
        values["project"] = filters.project
    for place, key in enumerate(filters.outside):
        name = f"outside_{place}"
        said.append("NOT " + _IN.format(name=name))
        values[name] = key
    return "".join(f" AND {criterion}" for criterion in said), values


async def newest(scope: Scope, filters: Filters, *, before: int | None, limit: int) -> list[Hit]:
    """Return where conversations that fit end, newest first, for a search without words."""
    more, values = criteria(filters)
    query = (
        sql(
            "SELECT m.n, m.id FROM conversations c JOIN messages m ON m.id = c.leaf_id "  # noqa: S608 - no value in it
            f"WHERE {VISIBLE} AND m.n < :position{more} ORDER BY m.n DESC LIMIT :limit"
        )
        .bindparams(*OWNER)
        .columns(column("n", Integer), column("id", Id("msg")))
    )
    subject = scope.subject
    owner = {"organisation": subject.organisation_id, "person": subject.person_id}
    given = {**values, **owner, "position": _FIRST if before is None else before, "limit": limit}
    return [Hit(n, message_id) for n, message_id in (await scope.session.execute(query, given)).all()]
