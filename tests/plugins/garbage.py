"""Keeps the garbage collector from looking again and again at what collection made: it stays to the end of the run."""

import gc

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Set aside every module and test there is, and collect as rarely as the server does.

    Without this a sixth of the run's processor time goes into walking objects that no test lets go of. What a test
    leaves in a cycle is still collected, and still told as a warning, at the latest when the run ends.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
