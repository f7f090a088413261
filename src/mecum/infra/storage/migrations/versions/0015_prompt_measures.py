"""Which of its figures an assistant says in its prompt."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column: null is none."""
    op.add_column("assistant_configurations", sa.Column("prompt_measures", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it: no figure is in a prompt any longer."""
    op.drop_column("assistant_configurations", "prompt_measures")
