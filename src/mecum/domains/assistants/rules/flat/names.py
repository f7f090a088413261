"""The names of the flat table, and where each is now."""

from typing import Final

from mecum.domains.assistants.model import FIELDS, VECTORS, Field
from mecum.domains.assistants.rules.flat.table import LINKS

CORE: Final = (
    "id slug name is_active is_demo created_at updated_at parent_assistant current_project created_by"
).split()
HOMELESS: Final = (*"tone_profile archetype_summary rag_certified document_set".split(), *LINKS)
"""Names with no field here: they travel in the legacy document of the core."""
FIELD_OF: Final[dict[str, tuple[str, Field]]] = {
    field.name: (facet, field)
    for facet, fields in (*FIELDS.items(), ("capabilities", VECTORS))
    for field in fields
    if field.name not in ("temperature", "prompt_version", "prompt_measures", "expires_at")
}
"""The facet and the field of every name that has one; those that are only ours were never in the flat table."""
NAMES: Final = tuple(dict.fromkeys([*CORE, *FIELD_OF, *HOMELESS]))
"""Every name there was, in any of its versions."""
VECTOR_NAMES: Final = frozenset({*(field.name for field in VECTORS), "preferred_rag_vector"})


def place_of(name: str) -> str:
    """Return where a flat name is now, as `facet.field`."""
    if name in FIELD_OF:
        facet, _ = FIELD_OF[name]
        return f"{facet}.vectors.{name}" if name in VECTOR_NAMES and facet == "capabilities" else f"{facet}.{name}"
    if name not in CORE:
        return f"legacy.{name}"
    return {"is_active": "status"}.get(name, name)
