"""Profiles of persons and organisations, and which ones are active."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Only a key of the type INTEGER is SQLite's row number itself.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "active_profiles",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("activated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_active_profiles")),
    )
    op.create_table(
        "profiles",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profiles")),
    )
    for name, column, where in (
        ("uq_profiles_person", "person_id", "person_id IS NOT NULL"),
        ("uq_profiles_organisation", "organisation_id", "person_id IS NULL"),
    ):
        op.create_index(
            name,
            "profiles",
            [column, "name"],
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    """Drop both tables."""
    for name, where in (
        ("uq_profiles_person", "person_id IS NOT NULL"),
        ("uq_profiles_organisation", "person_id IS NULL"),
    ):
        op.drop_index(name, table_name="profiles", sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.drop_table("profiles")
    op.drop_table("active_profiles")
