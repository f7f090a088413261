"""What persons say for themselves, over what is configured."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Only a key of the type INTEGER is SQLite's row number itself.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "own_settings",
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("summaries", sa.Boolean(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_own_settings")),
    )


def downgrade() -> None:
    """Drop it; what is configured counts again."""
    op.drop_table("own_settings")
