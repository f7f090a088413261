"""What came with the flat table: where its assistants and prompts came from, what they wait for, and the roll-out."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Only a key of the type INTEGER is SQLite's row number itself.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING = "target IS NULL"


def upgrade() -> None:
    """Add the tables, and what an import says of each field."""
    _add_arrivals()
    op.create_table(
        "assistant_references",
        _of("assistant", "assistant_references"),
        sa.Column("assistant_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("original", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("assistant_id", "field", "kind", "original", name=op.f("pk_assistant_references")),
    )
    op.create_index(
        "ix_assistant_references_waiting",
        "assistant_references",
        ["kind", "assistant_id"],
        sqlite_where=sa.text(_WAITING),
        postgresql_where=sa.text(_WAITING),
    )
    op.create_table(
        "assistant_rollouts",
        sa.Column("n", _NUMBER, nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("compare", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_assistant_rollouts")),
    )
    op.create_index("uq_assistant_rollouts_person_id", "assistant_rollouts", ["person_id"], unique=True)
    op.add_column("imports", sa.Column("fields", sa.Text(), nullable=True))
    op.create_index("ix_legacy_documents_ref", "legacy_documents", ["person_id", "table_name", "ref"])


def downgrade() -> None:
    """Drop them; what was imported stays."""
    op.drop_index("ix_legacy_documents_ref", table_name="legacy_documents")
    op.drop_column("imports", "fields")
    op.drop_table("assistant_rollouts")
    op.drop_table("assistant_references")
    op.drop_table("prompt_arrivals")
    op.drop_table("assistant_arrivals")


def _add_arrivals() -> None:
    op.create_table(
        "assistant_arrivals",
        sa.Column("assistant_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("import_id", _NUMBER, nullable=False),
        sa.Column("original", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("row", sa.LargeBinary(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        _of("assistant", "assistant_arrivals"),
        sa.PrimaryKeyConstraint("assistant_id", name=op.f("pk_assistant_arrivals")),
    )
    op.create_index("uq_assistant_arrivals_original", "assistant_arrivals", ["person_id", "original"], unique=True)
    op.create_index("ix_assistant_arrivals_import_id", "assistant_arrivals", ["import_id", "assistant_id"])
    op.create_table(
        "prompt_arrivals",
        sa.Column("prompt_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("import_id", _NUMBER, nullable=False),
        sa.Column("original", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _of("prompt", "prompt_arrivals"),
        sa.PrimaryKeyConstraint("prompt_id", name=op.f("pk_prompt_arrivals")),
    )
    op.create_index("ix_prompt_arrivals_original", "prompt_arrivals", ["original"])
    op.create_index("ix_prompt_arrivals_import_id", "prompt_arrivals", ["import_id", "prompt_id"])


def _of(parent: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{parent}_id_{parent}s")
    return sa.ForeignKeyConstraint([f"{parent}_id"], [f"{parent}s.id"], name=name, ondelete="CASCADE")
