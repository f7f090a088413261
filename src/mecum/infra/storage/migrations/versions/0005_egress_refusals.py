"""What was asked for and not let out is written into the log of what left, with what stood against it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: what left before was let out."""
    op.add_column("egress", sa.Column("refusal", sa.String(), nullable=True))


def downgrade() -> None:
    """Forget what was not let out: without the column it would seem to have left."""
    op.execute("DELETE FROM egress WHERE refusal IS NOT NULL")
    op.drop_column("egress", "refusal")
