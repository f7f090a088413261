"""What came with assistants: a slim core, six facets, their versions and vectors, prompts, and who answers a talk."""
# pyright: reportUnknownArgumentType=false

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Only a key of the type INTEGER is SQLite's row number itself.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FACETS = {
    "assistant_identities": {
        sa.Text(): "description specialty avatar personality tone traits values motto archetype archetype_path "
        "dream_symbol persona_mode persona_summary personality_description created_from_mood intro_text "
        "init_reflection",
        sa.Float(): "mood_stability_index",
        sa.BigInteger(): "last_mood_shift",
    },
    "assistant_configurations": {
        sa.Text(): "preferred_model thinking_style memory_mode prompt_title prompt_notes collaboration_style "
        "preferred_conflict_resolution preferred_rag_vector anchor_weight_profile",
        _NUMBER: "system_prompt",
        sa.Float(): "temperature min_score_threshold",
        sa.Integer(): "prompt_version delegation_threshold_tokens",
        sa.Boolean(): "boost_prompt_in_system auto_delegate_on_feedback live_relay_enabled memory_summon_enabled "
        "auto_reflect_on_message require_trusted_anchors suppress_unstable_anchors",
    },
    "assistant_capabilities": {
        sa.Text(): "capabilities skill_badges primary_badge badge_history ideology empathy_tags preferred_scene_tags",
        sa.Float(): "glossary_score avg_empathy_score",
        sa.BigInteger(): "embedding_index",
        sa.Boolean(): "is_alignment_flexible",
    },
    "assistant_growths": {
        sa.Text(): "growth_stage growth_summary_memory memory_context default_memory_chain spawn_reason "
        "spawned_traits inherited_tone",
        sa.BigInteger(): "growth_points nurture_started_at growth_unlocked_at",
        _NUMBER: "spawned_by mentor_assistant",
        sa.Boolean(): "mentor_for_demo_clone",
    },
    "assistant_qualities": {
        sa.Text(): "last_trust_components rag_certification_notes reflection_error",
        sa.Float(): "last_trust_score avg_response_time success_rate",
        sa.BigInteger(): "rag_certification_date last_rag_certified_at last_drift_check last_reflection_attempted_at "
        "birth_reflection_retry_count total_interactions",
        sa.Boolean(): "certified_rag_ready needs_recovery last_reflection_successful can_retry_birth_reflection",
    },
    "assistant_displays": {
        sa.Text(): "avatar_style demo_slug expiration_event",
        sa.Integer(): "featured_rank",
        sa.BigInteger(): "expires_at",
        sa.Boolean(): "is_featured is_guide is_primary show_intro_splash show_trail_recap auto_start_chat "
        "is_demo_clone boosted_from_demo is_ephemeral",
    },
}
_PARTIAL = (
    ("ix_assistants_updated", "assistants", ["person_id", "updated_at", "id"], "deleted_at IS NULL"),
    ("ix_assistants_deleted_at", "assistants", ["person_id", "deleted_at"], "deleted_at IS NOT NULL"),
    ("ix_assistants_parent", "assistants", ["parent_assistant"], "parent_assistant IS NOT NULL"),
    ("ix_assistant_displays_featured", "assistant_displays", ["featured_rank"], "is_featured"),
)


def upgrade() -> None:
    """Add the tables; a conversation has no assistant until a person gives it one."""
    _add_core()
    for table, fields in _FACETS.items():
        _add_facet(table, fields)
    _add_history()
    _add_prompts()
    for name, table, columns, where in _PARTIAL:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.add_column("conversations", sa.Column("assistant_id", _NUMBER, nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("conversations", "assistant_id")
    for name, table, _, where in reversed(_PARTIAL):
        op.drop_index(name, table_name=table, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.drop_table("prompt_versions")
    op.drop_index("ix_prompts_updated_at", table_name="prompts")
    op.drop_table("prompts")
    op.drop_table("assistant_vectors")
    op.drop_table("assistant_versions")
    for table in reversed(_FACETS):
        op.drop_table(table)
    op.drop_index("uq_assistants_slug", table_name="assistants")
    op.drop_table("assistants")


def _add_core() -> None:
    op.create_table(
        "assistants",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("parent_assistant", _NUMBER, nullable=True),
        sa.Column("current_project", _NUMBER, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("legacy", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistants")),
    )
    op.create_index("uq_assistants_slug", "assistants", ["person_id", "slug"], unique=True)


def _add_facet(table: str, fields: dict[Any, str]) -> None:
    op.create_table(
        table,
        *(sa.Column(name, kind, nullable=True) for kind, names in fields.items() for name in names.split()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Text(), nullable=True),
        *_of_assistant(table),
        sa.PrimaryKeyConstraint("assistant_id", name=op.f(f"pk_{table}")),
    )


def _of_assistant(table: str) -> tuple[Any, ...]:
    name = op.f(f"fk_{table}_assistant_id_assistants")
    return (
        sa.Column("assistant_id", _NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["assistant_id"], ["assistants.id"], name=name, ondelete="CASCADE"),
    )


def _add_history() -> None:
    op.create_table(
        "assistant_versions",
        *_of_assistant("assistant_versions"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("assistant_id", "number", name=op.f("pk_assistant_versions")),
    )
    op.create_table(
        "assistant_vectors",
        *_of_assistant("assistant_vectors"),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("assistant_id", "field", name=op.f("pk_assistant_vectors")),
    )


def _add_prompts() -> None:
    op.create_table(
        "prompts",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompts")),
    )
    op.create_index("ix_prompts_updated_at", "prompts", ["updated_at"])
    op.create_table(
        "prompt_versions",
        sa.Column("prompt_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["prompts.id"], name=op.f("fk_prompt_versions_prompt_id_prompts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prompt_id", "number", name=op.f("pk_prompt_versions")),
    )
