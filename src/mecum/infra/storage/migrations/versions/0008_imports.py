"""What came with imports: each with its reckoning, where every imported row came from, what has no room here yet."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Only a key of the type INTEGER is SQLite's row number itself.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INTEGER = "integer IS NOT NULL"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "imports",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("format", sa.String(), nullable=True),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=True),
        sa.Column("kept", sa.Text(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_person_id_created_at", "imports", ["person_id", "created_at"])
    _add_origins()
    _add_rest()


def downgrade() -> None:
    """Drop them; what was imported stays."""
    op.drop_table("import_skips")
    op.drop_table("legacy_documents")
    op.drop_table("import_origins")
    op.drop_table("imports")


def _add_origins() -> None:
    op.create_table(
        "import_origins",
        sa.Column("n", _NUMBER, nullable=False),
        sa.Column("import_id", _NUMBER, nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("original", sa.String(), nullable=False),
        sa.Column("integer", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("conversation_id", _NUMBER, nullable=True),
        sa.Column("message_id", _NUMBER, nullable=True),
        sa.Column("document_id", _NUMBER, nullable=True),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        _to_import("import_origins"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_import_origins_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_import_origins")),
    )
    op.create_index("uq_import_origins_key", "import_origins", ["person_id", "key"], unique=True)
    op.create_index("ix_import_origins_import_id", "import_origins", ["import_id"])
    op.create_index("ix_import_origins_conversation_id", "import_origins", ["conversation_id"])
    op.create_index(
        "ix_import_origins_integer",
        "import_origins",
        ["person_id", "kind", "integer"],
        sqlite_where=sa.text(_INTEGER),
        postgresql_where=sa.text(_INTEGER),
    )


def _add_rest() -> None:
    op.create_table(
        "legacy_documents",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("import_id", _NUMBER, nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        _to_import("legacy_documents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legacy_documents")),
    )
    op.create_index("ix_legacy_documents_import_id", "legacy_documents", ["import_id"])
    op.create_table(
        "import_skips",
        sa.Column("n", _NUMBER, nullable=False),
        sa.Column("import_id", _NUMBER, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        _to_import("import_skips"),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_import_skips")),
    )
    op.create_index("ix_import_skips_import_id_n", "import_skips", ["import_id", "n"])


def _to_import(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_import_id_imports")
    return sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=name, ondelete="CASCADE")
