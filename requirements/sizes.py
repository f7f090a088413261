"""Measures what Mecum and each of its extras weigh unpacked, and writes docs/reference/sizes.md.

Run by `make sizes`. Installs the locked versions for this machine's platform into empty folders; nothing else is
touched. A size is the sum of the files' bytes in MB of a million bytes, without the bytecode Python adds later.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
UV = ROOT / ".tools" / "bin" / "uv"
PAGE = ROOT / "docs" / "reference" / "sizes.md"
CORE_LIMIT = 150
SETUP_LIMIT = 400
HEAVY = 5

HEAD = f"""# What it weighs

Unpacked, in MB, measured by `make sizes` on {sys.platform} with the locked versions. The core may weigh
{CORE_LIMIT} MB, what `make setup` leaves behind {SETUP_LIMIT} MB.

| part | MB | packages of {HEAVY} MB and more |
|---|---:|---|
"""


def uv(*arguments: str | Path) -> str:
    """Run uv in the project; return what it printed."""
    command = [UV, *arguments, "--quiet"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603


def locked(*extras: str) -> str:
    """Return the requirements of the core with these extras, at the locked versions."""
    chosen = [word for extra in extras for word in ("--extra", extra)]
    return uv("pip", "compile", "pyproject.toml", "--no-header", "--constraints", "requirements/dev.txt", *chosen)


def weigh(requirements: str) -> Counter[str]:
    """Install requirements into an empty folder; return the bytes of each top-level entry."""
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder, "requirements.txt")
        listing.write_text(requirements)
        target = Path(folder, "target")
        uv("pip", "install", "--no-deps", "--target", target, "-r", listing)
        return entries(target)


def entries(folder: Path) -> Counter[str]:
    """Return the bytes below each entry of a folder, without bytecode and scripts."""
    sizes: Counter[str] = Counter()
    for base, _, files in os.walk(folder):
        top = Path(base).relative_to(folder).parts[:1]
        for name in files:
            if not name.endswith(".pyc"):
                sizes[top[0] if top else name] += Path(base, name).lstat().st_size
    return sizes


def row(part: str, sizes: Counter[str]) -> str:
    """Return one row of the table."""
    heavy = ", ".join(f"{name} {megabytes(size)}" for name, size in sizes.most_common() if megabytes(size) >= HEAVY)
    return f"| {part} | {megabytes(sizes.total())} | {heavy} |\n"


def megabytes(size: int) -> int:
    """Return bytes as whole MB."""
    return round(size / 1_000_000)


def main() -> None:
    """Measure, write the page, and fail if the core or the set-up is over its limit."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    core = weigh(locked()) + Counter({"mecum": entries(ROOT / "src" / "mecum").total()})
    rows = [row("`mecum`, with the page", core)]
    rows += [row(f"`mecum[{extra}]` adds", weigh(locked(extra)) - core) for extra in sorted(extras)]
    tools = weigh((ROOT / "requirements" / "tools.txt").read_text("utf-8"))
    setup = core + (weigh(locked("llama", "postgres")) - core) + tools
    rows.append(row("`make setup` leaves (core, llama, postgres; uv in `bin`)", setup))
    PAGE.write_text(HEAD + "".join(rows), "utf-8")
    sys.stdout.write("".join(rows))
    if megabytes(core.total()) > CORE_LIMIT or megabytes(setup.total()) > SETUP_LIMIT:
        sys.exit("over the limit")


if __name__ == "__main__":
    main()
