"""The configuration of an instance: files that come, change, break and go; what is in force stays in force."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from mecum.inference.configuration.errors import (
    ConfigurationChanged,
    ConfigurationUnreadable,
    NoSuchFile,
    UnknownKey,
)
from mecum.inference.configuration.files import DocumentFile, etag_of, save
from mecum.inference.configuration.service import FILES, Configuration
from mecum.kernel.subject import Subject

ADA = Subject("org_0000000000001", "per_0000000000001")
BOB = Subject("org_0000000000001", "per_0000000000002")


def write(folder: Path, name: str, document: Any) -> None:
    """Write a file as an editor would, so that its stamp is another one."""
    folder.mkdir(exist_ok=True)
    draft = folder / f"{name}~"
    draft.write_text(document if isinstance(document, str) else json.dumps({"version": 1, **document}))
    draft.replace(folder / name)


def names(folder: Path) -> list[str]:
    """Return what is in a folder; nothing where there is none."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def chat(*preferred: str) -> dict[str, Any]:
    return {"role_mappings": {"chat": {"preferred": list(preferred)}}}


def preferred(configuration: Configuration, subject: Subject | None = None) -> tuple[str, ...]:
    roles = configuration.preferences(subject).roles
    return roles["chat"].preferred if "chat" in roles else ()


