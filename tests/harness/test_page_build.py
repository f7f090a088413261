"""The build of the page, with a page of one file and the real Node, in a folder of its own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import { mkdirSync, readFileSync, writeFileSync, appendFileSync } from 'node:fs';
mkdirSync('dist', { recursive: true });
writeFileSync('dist/index.html', readFileSync('src/text', 'utf8'));
appendFileSync('../builds', 'x');
"""
BUILT = Path("src/mecum/infra/web/page/index.html")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project that has only the build hook and a page."""
    shutil.copy(ROOT / "hatch_build.py", tmp_path)
    source = tmp_path / "web" / "src"
    source.mkdir(parents=True)
    (tmp_path / BUILT).parent.parent.mkdir(parents=True)
    about = {"name": "page", "version": "1.0.0", "scripts": {"build": "node build.mjs"}}
    lock = {"name": "page", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": about}}
    (tmp_path / "web" / "package.json").write_text(json.dumps(about))
    (tmp_path / "web" / "package-lock.json").write_text(json.dumps(lock))
    (tmp_path / "web" / "build.mjs").write_text(SCRIPT)
    (source / "text").write_text("one")
    return tmp_path


def hook(project: Path, task: str) -> subprocess.CompletedProcess[str]:
    """Run the build hook as make does."""
    command = [sys.executable, "hatch_build.py", task]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
def test_a_page_is_built_once_and_again_after_a_change(project: Path) -> None:
    assert hook(project, "is-current").returncode == 1
    assert hook(project, "build").returncode == 0
    assert hook(project, "build").returncode == 0
    assert hook(project, "is-current").returncode == 0
    assert (project / BUILT).read_text() == "one"
    assert (project / "builds").read_text() == "x"

    (project / "web" / "src" / "text").write_text("two")
    assert hook(project, "is-current").returncode == 1
    assert hook(project, "build").returncode == 0
    assert (project / BUILT).read_text() == "two"


@pytest.mark.slow
def test_tidy_removes_what_only_building_needs(project: Path) -> None:
    hook(project, "build")
    assert (project / "web" / "node_modules").is_dir()
    assert hook(project, "tidy").returncode == 0
    assert not (project / "web" / "node_modules").exists()
    assert hook(project, "is-current").returncode == 0


def test_a_failing_build_fails_the_wheel(project: Path) -> None:
    (project / "web" / "package.json").unlink()
    done = hook(project, "build")
    assert done.returncode == 1
    assert "web/package.json is missing" in done.stderr
