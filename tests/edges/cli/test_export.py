"""`mecum export`: what it writes and says, and, with the real thing, out of one data folder and into another one."""

import io
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest

from edges.cli.test_real import House
from factories.belongings import opened
from fakes.command_line import Call
from fakes.mecum_server import Answer, ScriptedApp
from fakes.upstream import Upstream

CONTENTS: dict[str, Any] = {
    "contents": {"conversation": 412, "project": 3},
    "trash": {"conversation": 2, "project": 1, "profile": 0},
    "left_out": [{"what": "API keys", "reason": "secrets never go out"}],
}


def test_it_says_what_is_in_the_trash(app: ScriptedApp, ask: Call, tmp_path: Path) -> None:
    app.answers["GET /export"] = Answer(b"PK")
    app.answers["GET /export/contents"] = Answer(CONTENTS)
    target = tmp_path / "mine.zip"
    done = ask("export", "-o", str(target))
    assert (done.code, done.out, target.read_bytes()) == (0, "", b"PK")
    assert "The trash is not in it: 2 conversations, 1 project." in done.err
    assert target.stat().st_mode & 0o777 == 0o600
    said = ask("--json", "export", "-o", str(target)).json
    assert (said["bytes"], said["trash"]) == (2, CONTENTS["trash"])


def test_it_says_what_would_be_in_it(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /export/contents"] = Answer(CONTENTS)
    out = ask("export", "--contents").out
    assert "conversation\t412\t2\n" in out
    assert "Not in it: API keys: secrets never go out." in out
    assert ask("--json", "export", "--contents").json == CONTENTS
    assert app.requests("GET", "/export") == []


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_from_one_data_folder_into_another_one(upstream: Upstream, tmp_path: Path) -> None:
    endpoint = {"name": "fake", "wire": "openai", "base_url": f"{upstream.url}/v1"}
    settings = {"models": {"ollama_url": None, "local_servers": [], "endpoints": [endpoint]}}
    mecum, there = House(tmp_path / "data", settings), House(tmp_path / "other", settings)
    try:
        _out_and_in(mecum, there, tmp_path)
    finally:
        mecum.stop()
        there.stop()


def _out_and_in(mecum: House, there: House, tmp_path: Path) -> None:
    server, _ = mecum.serve()
    assert mecum("projects", "create", "Café Roma").code == 0
    assert mecum("chat", "--model", "fake/fake-echo", "the quick brown fox").code == 0
    (talk,) = mecum("conversations", "list", "--json").json["items"]
    assert mecum("conversations", "tag", talk["id"], "--add", "Work").code == 0
    profile = tmp_path / "evenings.json"
    profile.write_bytes(
        orjson.dumps({"version": 1, "name": "evenings", "role_mappings": {"chat": {"preferred": ["x"]}}})
    )
    assert mecum("profiles", "import", str(profile), "--owner", "person").code == 0
    assert mecum("profiles", "activate", "evenings").code == 0
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    assert mecum("export", "-o", str(first)).code == 0
    server.terminate()
    server.communicate(timeout=60)
    # Without a server: the command opens the folder by itself.
    done = there("import", str(first), "--json")
    assert done.code == 0, done.err
    reckoning = orjson.loads(done.out)
    assert (reckoning["found"], reckoning["imported"], reckoning["skipped"]) == (6, 6, [])
    assert there("export", "-o", str(second)).code == 0
    assert opened(second.read_bytes()) == opened(first.read_bytes())
    assert second.read_bytes() == first.read_bytes()
    # What counts goes on counting after a start.
    there.serve()
    assert "evenings" in there("profiles", "list").out
    said = there("export", "-o", str(second), "--json").json
    assert said["contents"]["setting"] == 1
    assert second.read_bytes() == first.read_bytes()
    names = zipfile.ZipFile(io.BytesIO(first.read_bytes())).namelist()
    assert [name.partition("/")[0] for name in names] == [
        "projects",
        "profiles",
        "settings.json",
        "conversations",
        "export.json",
    ]
