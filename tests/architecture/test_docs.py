"""The architecture's page names rooms that exist, and leaves none out."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "mecum"
DOCS = ROOT / "docs"
PAGE = (DOCS / "concepts" / "architecture.md").read_text("utf-8")
NAMED = set(re.findall(r"`([a-z_][a-z0-9_./]*(?:/|\.py))`", PAGE))
WITH_ROOMS = ("edges", "engine", "domains", "infra", "integrations")


def rooms_in(folder: Path) -> set[str]:
    """Return the rooms of a folder as the page writes them: `infra/net/`, `settings.py`."""
    found = [file.parent for file in folder.glob("*/__init__.py")]
    found += [file for file in folder.glob("*.py") if folder == PACKAGE and file.name != "__init__.py"]
    return {path.relative_to(PACKAGE).as_posix() + "/" * path.is_dir() for path in found}


def test_every_room_named_exists() -> None:
    assert len(NAMED) > 20
    missing = {name for name in NAMED if not (PACKAGE / name).exists() and not (ROOT / name).exists()}
    assert not missing, f"docs/concepts/architecture.md names what is not there: {sorted(missing)}"


def test_every_room_is_named() -> None:
    rooms = rooms_in(PACKAGE).union(*(rooms_in(PACKAGE / name) for name in WITH_ROOMS))
    unnamed = rooms - NAMED
    assert not unnamed, f"docs/concepts/architecture.md does not name {sorted(unnamed)}"


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken
