"""What came with the broker: what may leave this machine, profiles of models, and what was measured of models."""
# pyright: reportUnknownArgumentType=false

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Only a key of the type INTEGER is SQLite's row number itself.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PORTS = {"http": 80, "https": 443}
_PROFILE_OWNERS = (
    ("uq_profiles_person", "person_id", "person_id IS NOT NULL"),
    ("uq_profiles_organisation", "organisation_id", "person_id IS NULL"),
)


def upgrade() -> None:
    """Add the tables; whoever named an endpoint agreed to it, as that was the rule."""
    _add_egress()
    _add_profiles()
    _add_measurements()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("model_measurements")
    for name, _, where in _PROFILE_OWNERS:
        op.drop_index(name, table_name="profiles", sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.drop_table("profiles")
    op.drop_table("active_profiles")
    op.drop_index("ix_egress_organisation_id_n", table_name="egress")
    op.drop_table("egress_consents")
    op.drop_table("egress_policies")


def _add_egress() -> None:
    op.create_table(
        "egress_policies",
        sa.Column("organisation_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_egress_policies")),
    )
    consents = op.create_table(
        "egress_consents",
        sa.Column("organisation_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("person_id", _NUMBER, nullable=True),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "endpoint", name=op.f("pk_egress_consents")),
    )
    op.create_index("ix_egress_organisation_id_n", "egress", ["organisation_id", "n"])
    rows = op.get_bind().execute(sa.text("SELECT organisation_id, name, base_url, created_at FROM endpoints")).all()
    given = [
        {"organisation_id": organisation, "endpoint": name, "place": _origin(url), "given_at": at}
        for organisation, name, url, at in rows
    ]
    if given:
        op.bulk_insert(consents, given)


def _add_profiles() -> None:
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
    for name, column, where in _PROFILE_OWNERS:
        op.create_index(
            name,
            "profiles",
            [column, "name"],
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def _add_measurements() -> None:
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


def _origin(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    port = parts.port if parts.port != _PORTS.get(parts.scheme) else None
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")
