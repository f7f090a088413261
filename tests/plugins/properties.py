"""Property tests: no deadline for a single example on a shared machine, and fewer examples where cases are few."""

import hypothesis
import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples a property is tried with; a failure prints how to repeat it."""
    quick = bool(config.getoption("cases", 0))
    hypothesis.settings.register_profile("mecum", deadline=None, print_blob=True, max_examples=20 if quick else 100)
    hypothesis.settings.load_profile("mecum")
