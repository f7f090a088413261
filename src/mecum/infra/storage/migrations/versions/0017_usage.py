"""What models' servers counted may be stored without the names of its numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Leave the rows as they are: both forms are read."""


def downgrade() -> None:
    """Write the names into the rows that do without."""
    said = "usage" if op.get_bind().dialect.name == "sqlite" else "CAST(usage AS json)"
    numbers = [f"CAST({said} -> {place} AS text)" for place in range(3)]
    names = ('{"prompt_tokens"', ',"completion_tokens"', ',"total_tokens"')
    named = " || ".join(f"'{name}:' || {number}" for name, number in zip(names, numbers, strict=True))
    # A colon before a letter would be read as the name of a value.
    op.execute(sa.text(f"UPDATE runs SET usage = {named} || '}}' WHERE usage LIKE '[%'".replace(":", "\\:")))  # noqa: S608
