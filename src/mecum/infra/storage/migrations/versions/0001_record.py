"""The first schema: organisations, the record, runs, jobs."""
# pyright: reportUnknownArgumentType=false

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Only a key of the type INTEGER is SQLite's row number itself.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create everything."""

    op.create_table(
        "api_keys",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_keys_secret_hash")),
    )
    op.create_table(
        "blobs",
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("holders", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "conversations",
        sa.Column("n", _NUMBER, nullable=False),
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("title_source", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("system_prompt", sa.String(), nullable=True),
        sa.Column("temperature", sa.Double(), nullable=True),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.Column("leaf_id", _NUMBER, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_activity_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_conversations")),
        sa.UniqueConstraint("id", name=op.f("uq_conversations_id")),
    )
    op.create_index(
        "ix_conversations_activity",
        "conversations",
        ["person_id", "last_activity_at", "id"],
        unique=False,
        sqlite_where=sa.text("listed AND deleted_at IS NULL"),
        postgresql_where=sa.text("listed AND deleted_at IS NULL"),
    )
    op.create_index(
        "ix_conversations_deleted_at",
        "conversations",
        ["person_id", "deleted_at"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NOT NULL"),
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_table(
        "egress",
        sa.Column("n", _NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=True),
        sa.Column("person_id", _NUMBER, nullable=True),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("data_class", sa.String(), nullable=False),
        sa.Column("bytes_out", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_egress")),
    )
    op.create_table(
        "endpoints",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("wire", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
        sa.UniqueConstraint("name", name=op.f("uq_endpoints_name")),
    )
    op.create_table(
        "error_groups",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("run_id", _NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("code", "fingerprint", name=op.f("pk_error_groups")),
    )
    op.create_table(
        "feedback",
        sa.Column("message_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("run_id", _NUMBER, nullable=True),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_feedback")),
    )
    op.create_table(
        "files",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("text_length", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=True),
        sa.Column("person_id", _NUMBER, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("run_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(
        "ix_jobs_due",
        "jobs",
        ["priority", "run_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "journal",
        sa.Column("n", _NUMBER, nullable=False),
        sa.Column("writer", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_journal")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_table(
        "person_events",
        sa.Column("n", _NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_person_events")),
    )
    op.create_index("ix_person_events_at", "person_events", ["person_id", "at"], unique=False)
    op.create_table(
        "pins",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_pins")),
    )
    op.create_table(
        "request_parts",
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("holders", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "hash", name=op.f("pk_request_parts")),
    )
    op.create_table(
        "runs",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("user_message_id", _NUMBER, nullable=True),
        sa.Column("message_id", _NUMBER, nullable=False),
        sa.Column("parent_id", _NUMBER, nullable=True),
        sa.Column("parent_run_id", _NUMBER, nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("wants", sa.Text(), nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("pins", sa.LargeBinary(), nullable=True),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("usage", sa.Text(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("price_table", sa.String(), nullable=True),
        sa.Column("data_class", sa.String(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(
        "ix_runs_active",
        "runs",
        ["conversation_id"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "uq_runs_idempotency_key",
        "runs",
        ["person_id", "idempotency_key"],
        unique=True,
        sqlite_where=sa.text("idempotency_key IS NOT NULL"),
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_table(
        "messages",
        sa.Column("n", _NUMBER, nullable=False),
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("conversation_id", _NUMBER, nullable=False),
        sa.Column("parent_id", _NUMBER, nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("run_id", _NUMBER, nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("model_reason", sa.String(), nullable=True),
        sa.Column("token_count", sa.Integer(), nullable=True),
        sa.Column("processing_ms", sa.Integer(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("confidence_method", sa.String(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_messages_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_messages")),
        sa.UniqueConstraint("id", name=op.f("uq_messages_id")),
    )
    op.create_index("ix_messages_tree", "messages", ["conversation_id", "parent_id"], unique=False)
    op.create_table(
        "persons",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("organisation_id", _NUMBER, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_persons_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_table(
        "attachments",
        sa.Column("message_id", _NUMBER, nullable=False),
        sa.Column("file_id", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_attachments_file_id_files")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_attachments_message_id_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "file_id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_file_id"), "attachments", ["file_id"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE message_words USING fts5(text, content='', tokenize='unicode61 remove_diacritics 2')"
        )
        op.execute("INSERT INTO message_words(message_words, rank) VALUES ('secure-delete', 1)")
    else:
        op.execute("CREATE TABLE message_words (n BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX ix_message_words_words ON message_words USING gin (words)")


def downgrade() -> None:
    """Drop everything."""
    op.execute("DROP TABLE message_words")

    op.drop_index(op.f("ix_attachments_file_id"), table_name="attachments")
    op.drop_table("attachments")
    op.drop_table("persons")
    op.drop_index("ix_messages_tree", table_name="messages")
    op.drop_table("messages")
    op.drop_table("sessions")
    op.drop_index(
        "uq_runs_idempotency_key",
        table_name="runs",
        sqlite_where=sa.text("idempotency_key IS NOT NULL"),
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.drop_index(
        "ix_runs_active",
        table_name="runs",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_table("runs")
    op.drop_table("request_parts")
    op.drop_table("pins")
    op.drop_index("ix_person_events_at", table_name="person_events")
    op.drop_table("person_events")
    op.drop_table("organisations")
    op.drop_table("journal")
    op.drop_index(
        "ix_jobs_due",
        table_name="jobs",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_table("jobs")
    op.drop_table("files")
    op.drop_table("feedback")
    op.drop_table("error_groups")
    op.drop_table("endpoints")
    op.drop_table("egress")
    op.drop_index(
        "ix_conversations_deleted_at",
        table_name="conversations",
        sqlite_where=sa.text("deleted_at IS NOT NULL"),
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_conversations_activity",
        table_name="conversations",
        sqlite_where=sa.text("listed AND deleted_at IS NULL"),
        postgresql_where=sa.text("listed AND deleted_at IS NULL"),
    )
    op.drop_table("conversations")
    op.drop_table("blobs")
    op.drop_table("api_keys")
