"""How difficult a question is: the same for the same text, never more than the share, worth what is said of it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals import difficulty as judged
from mecum.inference.selection.difficulty import FEATURES, StrongShare, difficulty, features

EASY = "What is two plus two?"
HARD = (
    "A shop sells 14 pens for $3.50 each and 9 books, each costing twice as much as a pen. After a 15% discount on the "
    "books and 2/3 of the pens being returned, how much more did the shop earn from books than from the remaining pens?"
)


def test_a_longer_reckoning_is_harder() -> None:
    assert 0 < difficulty(EASY) < difficulty(HARD) < 1
    assert len(features(EASY)) == len(FEATURES)


@given(st.text() | st.text(alphabet="0123456789.,%$ ", max_size=3000))
def test_any_text_has_a_score(text: str) -> None:
    assert 0 <= difficulty(text) <= 1
    assert difficulty(text) == difficulty(text)


@given(st.lists(st.sampled_from([EASY, HARD, "", "9" * 500]), max_size=60), st.floats(0, 1))
def test_never_more_than_the_share_goes_to_the_strong_model(texts: list[str], share: float) -> None:
    policy, again = StrongShare(share), StrongShare(share)
    sent = 0
    for asked, text in enumerate(texts, 1):
        strong = policy.strong(text)
        assert again.strong(text) is strong
        sent += strong
        assert sent <= share * asked


def test_only_what_is_hard_goes_to_the_strong_model() -> None:
    policy = StrongShare()
    assert [policy.strong(text) for text in (EASY, HARD, HARD, HARD, EASY)] == [False, True, False, True, False]
    with pytest.raises(ValueError, match="from 0 to 1"):
        StrongShare(1.5)


@pytest.mark.slow
def test_it_is_worth_what_is_said_of_it(shared_data: Path) -> None:
    questions = judged.read(shared_data)
    at_random, by_length = judged.baselines(questions)
    held, (online, share) = judged.validated(questions), judged.running(questions)
    assert round(by_length, 3) == 0.779
    assert held > by_length > at_random > 0.741
    assert online > by_length
    assert share <= 0.5
    told = json.loads(judged.TARGET.read_text())
    assert told["cross_validated"] == round(held, 4)
    assert told["one_by_one"] == [round(online, 4), round(share, 4)]
    fitted = judged.fit(questions)
    assert told["weights"] == pytest.approx(fitted.weights, abs=1e-4)
