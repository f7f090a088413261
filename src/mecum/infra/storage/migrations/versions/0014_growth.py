"""What is measured of assistants, their pictures, and where imported ones came from."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
changes = ("import_origins",)

# Only a key of the type INTEGER is SQLite's row number itself.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add two tables and a column."""
    op.create_table(
        "assistant_measures",
        sa.Column("assistant_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("measured_at", sa.BigInteger(), nullable=False),
        _to_assistant("assistant_measures"),
        sa.PrimaryKeyConstraint("assistant_id", name=op.f("pk_assistant_measures")),
    )
    op.create_table(
        "assistant_pictures",
        sa.Column("assistant_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        _to_assistant("assistant_pictures"),
        sa.PrimaryKeyConstraint("assistant_id", name=op.f("pk_assistant_pictures")),
    )
    op.add_column("import_origins", sa.Column("assistant_id", _NUMBER, nullable=True))


def downgrade() -> None:
    """Drop them; figures can be made again, pictures are lost."""
    # Where only an assistant says what came, nothing would be left of it.
    op.execute("DELETE FROM import_origins WHERE kind = 'assistant'")
    op.drop_column("import_origins", "assistant_id")
    op.drop_table("assistant_pictures")
    op.drop_table("assistant_measures")


def _to_assistant(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_assistant_id_assistants")
    return sa.ForeignKeyConstraint(["assistant_id"], ["assistants.id"], name=name, ondelete="CASCADE")
