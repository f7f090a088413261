"""Projects: what has one name, what a conversation belongs to, and the files that a project holds."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Only a key of the type INTEGER is SQLite's row number itself.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PARTIAL = (
    ("uq_projects_key", "projects", ["person_id", "key"], "deleted_at IS NULL", True),
    ("ix_projects_deleted_at", "projects", ["person_id", "deleted_at"], "deleted_at IS NOT NULL", False),
    (
        "ix_conversations_project",
        "conversations",
        ["project_id", "last_activity_at", "id"],
        "project_id IS NOT NULL",
        False,
    ),
)


def upgrade() -> None:
    """Add the tables and the column."""
    op.create_table(
        "projects",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("instructions", sa.String(), nullable=True),
        sa.Column("assistant_id", _NUMBER, nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("batch_id", _NUMBER, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_table(
        "project_files",
        sa.Column("project_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("file_id", _NUMBER, nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_project_files_file_id_files")),
        sa.PrimaryKeyConstraint("project_id", "file_id", name=op.f("pk_project_files")),
    )
    op.create_index(op.f("ix_project_files_file_id"), "project_files", ["file_id"])
    op.add_column("conversations", sa.Column("project_id", _NUMBER, nullable=True))
    for name, table, columns, where, unique in _PARTIAL:
        said = sa.text(where)
        op.create_index(name, table, columns, unique=unique, sqlite_where=said, postgresql_where=said)


def downgrade() -> None:
    """Drop them; the conversations and assistants of a project stay, its name and instructions go."""
    for name, table, _, where, _ in reversed(_PARTIAL):
        op.drop_index(name, table_name=table, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.drop_column("conversations", "project_id")
    op.drop_index(op.f("ix_project_files_file_id"), table_name="project_files")
    op.drop_table("project_files")
    op.drop_table("projects")
