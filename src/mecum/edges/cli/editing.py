"""A text as the person's editor made it; what is then refused is kept, and said where."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click

from mecum.edges.cli import findings, render


@contextmanager
def edited(text: str, file: Path | None, extension: str) -> Generator[str | None]:
    """Yield the text that is in `file`, or what the person's editor makes of `text`; None when it was not saved.

    Where what is done with it fails, an edited one is kept as a file of its own.
    """
    if file is not None:
        yield findings.text_of(file)
        return
    said = click.edit(text, extension=extension)
    taken = said is None or said == text
    try:
        yield said
        taken = True
    finally:
        if not taken and said is not None:
            render.notice(
                f"What you wrote is kept in {_kept(said, extension)}; mend it there and say --from that file."
            )


def _kept(text: str, extension: str) -> str:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", prefix="mecum-", suffix=extension, delete=False
    ) as kept:
        kept.write(text)
    return kept.name
