"""The import contracts hold, and each of them notices when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What a careless change might add: the file, the line, and what import-linter must say about it.
OFFENCES = [
    ("kernel/ids.py", "import mecum.infra.storage", "mecum.kernel.ids -> mecum.infra.storage"),
    ("infra/jobs/late.py", "import mecum.edges.cli", "mecum.infra.jobs.late -> mecum.edges.cli"),
    ("inference/late.py", "from mecum.domains.runs import api", "mecum.inference.late -> mecum.domains.runs.api"),
    ("utils.py", "", "- mecum.utils"),
    ("domains/identity/api.py", "from mecum.domains.runs import events", "mecum.domains.identity.api -> "),
    ("domains/privacy/helpers.py", "", "- mecum.domains.privacy.helpers"),
    ("domains/privacy/model.py", "import mecum.domains.privacy.service", "privacy.model -> mecum.domains.privacy.s"),
    ("domains/privacy/service.py", "", ""),
    ("engine/late.py", "", "- mecum.engine.late"),
    (
        "engine/chat/late.py",
        "import mecum.domains.runs.repository",
        "mecum.engine.chat.late must not import mecum.domains.runs.repository",
    ),
    (
        "edges/http/late.py",
        "import mecum.domains.privacy.service",
        "mecum.edges.http.late must not import mecum.domains.privacy.service",
    ),
    ("engine/chat/stages/one.py", "import mecum.engine.chat.stages.two", "stages.one -> mecum.engine.chat.stages.two"),
    ("engine/chat/stages/two.py", "", ""),
    ("integrations/one/chat.py", "import mecum.integrations.two.chat", "one.chat -> mecum.integrations.two.chat"),
    ("integrations/two/chat.py", "import redis", ""),
    ("domains/runs/rules.py", "import fastapi", "mecum.domains.runs.rules must not import fastapi"),
    ("domains/runs/ports.py", "import sqlalchemy", "mecum.domains.runs.ports must not import sqlalchemy"),
    ("infra/blobs/late.py", "import opentelemetry.trace", "mecum.infra.blobs.late must not import opentelemetry"),
    ("integrations/two/embed.py", "import httpx", "mecum.integrations.two.embed must not import httpx"),
    ("infra/jobs/ring.py", "import mecum.infra.blobs.ring", ""),
    ("infra/blobs/ring.py", "import mecum.infra.jobs.ring", "mecum.infra"),
]


def lint(folder: Path) -> str:
    """Run import-linter on the package in a folder; return what it printed, line breaks taken out."""
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", script, "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
    )
    assert done.returncode in (0, 1), done.stderr
    return " ".join((done.stdout + done.stderr).split())


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return import-linter's words about a copy of the package with every offence in it."""
    folder = tmp_path_factory.mktemp("offences")
    shutil.copytree(ROOT / "src" / "mecum", folder / "mecum", ignore=shutil.ignore_patterns("page", "__pycache__"))
    shutil.copytree(ROOT / "tests" / "architecture", folder / "tests" / "architecture")
    shutil.copy(ROOT / ".importlinter", folder)
    for name, line, _ in OFFENCES:
        file = folder / "mecum" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        with file.open("a") as source:
            source.write(f"\n{line}\n")
    return lint(folder)


def contracts() -> list[str]:
    """Return the names of the contracts."""
    lines = (ROOT / ".importlinter").read_text().splitlines()
    return [line.removeprefix("name = ") for line in lines if line.startswith("name = ")]


@pytest.mark.parametrize("name", contracts())
def test_every_contract_can_break(verdict: str, name: str) -> None:
    assert f"{name} BROKEN" in verdict


@pytest.mark.parametrize("said", [said for *_, said in OFFENCES if said])
def test_every_offence_is_named(verdict: str, said: str) -> None:
    assert said in verdict


def test_the_contracts_hold() -> None:
    verdict = lint(ROOT)
    assert " 0 broken" in verdict, verdict
