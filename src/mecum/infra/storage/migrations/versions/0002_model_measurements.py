"""What was measured of models."""
# pyright: reportUnknownArgumentType=false

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "model_measurements",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.Float(), nullable=False)
            for name in ("answers", "waits", "wait_seconds", "tokens", "token_seconds")
        ),
        sa.Column("failures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_model_measurements")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("model_measurements")
