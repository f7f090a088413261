"""Where projects, prompts, profiles and settings came from."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
changes = ("import_origins",)


def upgrade() -> None:
    """Add a column."""
    op.add_column("import_origins", sa.Column("target", sa.String(), nullable=True))


def downgrade() -> None:
    """Drop it; what was brought stays, and where it came from is forgotten."""
    op.execute("DELETE FROM import_origins WHERE kind IN ('project', 'profile', 'setting')")
    op.execute("DELETE FROM import_origins WHERE kind = 'prompt' AND target IS NOT NULL")
    op.drop_column("import_origins", "target")
