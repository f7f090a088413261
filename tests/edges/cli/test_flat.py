"""`mecum import` of a flat table: out of a database's address, killed in the middle, and the roll-out."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2 as httpx
import orjson
import psycopg
import pytest

from edges.cli.test_real import House
from factories import flat

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "data", {"models": {"ollama_url": None, "endpoints": []}})
    yield made
    made.stop()


def count(house: House) -> int:
    with closing(sqlite3.connect(f"file:{house.folder / 'mecum.db'}?mode=ro", uri=True)) as store:
        return int(store.execute("SELECT count(*) FROM assistants").fetchone()[0])


def test_a_killed_migration_goes_on(house: House, tmp_path: Path) -> None:
    many = 6000
    file = tmp_path / "flat.db"
    flat.as_sqlite((flat.row(number, many, vectors=0) for number in range(many)), None, file)
    server, url = house.serve()
    token = orjson.loads((house.folder / "server.json").read_bytes())["token"]
    with httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        upload = client.post("/imports/files", params={"name": "flat.db"}, content=file.read_bytes()).json()["id"]
        import_id = client.post("/imports", json={"files": [upload]}).json()["id"]
        while client.get(f"/imports/{import_id}").json()["imported"] < 400:
            time.sleep(0.01)
    server.kill()
    server.wait()
    left = count(house)
    assert 400 <= left < many, "it was killed in the middle"
    _, url = house.serve()
    token = orjson.loads((house.folder / "server.json").read_bytes())["token"]
    with httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        while (view := client.get(f"/imports/{import_id}").json())["state"] in ("queued", "running"):
            time.sleep(0.05)
        columns = client.get(f"/imports/{import_id}/fields").json()
    assert view["kinds"]["assistant"] == {"found": many, "imported": many, "already": 0, "skipped": 0}, view
    house.stop()
    assert count(house) == many
    assert columns["rows"] == many
    assert [one["name"] for one in columns["items"] if not one["equal"]] == []


def test_out_of_a_postgres_database(house: House, empty_postgres_url: str) -> None:
    made = flat.rows(12, vectors=0.5)
    filled(empty_postgres_url, made)
    ended = house("import", empty_postgres_url, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["kinds"]["assistant"]["imported"] == 12
    assert ended.json["kinds"]["prompt"]["imported"] == 3
    assert [one["name"] for one in ended.json["fields"] if not one["equal"]] == []
    again = house("import", empty_postgres_url)
    assert "assistant\t12\t0\t12\t0" in again.out
    assert "stored otherwise than they came: none" in again.err
    with psycopg.connect(empty_postgres_url) as connection:
        counted = connection.execute("SELECT count(*) FROM assistants_assistant").fetchone()
    assert counted == (12,)
    listed = house("import", "fields", ended.json["import_id"])
    assert "tone\tidentity.tone\t12\t0\t" in listed.out
    wrong = house("import", "postgresql://nobody:s3cret@127.0.0.1:1/none")
    assert (wrong.code, "s3cret" in wrong.err, "127.0.0.1:1/none" in wrong.err) == (7, False, True)


def test_the_roll_out(house: House, tmp_path: Path) -> None:
    file = tmp_path / "flat.csv"
    file.write_bytes(flat.as_csv(flat.rows(6)))
    assert house("import", str(file), "--format", "assistants").code == 0
    house.serve()
    changed = house("import", "rollout", "--share", "40", "--compare", "--check", "6")
    assert "40 % are read by the new readers; comparing: yes" in changed.out
    assert "6 compared, 0 differ" in changed.out
    view = house("import", "rollout", "--json").json
    assert (view["share"], view["compare"], view["brought"]) == (40, True, 6)
    assert view["readers"]["old"]["reads"] == 6


def filled(url: str, made: list[flat.Row]) -> None:
    """Put the rows into tables of their own, as a database of the framework has them."""
    rows = [{flat.column(name): value for name, value in one.items() if name != "assigned_documents"} for one in made]
    names = [name for name in rows[0] if name != "documents"]
    kinds = {"traits": "jsonb", "empathy_tags": "text[]", "auto_delegate_on_feedback": "text[]", "is_active": "boolean"}
    kinds |= {"created_at": "timestamptz", "last_trust_score": "integer", "mood_stability_index": "double precision"}
    with psycopg.connect(url) as connection:
        columns = ", ".join(f'"{name}" {kinds.get(name, "text")}' for name in names)
        connection.execute(f"CREATE TABLE assistants_assistant ({columns})")  # type: ignore[arg-type]  # our own names
        marks = ", ".join(["%s"] * len(names))
        for one in rows:
            values = [_given(one[name], kinds.get(name, "text")) for name in names]
            connection.execute(f"INSERT INTO assistants_assistant VALUES ({marks})", values)  # type: ignore[arg-type]
        connection.execute(
            "CREATE TABLE assistants_assistant_documents (id serial, assistant_id text, document_id int)"
        )
        for one in made:
            for document in one["documents"]:
                link = "INSERT INTO assistants_assistant_documents (assistant_id, document_id) VALUES (%s, %s)"
                connection.execute(link, (one["id"], document))
        connection.execute("CREATE TABLE prompts_prompt (id int, title text, content text)")
        for prompt in flat.prompts(3):
            values = (prompt["id"], prompt["title"], prompt["content"])
            connection.execute("INSERT INTO prompts_prompt VALUES (%s, %s, %s)", values)


def _given(value: Any, kind: str) -> Any:
    if kind == "text[]" or value is None:
        return value
    if isinstance(value, list | dict) or kind == "jsonb":
        return orjson.dumps(value).decode()
    return str(value) if kind == "text" else value
