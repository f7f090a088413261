"""Completes web/package-lock.json with the packages for other platforms that npm could not look up.

Some mirrors carry only the packages of their own platform. npm then writes a lock without the others, and `npm ci`
refuses that lock. Here they get their pinned version, and the platform that their name tells, so that they are
installed where they belong and skipped everywhere else.
"""

import json
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[1] / "web" / "package-lock.json"
SYSTEMS = ("android", "darwin", "freebsd", "linux", "openbsd", "openharmony", "win32")
PROCESSORS = ("arm64", "arm", "ia32", "loong64", "ppc64", "riscv64", "s390x", "wasm32", "x64")


def is_locked(packages: dict[str, Any], dependant: str, name: str) -> bool:
    """Whether Node, looking from `dependant` upwards, finds `name` in the lock."""
    base = dependant
    while base:
        if f"{base}/node_modules/{name}" in packages:
            return True
        base = base.rpartition("/node_modules/")[0] if "/node_modules/" in base else ""
    return f"node_modules/{name}" in packages


def entry(name: str, version: str, dependant: dict[str, Any]) -> dict[str, Any]:
    """Return the lock's entry for a package that is named after its platform, like `x-linux-arm64-musl`."""
    words = name.rpartition("/")[2].split("-")
    found: dict[str, Any] = {"version": version, "cpu": [word for word in words if word in PROCESSORS]}
    if dependant.get("dev"):
        found["dev"] = True
    found["optional"] = True
    if systems := [word for word in words if word in SYSTEMS]:
        found["os"] = systems
    if "linux" in words and words[-1] in ("gnu", "musl"):
        found["libc"] = [{"gnu": "glibc", "musl": "musl"}[words[-1]]]
    return found


def complete(packages: dict[str, Any]) -> dict[str, Any]:
    """Return the packages with every optional dependency present; npm sorts them when it writes the lock next."""
    added = {
        f"node_modules/{name}": entry(name, version, dependant)
        for path, dependant in packages.items()
        for name, version in dependant.get("optionalDependencies", {}).items()
        if not is_locked(packages, path, name)
    }
    return {**packages, **added}


def main() -> None:
    """Rewrite the lock; refuse one that names where its packages came from."""
    lock = json.loads(LOCK.read_text("utf-8"))
    lock["packages"] = complete(lock["packages"])
    if any("resolved" in package for package in lock["packages"].values()):
        sys.exit("web/package-lock.json names an address: web/.npmrc should say omit-lockfile-registry-resolved=true")
    LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
