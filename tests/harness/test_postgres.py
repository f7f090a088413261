"""The PostgreSQL of the tests: a real one, a fresh database for each test."""

import psycopg


def test_a_fresh_database_is_empty(empty_postgres_url: str) -> None:
    with psycopg.connect(empty_postgres_url) as connection:
        rows = connection.execute("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
        assert rows.fetchone() == (0,)


def test_a_copy_has_the_newest_schema(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_what_one_test_writes_no_other_sees(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("DELETE FROM alembic_version")
