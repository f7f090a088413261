"""Finds the Chromium of this machine for the browser tests; never downloads one."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_chromium() -> str | None:
    """Return the path of a Chromium: MECUM_TEST_CHROMIUM, or the first of the usual names."""
    candidates = [os.environ.get("MECUM_TEST_CHROMIUM", ""), *NAMES, *APPLICATIONS]
    return next((path for name in candidates if name and (path := shutil.which(name))), None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked `browser` where there is none; the last line of the run says so."""
    if item.get_closest_marker("browser") and find_chromium() is None:
        pytest.skip("no Chromium found")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the browser, for `launch(executable_path=…)`."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium found")
    return path
