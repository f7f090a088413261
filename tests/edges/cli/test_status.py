"""`mecum status`: what it asks for, and how a machine is put into words."""

from typing import Any

from fakes.command_line import Call
from fakes.mecum_server import Answer, ScriptedApp
from mecum.edges.cli import machine

SYSTEM = {"version": "0.1.0", "data_folder": "/data", "network": "local only"}
REASON = "Takes 3.3 GB with 8,192 tokens of context; 11.2 GB are free."
MODEL = {"ref": "llama_cpp/x", "fit_reason": REASON}
BUILT_IN = {"ref": "builtin/search", "fit_reason": None}
MACHINE: dict[str, Any] = {
    "system": "Linux",
    "processor": {"name": "Test Core 9", "logical": 8, "physical": 4, "usable": 1.5},
    "memory": {"total": 64_000_000_000, "available": 3_000_000_000, "limit": 8_000_000_000, "capacity": 8_000_000_000},
    "disk": {"total": 10**12, "free": 4 * 10**11},
    "gpus": [
        {"name": "A", "memory_total": 8_000_000_000, "memory_free": 7_000_000_000, "shared": False},
        {"name": "B", "memory_total": None, "memory_free": None, "shared": None},
        {"name": "C", "memory_total": 16_000_000_000, "memory_free": None, "shared": True},
    ],
    "temperatures": [{"name": "a", "celsius": 40.0}, {"name": "k10temp Tctl", "celsius": 54.5}],
    "batteries": [{"percent": 83, "charging": False}],
}
ROLES: list[dict[str, Any]] = [
    {"role": "chat", "chosen": "llama_cpp/x", "problem": None},
    {"role": "vision", "chosen": None, "problem": "no model sees"},
    {"role": "speaker", "chosen": None, "problem": None},
]
NOTHING: dict[str, Any] = {
    "processor": {"name": None, "logical": None, "physical": None, "usable": None},
    "memory": {"total": 10**9, "available": 10**9, "limit": None, "capacity": 10**9},
    "disk": None,
    "gpus": None,
    "temperatures": None,
    "batteries": None,
}


def serve(app: ScriptedApp) -> None:
    """Let the server answer."""
    default = {"ref": "llama_cpp/x", "reason": "local"}
    app.answers |= {
        "GET /system": Answer(SYSTEM),
        "GET /hardware": Answer(MACHINE),
        "GET /models": Answer({"items": [MODEL, BUILT_IN], "default": default}),
        "GET /roles": Answer({"items": ROLES}),
        "GET /privacy/policy": Answer({"mode": "ask"}),
    }


def test_in_lines(app: ScriptedApp, ask: Call) -> None:
    serve(app)
    told = dict(line.split("\t", 1) for line in ask("status").out.splitlines())
    assert told["version"] == "0.1.0"
    assert told["processor"] == "Test Core 9, 8 threads, 1.5 of them for this container"
    assert told["memory"] == "3.0 GB free of 8.0 GB, the limit of this container"
    assert told["graphics"] == "A (7.0 GB free of 8.0 GB), B, C (16.0 GB shared)"
    assert told["disk"] == "400.0 GB free of 1000.0 GB"
    assert told["temperature"] == "54 °C (k10temp Tctl)"
    assert told["battery"] == "83 %, draining"
    assert told["models"] == "2; llama_cpp/x answers by itself (local)"
    assert told["llama_cpp/x"] == REASON
    assert "builtin/search" not in told
    assert told["roles"] == "1 of 3 filled"
    assert (told["role chat"], told["role vision"]) == ("llama_cpp/x", "no model sees")
    assert told["policy"] == "ask: only to model servers you agreed to"


def test_as_json(app: ScriptedApp, ask: Call) -> None:
    serve(app)
    assert ask("status", "--json").json["hardware"] == MACHINE


def test_what_is_unknown_is_said_to_be() -> None:
    told = dict(machine.lines(NOTHING))
    assert told.pop("memory") == "1.0 GB free of 1.0 GB"
    assert set(told.values()) == {"unknown"}
    assert dict(machine.lines({**NOTHING, "gpus": [], "batteries": []}))["graphics"] == "none"