def codes(configuration: Configuration) -> list[str]:
    return [problem.code for problem in configuration.problems()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "config"


async def test_without_a_folder_the_defaults_hold(folder: Path) -> None:
    configuration = Configuration(folder)
    assert preferred(configuration) == ()
    assert configuration.preferences().selection.prefer_local is True
    assert (codes(configuration), await configuration.refresh()) == ([], False)
    assert [state.stamp for state in configuration.states()] == [None] * 3
    assert names(folder) == []


async def test_the_later_file_counts(folder: Path) -> None:
    write(
        folder, "models.yaml", "version: 1\nhot_swap: true\nrole_mappings: {chat: {preferred: [a], temperature: 1}}\n"
    )
    configuration = Configuration(folder)
    assert preferred(configuration) == ("a",)
    write(folder, "models.json", chat("b"))
    assert preferred(configuration) == ("a",), "nothing is looked at before somebody says so"
    assert await configuration.refresh()
    assert preferred(configuration) == ("b",)
    write(folder, "user_models.json", chat("c"))
    await configuration.refresh()
    found = configuration.preferences()
    assert (found.roles["chat"].preferred, found.roles["chat"].temperature, found.hot_swap) == (("c",), 1, True)
    (folder / "user_models.json").unlink()
    await configuration.refresh()
    assert preferred(configuration) == ("b",)


async def test_a_broken_file_leaves_the_last_good_one_in_force(folder: Path) -> None:
    write(folder, "models.json", chat("a"))
    configuration = Configuration(folder)
    assert preferred(configuration) == ("a",)
    for broken, code in (("{", "config.syntax"), ('{"version": 1, "x": 1}', "config.unknown_key")):
        write(folder, "models.json", broken)
        assert await configuration.refresh()
        assert (preferred(configuration), codes(configuration)) == (("a",), [code])
        assert [state.stale for state in configuration.states()] == [False, True, False]
        said = [one.source for one in configuration.explain("role_mappings.chat.preferred").levels if one.given]
        assert said == ["models.json as it last held"]
    write(folder, "models.json", chat("b"))
    await configuration.refresh()
    assert (preferred(configuration), codes(configuration)) == (("b",), [])


async def test_a_file_that_was_never_good_does_not_count(folder: Path) -> None:
    write(folder, "models.json", "{")
    write(folder, "user_models.json", chat("c"))
    configuration = Configuration(folder)
    assert (preferred(configuration), codes(configuration)) == (("c",), ["config.syntax"])


async def test_a_file_that_cannot_be_read_is_a_problem(folder: Path) -> None:
    write(folder, "user_models.json", chat("c"))
    (folder / "models.json").mkdir()
    configuration = Configuration(folder)
    assert (preferred(configuration), codes(configuration)) == (("c",), ["config.unreadable"])


async def test_who_listens_is_told_of_what_is_different(folder: Path) -> None:
    write(folder, "models.json", chat("a"))
    configuration = Configuration(folder)
    told: list[tuple[str, ...]] = []
    configuration.on_change(lambda: told.append(preferred(configuration)))
    assert preferred(configuration) == ("a",)
    await configuration.refresh()
    (folder / "models.json").touch()
    await configuration.refresh()
    assert told == []
    write(folder, "models.json", chat("b"))
    await configuration.refresh()
    write(folder, "models.json", "{")
    await configuration.refresh()
    assert told == [("b",), ("b",)]


async def test_the_first_look_at_the_files_is_no_change(folder: Path) -> None:
    write(folder, "models.json", chat("a"))
    configuration = Configuration(folder)
    told: list[None] = []
    configuration.on_change(lambda: told.append(None))
    await configuration.refresh()
    assert (preferred(configuration), told) == (("a",), [])


@pytest.mark.slow
async def test_a_file_edited_by_hand_counts_without_being_asked(folder: Path) -> None:
    configuration = Configuration(folder)
    changed = asyncio.Event()
    configuration.on_change(changed.set)
    watching = asyncio.create_task(configuration.watch())
    await asyncio.sleep(0.05)
    write(folder, "models.json", chat("a"))
    async with asyncio.timeout(20):
        await changed.wait()
    assert preferred(configuration) == ("a",)
    watching.cancel()


async def test_preferences_are_made_once(folder: Path) -> None:
    write(folder, "models.json", chat("a"))
    configuration = Configuration(folder)
    assert configuration.preferences() is configuration.preferences()
    await configuration.refresh()
    assert configuration.preferences(ADA) is configuration.preferences(ADA)


async def test_a_circle_across_files_is_cut_at_the_stronger_one(folder: Path) -> None:
    write(folder, "models.json", {"fallbacks": {"a": ["b"]}})
    write(folder, "user_models.json", {"fallbacks": {"b": ["a"]}, "hot_swap": True})
    configuration = Configuration(folder)
    assert codes(configuration) == ["config.cyclic_fallback"]
    assert configuration.preferences().fallbacks == {"a": ("b",)}


async def test_a_profile_counts_for_its_owner_alone(folder: Path) -> None:
    write(folder, "models.json", chat("file"))
    write(folder, "mine.json", chat("mine"))
    configuration = Configuration(folder)
    profile = DocumentFile("mine.json", (folder / "mine.json",), profile=True)
    configuration.activate("person", ADA.person_id, profile)
    assert [preferred(configuration, one) for one in (ADA, BOB, None)] == [("mine",), ("file",), ("file",)]
    configuration.activate("instance", "", profile)
    assert [preferred(configuration, one) for one in (ADA, BOB, None)] == [("mine",)] * 3
    configuration.activate("person", ADA.person_id, None)
    configuration.activate("instance", "", None)
    assert [preferred(configuration, one) for one in (ADA, BOB, None)] == [("file",)] * 3


async def test_an_active_profile_is_watched_too(folder: Path) -> None:
    write(folder, "p.json", chat("a"))
    configuration = Configuration(folder)
    configuration.activate("instance", "", DocumentFile("p.json", (folder / "p.json",), profile=True))
    assert preferred(configuration) == ("a",)
    write(folder, "p.json", {"hot_swap": True})
    await configuration.refresh()
    assert (preferred(configuration), codes(configuration)) == (("a",), ["config.names_no_model"])
    (folder / "p.json").unlink()
    await configuration.refresh()
    assert (preferred(configuration), codes(configuration)) == ((), ["config.profile_gone"])


async def test_a_file_is_written_whole_when_nobody_changed_it(folder: Path) -> None:
    configuration = Configuration(folder)
    first = json.dumps({"version": 1, **chat("a")})
    etag = await configuration.write("models.json", first, None)
    assert etag == etag_of(first.encode())
    assert (preferred(configuration), names(folder)) == (("a",), ["models.json"])
    assert (folder / "models.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(ConfigurationChanged) as refused:
        await configuration.write("models.json", "{}", None)
    assert refused.value.details == {"expected": None, "present": etag}
    write(folder, "models.json", chat("hand"))
    with pytest.raises(ConfigurationChanged) as refused:
        await configuration.write("models.json", "{}", etag)
    assert refused.value.details["expected"] == etag
    assert refused.value.details["present"] != etag
    assert "hand" in (folder / "models.json").read_text()
    assert names(folder) == ["models.json"]


async def test_a_text_that_does_not_hold_is_not_written(folder: Path) -> None:
    configuration = Configuration(folder)
    with pytest.raises(UnknownKey) as refused:
        await configuration.write("models.json", '{"version": 1,\n"x": 1}', None)
    assert refused.value.details["problems"][0]["line"] == 2
    assert names(folder) == []
    with pytest.raises(NoSuchFile):
        await configuration.write("../secrets.json", "{}", None)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationUnreadable, match=r"models\.json cannot be written"):
        save(tmp_path / "file" / "models.json", b"", None)


async def test_a_key_is_explained_with_what_was_discovered(folder: Path) -> None:
    write(folder, "models.json", {"model_profiles": {"box/a": {"capabilities": {"context_length": 9}}}})
    configuration = Configuration(
        folder, lambda: {"box/a": {"capabilities": {"context_length": 5, "model_source": "x"}}}
    )
    found = configuration.explain("model_profiles.box/a.capabilities.context_length")
    assert [(said.source, said.value) for said in found.levels if said.given] == [("discovered", 5), ("models.json", 9)]
    assert found.value == 9
    assert configuration.explain("model_profiles.box/a.capabilities.model_source").value == "x"
    # What is reported is not what a person says: it has a precedence of its own where models are known.
    assert configuration.preferences().capabilities["box/a"].model_source is None


def test_the_files_are_the_documented_ones() -> None:
    assert FILES == ("models.yaml", "models.json", "user_models.json")


async def test_models_that_are_named_in_vain_are_told_with_their_line(folder: Path) -> None:
    told: dict[str, Any] = {
        "role_mappings": {
            "chat": {"preferred": ["here:1b", "gone:1b"], "cloud_fallback": "far:gone"},
            "critic": {"preferred": ["gone:1b"], "by_difficulty": {"strong": "strong:1b", "weak": "here:1b"}},
        },
        "model_profiles": {"spoken:1b": {}, "taken-back:1b": None},
        "pools": {"p": ["here:1b", "member:1b"]},
        "fallbacks": {"first:1b": ["last:1b"], "unsaid:1b": None},
    }
    write(folder, "models.json", json.dumps({"version": 1, **told}, indent=1))
    configuration = Configuration(folder)
    assert codes(configuration) == [], "nobody looked yet"
    configuration.absent = lambda names: {name: f"No {name}." for name in names if name != "here:1b"}
    found = configuration.problems()
    assert {problem.code for problem in found} == {"config.model_not_here"}
    assert {problem.view()["key"]: problem.message for problem in found} == {
        "role_mappings.chat.preferred[1]": "No gone:1b.",
        "role_mappings.chat.cloud_fallback": "No far:gone.",
        "role_mappings.critic.by_difficulty.strong": "No strong:1b.",
        'model_profiles."spoken:1b"': "No spoken:1b.",
        "pools.p[1]": "No member:1b.",
        'fallbacks."first:1b"': "No first:1b.",
        'fallbacks."first:1b"[0]': "No last:1b.",
    }
    lines = (folder / "models.json").read_text().splitlines()
    for problem in found:
        name = problem.message.removeprefix("No ").removesuffix(".")
        assert problem.line is not None
        assert problem.column is not None
        assert name in lines[problem.line - 1][problem.column - 1 :]
    assert all(problem.warning for problem in found)
    assert preferred(configuration) == ("here:1b", "gone:1b"), "it counts all the same"
