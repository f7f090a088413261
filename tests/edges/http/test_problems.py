"""What becomes of errors that are none of ours."""

import errno
import os

import pytest

from mecum.edges.http.problems import status_of, translated


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_whoever_met_it(reason: int) -> None:
    said = translated(OSError(reason, os.strerror(reason)))
    assert (said.code, status_of(said)) == ("store.full", 503)


def test_another_fault_of_the_disk_is_ours() -> None:
    assert translated(OSError(errno.EIO, os.strerror(errno.EIO))).code == "internal.error"
