"""`mecum config` and `mecum profiles` on a data folder of their own."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakes.command_line import Call, Ended, Pipe

pytestmark = pytest.mark.slow

OLDER = Path(__file__).parents[2] / "fixtures" / "aistack"
GOOD: dict[str, Any] = {"version": 1, "role_mappings": {"planner": {"preferred": ["a"]}}}
Mecum = Callable[..., Ended]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "config").mkdir(parents=True)
    return folder


@pytest.fixture
def here(mecum: Call, data: Path, tmp_path: Path) -> Mecum:
    """Return a function that runs a command on the data folder."""
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"storage": {"key": "none"}, "models": {"ollama_url": None, "local_servers": []}}))
    return lambda *words: mecum(*words, "--data", str(data), "--config", str(settings))


def test_what_is_in_force_and_why(here: Mecum, data: Path) -> None:
    (data / "config" / "models.json").write_text(json.dumps(GOOD, indent=1))
    (data / "config" / "user_models.json").write_text("{")
    shown = here("config", "show")
    assert shown.code == 0
    assert "\nmodels.json\tin force\t" in shown.out
    assert "\nuser_models.json\tdoes not hold\t" in shown.out
    assert "user_models.json:1: error config.syntax: Not valid JSON: " in shown.out
    assert here("config", "show", "--json").json["in_force"]["role_mappings"] == GOOD["role_mappings"]
    explained = here("config", "explain", "role_mappings.planner.preferred")
    assert 'file\t*\tmodels.json, line 5\t["a"]\n' in explained.out
    assert explained.out.count("\n") == 11
    unknown = here("config", "explain", "nothing", "--json")
    assert (unknown.code, unknown.problem["code"]) == (4, "config.no_such_key")
    assert here("config", "validate").code == 2


def test_a_person_says_whether_they_want_summaries(here: Mecum) -> None:
    assert here("config", "summaries").out == "Summaries: on, as configured.\n"
    assert here("config", "summaries", "off").out == "Summaries: off, as you say.\n"
    said = here("config", "summaries", "--json").json
    assert said == {"summaries": False, "in_force": {"summaries": False}}
    assert re.search(r"^person\t\*\town settings\tfalse$", here("config", "explain", "summaries").out, re.MULTILINE)
    assert here("config", "summaries", "default").out == "Summaries: on, as configured.\n"
    assert here("config", "set", "summaries", "false").code == 0
    assert here("config", "summaries").out == "Summaries: off, as configured.\n"
    assert here("config", "summaries", "maybe").code == 2


def test_files_are_checked_without_being_stored(here: Mecum, tmp_path: Path, pipe: Pipe) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 1\npools: {p: []}\n")
    ended = here("config", "validate", str(broken))
    assert (ended.code, ended.out) == (
        2,
        f"{broken}:2: error config.empty_pool: pools.p: The pool `p` has no model.\n",
    )
    pipe(json.dumps(GOOD).encode())
    said = here("config", "validate", "-")
    assert (said.code, said.out.splitlines()[-1]) == (0, "- is valid.")
    assert ": warning config.model_not_here: " in said.out
    assert here("config", "schema", "--profile").json["title"] == "ProfileDocument"


def test_an_older_installation_comes_in(here: Mecum, data: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    shutil.copytree(OLDER, older)
    (older / "api_keys.json").write_text('{"openai": "sk-one"}')
    (older / "README").write_text("")
    assert here("config", "import", str(older), "--dry-run").code == 0
    assert (older / "api_keys.json").exists()
    ended = here("config", "import", str(older), "--json")
    assert ended.code == 0, ended.err
    report = ended.json
    assert {file["outcome"] for file in report["files"]} == {"imported"}
    assert (report["not_read"], report["keys"][0]["outcome"]) == (["README"], "imported")
    assert report["keys_left_in"] == str(older / "api_keys.json.imported")
    assert not (older / "api_keys.json").exists()
    assert sorted(path.name for path in (data / "config").iterdir()) == ["models.json", "user_profiles"]
    again = here("config", "import", str(older))
    assert "models.json: unchanged. 152 values: 137 kept, 3 moved, 12 carried along.\n" in again.out
    assert "cascade_settings carried along: Settings of planning in stages, which is not built yet.\n" in again.out
    assert "not read: api_keys.json.imported" in again.err


def test_keys_that_found_no_place_stay(here: Mecum, tmp_path: Path) -> None:
    keys = tmp_path / "api_keys.json"
    keys.write_text('{"somebody": "sk-one"}')
    ended = here("config", "import", str(keys))
    assert (ended.code, "somebody: refused." in ended.out, keys.exists()) == (0, True, True)
    nothing = here("config", "import", str(tmp_path / "data"))
    assert (nothing.code, "has no configuration" in nothing.err) == (2, True)


@pytest.mark.slow
@pytest.mark.parametrize("meanwhile", [False, True], ids=["refused", "changed meanwhile"])
def test_what_was_written_in_the_editor_is_not_lost(
    here: Mecum, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, meanwhile: bool
) -> None:
    here("profiles", "create", "mine", "--model", "a")
    file = data / "config" / "user_profiles" / "mine.json"
    script = tmp_path / "editor"
    other = f'sed -i \'s/"a"/"b"/\' {file}' if meanwhile else "true"
    script.write_text(
        f'#!/bin/sh\nsed -i \'s/preferred/{"preferred" if meanwhile else "prefered"}/; s/"a"/"c"/\' $1\n{other}\n'
    )
    script.chmod(0o700)
    monkeypatch.setenv("EDITOR", os.fspath(script))
    monkeypatch.setenv("TMPDIR", os.fspath(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = file.read_text()
    ended = here("profiles", "edit", "mine")
    assert (ended.code, ("config.changed" if meanwhile else "config.unknown_key") in ended.err) == (
        5 if meanwhile else 2,
        True,
    )
    assert file.read_text() == (before.replace('"a"', '"b"') if meanwhile else before)
    kept = Path(ended.err.partition("What you wrote is kept in ")[2].partition(";")[0])
    assert (kept.parent, '"c"' in kept.read_text(), kept.stat().st_mode & 0o777) == (tmp_path, True, 0o600)
    kept.write_text(kept.read_text().replace("prefered", "preferred"))
    assert here("profiles", "edit", "mine", "--from", str(kept)).out == "Changed: mine.\n"
    assert '"c"' in file.read_text()


@pytest.mark.slow
def test_profiles_are_made_switched_and_removed(here: Mecum, data: Path, pipe: Pipe) -> None:
    assert [item["name"] for item in here("profiles", "list", "--json").json["items"]] == [
        "coding",
        "research",
        "writing",
    ]
    assert here("profiles", "create", "mine").code == 2
    assert here("profiles", "create", "mine", "--model", "a", "--description", "For me.").out == "Made: mine.\n"
    assert here("profiles", "activate", "mine").out == "Active: mine.\n"
    assert "mine\t*\tinstance\tFor me.\n" in here("profiles", "list").out
    assert 'instance\t*\tprofile mine, line 9\t["a"]\n' in here("config", "explain", "role_mappings.chat.preferred").out
    pipe(b'{"version": 1, "role_mappings": {"chat": {"preferred": ["b"]}}}')
    assert here("profiles", "edit", "mine", "--from", "-").out == "Changed: mine.\n"
    assert '"b"' in here("profiles", "show", "mine").out
    assert here("profiles", "copy", "mine", "other", "--owner", "person", "--json").json["owner"] == "person"
    assert here("profiles", "deactivate").out == "No longer active: mine.\n"
    assert here("profiles", "deactivate").out == "No profile was active.\n"
    assert here("profiles", "delete", "mine").code == 0
    assert here("profiles", "show", "mine").code == 4
    assert len(list((data / "config" / "user_profiles" / ".trash").iterdir())) == 1
    assert here("profiles", "list", "--deleted", "--json").json["items"][0]["address"] == "instance:mine"
    back = "Back: mine. It counts again with `mecum profiles activate mine`.\n"
    assert here("profiles", "restore", "mine").out == back


@pytest.mark.slow
def test_profiles_of_one_name_are_told_apart_and_purged(here: Mecum) -> None:
    for owner in ("instance", "person"):
        assert here("profiles", "create", "mine", "--model", owner, "--owner", owner).code == 0
    refused = here("profiles", "show", "mine")
    assert refused.code == 5
    assert "profile.ambiguous: 2 profiles are called 'mine': person:mine, instance:mine." in refused.err
    listed = here("profiles", "list").out
    assert ("person:mine\t\tperson\tperson\n" in listed, "instance:mine\t" in listed) == (True, True)
    assert '"person"' in here("profiles", "show", "person:mine").out
    assert here("profiles", "delete", "person:mine").out == "Removed: person:mine.\n"
    assert here("profiles", "show", "mine").code == 0
    assert here("profiles", "purge", "person:mine", "--yes").out == "Deleted for ever: person:mine.\n"
    assert here("profiles", "restore", "person:mine").code == 4


def test_profiles_are_checked_and_carried_over(here: Mecum, data: Path, tmp_path: Path) -> None:
    older = OLDER / "user_profiles" / "research.json"
    brought = here("profiles", "import", str(older), "--name", "deep")
    assert brought.out.startswith("Made: deep.\nrole_mappings.planner.reasoning_strength → ")
    out = tmp_path / "out.json"
    assert here("profiles", "export", "deep", "-o", str(out)).code == 0
    exported = json.loads(out.read_text())
    assert (exported["version"], exported["name"]) == (1, "deep")
    unnamed = tmp_path / "unnamed.json"
    unnamed.write_text(json.dumps(GOOD))
    assert here("profiles", "import", str(unnamed)).out == "Made: unnamed.\n"
    (data / "config" / "user_profiles" / "broken.json").write_text('{"version": 1,\n"hot_swap": 1}')
    ended = here("profiles", "validate")
    assert ended.code == 2
    assert "deep is valid.\n" in ended.out
    assert "broken:2: error config.wrong_type: hot_swap: Must be true or false, not a number.\n" in ended.out
    assert "broken\t\tinstance\tdoes not hold: Must be true or false" in here("profiles", "list").out
    assert here("profiles", "validate", str(out)).out == f"{out} is valid.\n"
    gone = here("profiles", "validate", "gone.json")
    assert (gone.code, "error cli.usage: There is no file gone.json." in gone.err) == (2, True), gone.err
