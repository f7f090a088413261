"""What the flat table is known by, and what its columns that name other things name. Light: every import looks here."""

from collections.abc import Iterable, Mapping
from typing import Final

RELATIONS: Final = {
    "parent_assistant": "assistant",
    "spawned_by": "assistant",
    "mentor_assistant": "assistant",
    "system_prompt": "prompt",
    "current_project": "project",
    "created_by": "user",
    "document_set": "document-set",
    "memory_context": "memory-context",
    "default_memory_chain": "memory-chain",
    "growth_summary_memory": "memory",
    "expiration_event": "swarm-memory",
}
"""Fields that name one other thing, and what kind of thing."""
LINKS: Final = {"documents": "document", "assigned_documents": "document"}
"""Fields that name several."""
TABLES: Final = {
    "prompts_prompt": "prompt",
    "assistants_assistantproject": "project",
    "assistants_assistantmemorychain": "memory-chain",
    "mcp_core_memorycontext": "memory-context",
    "memory_memoryentry": "memory",
    "agents_swarmmemoryentry": "swarm-memory",
    "intel_core_documentset": "document-set",
    "intel_core_document": "document",
}
"""The tables of what may be named, by the names that the framework gives them."""
ASSISTANTS: Final = "assistants_assistant"
SIGNATURE: Final = frozenset(
    (
        "slug description specialty is_active is_demo is_guide is_primary is_featured is_ephemeral avatar "
        "personality tone traits values motto persona_mode persona_summary archetype dream_symbol "
        "capabilities mood_stability_index glossary_score empathy_tags skill_badges preferred_model "
        "memory_mode thinking_style collaboration_style show_intro_splash auto_start_chat growth_stage "
        "growth_points last_trust_score needs_recovery spawn_reason min_score_threshold system_prompt "
        "parent_assistant mentor_assistant created_by"
    ).split()
)
"""Names by which the table is known."""
ENOUGH: Final = 12
"""So many of these, and a name, make a table the flat one."""


def canonical(column: str) -> str:
    """Return the name that a column stands for: those of relations end in `_id` in a database."""
    name = column.strip()
    stem = name.removesuffix("_id")
    return stem if stem != name and stem in RELATIONS else name


def is_flat(columns: Iterable[str]) -> bool:
    """Whether these columns are those of the flat table."""
    named = {canonical(column) for column in columns}
    return "name" in named and len(named & SIGNATURE) >= ENOUGH


def wanted(tables: Mapping[str, Iterable[str]]) -> set[str]:
    """Return the tables that an import of assistants asks for, out of all and their columns."""
    flat = {table for table, columns in tables.items() if is_flat(columns)}
    between = {f"{table}_{field}" for table in flat for field in LINKS}
    return flat | (tables.keys() & (between | TABLES.keys()))
