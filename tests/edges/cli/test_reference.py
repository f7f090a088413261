"""docs/reference/cli.md says what the commands say."""

from pathlib import Path

from mecum.edges.cli.reference import markdown

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), (
        "run: .venv/bin/python -m mecum.edges.cli.reference > docs/reference/cli.md"
    )
