"""On PostgreSQL the database tells every process what happens to a job; a SQLite file has one process."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# A message holds at most 8,000 bytes: progress that is larger is read by who wants it.
_FUNCTION = """
CREATE FUNCTION mecum_tell_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('mecum_jobs', json_build_object(
        'id', NEW.id, 'kind', NEW.kind, 'state', NEW.state, 'error', NEW.error,
        'organisation_id', NEW.organisation_id, 'person_id', NEW.person_id,
        'progress', CASE WHEN octet_length(NEW.progress) <= 6000 THEN NEW.progress END
    )::text);
    RETURN NULL;
END
$$
"""
_TRIGGER = (
    "CREATE TRIGGER jobs_told AFTER INSERT OR UPDATE OF state, progress, run_at ON jobs "
    "FOR EACH ROW EXECUTE FUNCTION mecum_tell_job()"
)


def upgrade() -> None:
    """Add the trigger."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        op.execute(_TRIGGER)


def downgrade() -> None:
    """Drop it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER jobs_told ON jobs")
        op.execute("DROP FUNCTION mecum_tell_job()")
