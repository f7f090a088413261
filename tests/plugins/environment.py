"""Keeps the person's own settings, folders and keyring out of the tests, and gives each test a data folder."""

import os
import tempfile
from pathlib import Path

import pytest

OURS = "MECUM_"
FOR_TESTS = "MECUM_TEST_"
FOREIGN = ("OPENAI_", "OLLAMA_", "ANTHROPIC_", "OTEL_", "PG")
FOLDERS = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")


def pytest_configure(config: pytest.Config) -> None:
    """Clear what would change the product's behaviour; point the platform's folders at an empty one.

    Done once: xdist's workers inherit it, and share one runtime folder, where the PostgreSQL wheel keeps its lock.
    """
    if hasattr(config, "workerinput"):
        return
    home = tempfile.TemporaryDirectory(prefix="mecum-home-")
    config.add_cleanup(home.cleanup)
    for name in list(os.environ):
        if name.startswith(FOREIGN) or (name.startswith(OURS) and not name.startswith(FOR_TESTS)):
            del os.environ[name]
    for name in FOLDERS:
        os.environ[name] = home.name
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """Return an empty, private folder for a store."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder
