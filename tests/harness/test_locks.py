"""The lock files pin everything, agree with each other, and name no address."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import page_lock

ROOT = Path(__file__).parents[2]
LOCKS = ("dev", "run", "tools", "uv", "node")


def text(name: str) -> str:
    """Return a lock file's text."""
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")


def pins(name: str) -> dict[str, str]:
    """Return the version of each package in a lock file."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text(name), re.MULTILINE))


def page_packages() -> dict[str, Any]:
    """Return the packages of the page's lock."""
    return json.loads(page_lock.LOCK.read_text("utf-8"))["packages"]


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_and_a_hash_for_each_package(name: str) -> None:
    content = text(name)
    assert "://" not in content
    assert all("--hash=sha256:" in block for block in re.split(r"^(?=[a-z])", content, flags=re.MULTILINE) if block)


def test_what_is_tested_is_what_is_installed() -> None:
    assert pins("run").items() <= pins("dev").items()


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = project["dependencies"] + extras["llama"] + extras["postgres"]
    names = {re.split(r"[\[<>=;! ]", requirement)[0] for requirement in asked}
    assert names <= pins("run").keys()


def test_the_build_uses_what_is_locked() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    locked = pins("tools") | pins("node")
    assert [f"{name}=={locked[name]}" for name in (requirement.split("==")[0] for requirement in build)] == build


def test_the_pages_lock_has_every_platform_and_no_address() -> None:
    packages = page_packages()
    assert page_lock.complete(packages) == packages
    assert not [path for path, package in packages.items() if "resolved" in package]


def test_a_package_for_another_platform_is_put_back() -> None:
    packages = {
        "node_modules/a": {"version": "1.0.0", "dev": True, "optionalDependencies": {"@a/linux-x64-musl": "1.0.0"}},
    }
    assert page_lock.complete(packages)["node_modules/@a/linux-x64-musl"] == {
        "version": "1.0.0",
        "cpu": ["x64"],
        "dev": True,
        "optional": True,
        "os": ["linux"],
        "libc": ["musl"],
    }
