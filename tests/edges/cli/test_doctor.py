"""The checks of `mecum doctor`, one by one."""

from pathlib import Path
from typing import Any

import pytest

from fakes.command_line import Call
from fakes.mecum_server import Answer, ScriptedApp, problem
from fakes.upstream import Upstream
from mecum.edges.cli import doctor

REAL = {"ref": "ollama/x", "provider": "ollama", "available": True}
BUILT_IN = {"ref": "builtin/search", "provider": "builtin", "available": True}
SYSTEM: dict[str, Any] = {"version": "0.1.0", "database": "sqlite", "encryption": "key_file"}
MACHINE: dict[str, Any] = {
    "system": "Linux",
    "processor": {"name": "Test Core 9", "logical": 8, "physical": 4, "usable": 8.0},
    "memory": {"total": 64_000_000_000, "available": 3_000_000_000, "limit": 8_000_000_000, "capacity": 8_000_000_000},
    "disk": {"total": 10**12, "free": 4 * 10**11},
    "gpus": None,
    "temperatures": [{"name": "a", "celsius": 40.0}, {"name": "k10temp Tctl", "celsius": 54.5}],
    "batteries": [],
}
DEFAULT = {"ref": "ollama/x", "reason": "local"}


def test_this_python_will_do() -> None:
    assert doctor.python().state == "ok"


def test_every_extra_is_named() -> None:
    assert [finding.name for finding in doctor.extras()] == [
        "GGUF files (llama)",
        "PostgreSQL (postgres)",
    ]


def test_a_folder_that_is_not_there_yet_is_judged_by_its_parent(tmp_path: Path) -> None:
    finding = doctor.folder(tmp_path / "a" / "b")
    assert finding.state in ("ok", "warning")
    assert "GB free" in finding.says


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finding = doctor.folder(tmp_path / "file")
    assert (finding.state, finding.remedy is not None) == ("error", True)


@pytest.mark.parametrize(
    ("system", "state"),
    [
        (SYSTEM, "ok"),
        ({**SYSTEM, "encryption": "none"}, "warning"),
        ({**SYSTEM, "database": "postgresql", "encryption": "none"}, "warning"),
    ],
)
def test_encryption_is_judged(system: dict[str, Any], state: str) -> None:
    finding = doctor.encryption(system)
    assert (finding.state, finding.remedy is None) == (state, state == "ok")


@pytest.mark.parametrize(
    ("items", "state"), [([BUILT_IN], "warning"), ([{**REAL, "available": False}], "warning"), ([REAL, BUILT_IN], "ok")]
)
def test_models_are_judged(items: list[dict[str, Any]], state: str) -> None:
    ollama, models = doctor.models({"items": items, "default": DEFAULT}, ollama_runs=False)
    assert (ollama.state, models.state) == ("ok", state)


def test_ollama_is_looked_for_where_the_settings_say(upstream: Upstream) -> None:
    assert doctor.ollama(upstream.url)
    assert not doctor.ollama("http://127.0.0.1:9")


@pytest.mark.parametrize(("free", "state"), [(3_000_000_000, "ok"), (400_000_000, "warning")])
def test_the_machine_is_judged(free: int, state: str) -> None:
    finding = doctor.machine({**MACHINE, "memory": {**MACHINE["memory"], "available": free}})
    assert (finding.state, finding.remedy is None) == (state, state == "ok")
    assert finding.says.startswith("Test Core 9, 8 threads; memory: ")


def test_models_that_do_not_fit_are_named() -> None:
    large = {**REAL, "ref": "llama_cpp/large", "fits": False, "fit_reason": "Takes 40.1 GB."}
    findings = list(doctor.too_large([REAL, {**REAL, "fits": True}, large]))
    assert [(finding.state, finding.name, finding.says) for finding in findings] == [
        ("warning", "llama_cpp/large", "Takes 40.1 GB.")
    ]


def test_what_is_wrong_with_the_configuration_is_named() -> None:
    broken = {"file": "models.json", "line": 4, "key": "pools.p", "message": "The pool `p` has no model."}
    shown = {"problems": [{**broken, "warning": False}, {**broken, "line": None, "warning": True}]}
    fault, warning = doctor.configuration(shown)
    assert (fault.state, fault.says) == ("error", "models.json:4: pools.p: The pool `p` has no model.")
    assert (warning.state, warning.says) == ("warning", "models.json: pools.p: The pool `p` has no model.")
    assert fault.remedy
    (fine,) = doctor.configuration({"problems": [], "files": [{"name": "models.json", "exists": False}]})
    assert (fine.state, fine.says) == ("ok", "none written; the defaults hold")


def test_recent_errors_name_the_worst() -> None:
    assert doctor.recent_errors([]).state == "ok"
    seldom = {"code": "a", "count": 1, "last_at": "x", "message": "A."}
    finding = doctor.recent_errors([seldom, {**seldom, "code": "b", "count": 7}])
    assert (finding.state, "b 7 times" in finding.says) == ("warning", True)


def test_a_healthy_server_ends_with_0_or_says_what_is_red(app: ScriptedApp, ask: Call) -> None:
    app.answers |= {
        "GET /health/ready": Answer({"status": "ready"}),
        "GET /system": Answer(SYSTEM),
        "GET /hardware": Answer(MACHINE),
        "GET /models": Answer({"items": [REAL], "default": DEFAULT}),
        "GET /config": Answer({"problems": [], "files": [{"name": "models.json", "exists": True}]}),
        "GET /errors": Answer({"items": []}),
    }
    ended = ask("doctor", "--json")
    report = ended.json
    assert {check["name"] for check in report["checks"]} >= {
        "Python",
        "page",
        "database",
        "encryption",
        "machine",
        "models",
        "configuration",
        "errors",
    }
    assert ended.code == (0 if report["healthy"] else 1)
    assert ask("doctor").out.startswith("ok   Python: ")


def test_a_sick_server_ends_with_1(app: ScriptedApp, ask: Call) -> None:
    app.answers["GET /health/ready"] = problem(503, "storage.damaged", "The database is damaged.")
    ended = ask("doctor")
    assert ended.code == 1
    assert "FAIL application: The database is damaged." in ended.out
