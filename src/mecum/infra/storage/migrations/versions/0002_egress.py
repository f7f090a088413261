"""What may leave: the mode of an organisation and its consents; endpoints added until now keep theirs."""
# pyright: reportUnknownArgumentType=false

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PORTS = {"http": 80, "https": 443}


def upgrade() -> None:
    """Create the tables; whoever named an endpoint agreed to it, as that was the rule."""
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


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_egress_organisation_id_n", table_name="egress")
    op.drop_table("egress_consents")
    op.drop_table("egress_policies")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    port = parts.port if parts.port != _PORTS.get(parts.scheme) else None
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")
