"""Conversations at hand: tags, the archive, and changes of many at once that can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Only a key of the type INTEGER is SQLite's row number itself.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LISTED = "listed AND deleted_at IS NULL"
_AT_HAND = "listed AND archived_at IS NULL AND deleted_at IS NULL"
_ARCHIVED = "archived_at IS NOT NULL AND deleted_at IS NULL"


def upgrade() -> None:
    """Add the column and the tables; the list of conversations leaves out the archive."""
    op.add_column("conversations", sa.Column("archived_at", sa.BigInteger(), nullable=True))
    _list_by(_AT_HAND)
    _index("ix_conversations_archived_at", ["person_id", "archived_at"], _ARCHIVED)
    op.create_table(
        "conversation_tags",
        sa.Column("conversation_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_tags_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "key", name=op.f("pk_conversation_tags")),
    )
    op.create_index("ix_conversation_tags_key", "conversation_tags", ["person_id", "key"])
    op.create_table(
        "conversation_batches",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_batches")),
    )
    op.create_table(
        "conversation_batch_items",
        sa.Column("batch_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("conversation_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["conversation_batches.id"],
            name=op.f("fk_conversation_batch_items_batch_id_conversation_batches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_batch_items_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", "conversation_id", name=op.f("pk_conversation_batch_items")),
    )
    op.create_index(
        op.f("ix_conversation_batch_items_conversation_id"), "conversation_batch_items", ["conversation_id"]
    )


def downgrade() -> None:
    """Drop them; what was archived stands in the list again."""
    op.drop_index(op.f("ix_conversation_batch_items_conversation_id"), table_name="conversation_batch_items")
    op.drop_table("conversation_batch_items")
    op.drop_table("conversation_batches")
    op.drop_index("ix_conversation_tags_key", table_name="conversation_tags")
    op.drop_table("conversation_tags")
    op.drop_index("ix_conversations_archived_at", table_name="conversations")
    _list_by(_LISTED)
    op.drop_column("conversations", "archived_at")


def _list_by(where: str) -> None:
    op.drop_index("ix_conversations_activity", table_name="conversations")
    _index("ix_conversations_activity", ["person_id", "last_activity_at", "id"], where)


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "conversations", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
