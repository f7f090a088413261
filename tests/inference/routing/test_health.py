"""When a member of a pool may be asked, and how long an answer takes there."""

from itertools import pairwise

from mecum.inference.errors import ModelLimited, ModelUnavailable
from mecum.inference.routing.health import Health


class Now:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def member(ref: str = "a/m") -> tuple[Health, Now]:
    """Return a member and its clock."""
    now = Now()
    return Health(ref, now), now


def test_every_failure_in_a_row_pauses_it_longer() -> None:
    health, now = member()
    pauses: list[float] = []
    for _ in range(12):
        health.failed(ModelUnavailable())
        pauses.append(health.out_until - now.at)
        assert not health.ready
        now.at = health.out_until
        assert health.ready
    assert 0.25 <= pauses[0] <= 0.5
    assert all(later > sooner for sooner, later in pairwise(pauses[:7]))
    assert 30 <= pauses[-1] <= 60
    again, _ = member()
    again.failed(ModelUnavailable())
    assert again.out_until - 1000.0 == pauses[0], "the same every time"
    other, _ = member("b/m")
    other.failed(ModelUnavailable())
    assert other.out_until - 1000.0 != pauses[0], "not the same for everybody"


def test_what_falls_together_is_one_failure() -> None:
    health, now = member()
    for _ in range(50):
        health.failed(ModelUnavailable())
    assert health.failures == 1
    assert health.rest <= 0.5
    now.at += 0.5
    health.failed(ModelUnavailable())
    assert health.failures == 2


def test_one_request_finds_out_whether_it_is_back() -> None:
    health, now = member()
    health.failed(ModelUnavailable())
    now.at += 60
    trial = health.begin()
    assert not health.ready
    health.end(trial)
    assert health.ready, "who left found out nothing"
    trial = health.begin()
    health.first(trial)
    assert health.ready
    assert health.failures == 0
    health.end(trial)


def test_what_it_says_itself_counts() -> None:
    health, now = member()
    health.failed(ModelLimited(retry_after=7))
    assert (health.told, health.rest) == (True, 7)
    health.failed(ModelLimited(retry_after=1e9))
    assert health.rest == 3600
    now.at += 3600
    health.failed(ModelLimited())
    assert not health.told


def test_the_wait_is_measured_mixed_and_forgotten() -> None:
    health, now = member()
    assert (health.measured, health.expected(0.2)) == (None, 0.2)
    for wait in (1.0, 2.0):
        one = health.begin()
        now.at += wait
        assert health.expected(0.2) >= wait, "who waits is seen before anything is measured"
        health.first(one)
        health.end(one)
    assert health.measured == 1.3
    health.speed(10, 1.0)
    assert health.measured == 1.3 + 100 * 0.1
    now.at += 30
    assert health.measured == (1.3 + 10) / 2
