"""What the broker keeps over a restart: swaps and notices; profiles in the trash; why each call was let out."""
# pyright: reportUnknownArgumentType=false

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PROFILE_OWNERS = (
    ("uq_profiles_person", "person_id", "person_id IS NOT NULL"),
    ("uq_profiles_organisation", "organisation_id", "person_id IS NULL"),
)
_LIVE = " AND deleted_at IS NULL"
_EGRESS = ("endpoint", "mode", "decision")


def upgrade() -> None:
    """Add the tables and columns; of calls that left before, nobody knows why any more."""
    op.create_table(
        "model_swaps",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("swapped_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_model_swaps")),
    )
    op.create_table(
        "model_notices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("dismissed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_notices")),
    )
    _drop_names()
    op.add_column("profiles", sa.Column("deleted_at", sa.BigInteger(), nullable=True))
    _add_names(_LIVE)
    for name in _EGRESS:
        op.add_column("egress", sa.Column(name, sa.String(), nullable=True))


def downgrade() -> None:
    """Drop them; what is in the trash goes, as nothing could hide it."""
    for name in reversed(_EGRESS):
        op.drop_column("egress", name)
    _drop_names()
    op.execute(sa.text("DELETE FROM profiles WHERE deleted_at IS NOT NULL"))
    op.drop_column("profiles", "deleted_at")
    _add_names("")
    op.drop_table("model_notices")
    op.drop_table("model_swaps")


def _drop_names() -> None:
    for name, _, _ in _PROFILE_OWNERS:
        op.drop_index(name, table_name="profiles")


def _add_names(live: str) -> None:
    """A name is one profile's of its owner, those in the trash aside."""
    for name, column, where in _PROFILE_OWNERS:
        which = sa.text(where + live)
        op.create_index(name, "profiles", [column, "name"], unique=True, sqlite_where=which, postgresql_where=which)
