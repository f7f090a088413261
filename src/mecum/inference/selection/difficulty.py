"""How difficult a question is, from its text alone, and a policy that sends the harder half to the stronger model.

The score is learned offline (`evals/difficulty.py` says how, and what it is worth) from word problems in English; of
other questions it is a guess. Nothing is sent anywhere to find out.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import orjson

_FILE: Final = Path(__file__).with_name("data") / "difficulty.json"
_MOST_CHARACTERS: Final = 20_000
_WORDS: Final = re.compile(r"[a-z']+")
_NUMBERS: Final = re.compile(r"\d{1,15}(?:[.,]\d{1,15}){0,5}")
_ENDS: Final = re.compile(r"[.!?]")
_KINDS: Final[dict[str, frozenset[str]]] = {
    "parts": frozenset(
        "half third thirds quarter quarters fifth twice double triple times percent percentage fraction ratio".split()
    ),
    "comparisons": frozenset("more less fewer than older younger longer taller faster as".split()),
    "rates": frozenset("each every per".split()),
    "remainders": frozenset("remaining rest left remainder remain".split()),
    "times": frozenset("hour hours minute minutes day days week weeks month months year years".split()),
    "money": frozenset(
        "dollars cost costs price pay paid sells sold buy bought profit earn earns spend spent discount tax".split()
    ),
    "sums": frozenset("total altogether combined all".split()),
    "conditions": frozenset("if then but only after before when while however instead".split()),
    "changes": frozenset("average rate speed interest increase decrease increased decreased".split()),
}
FEATURES: Final = (
    "characters", "words", "numbers", "sentences", "percent", "dollar", "slash", "decimals", "distinct", *_KINDS,
    "largest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over `FEATURES`, each less its mean and over its deviation; `middle` is the usual score."""

    means: tuple[float, ...]
    deviations: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    middle: float

    def score(self, features: tuple[float, ...]) -> float:
        """Return from 0 to 1 how likely it is that a stronger model is needed and enough."""
        terms = zip(self.weights, features, self.means, self.deviations, strict=True)
        # Far from what was learned from, a feature says no more than at its edge.
        total = self.bias + sum(w * min(max((x - mean) / deviation, -4), 4) for w, x, mean, deviation in terms)
        return 1 / (1 + math.exp(-min(max(total, -30.0), 30.0)))


def features(text: str) -> tuple[float, ...]:
    """Return what is counted of a text, by the order of `FEATURES`; of a long one, its end."""
    text = text[-_MOST_CHARACTERS:].lower()
    words, numbers = _WORDS.findall(text), _NUMBERS.findall(text)
    counts = (len(text), len(words), len(numbers), len(_ENDS.findall(text)))
    signs = (float("%" in text), float("$" in text), float("/" in text), float(sum("." in one for one in numbers)))
    kinds = (math.log1p(sum(word in kind for word in words)) for kind in _KINDS.values())
    largest = max((_value(one) for one in numbers), default=0.0)
    return (*map(math.log1p, counts), *signs, math.log1p(len(set(numbers))), *kinds, math.log1p(largest))


def difficulty(text: str) -> float:
    """Return from 0 to 1 how much a question needs a stronger model."""
    return _weights().score(features(text))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a question goes to the strong of two models, and what it rests on: its score and the usual one, how many
    were `asked` with it, and how many of those before it were `sent` to the strong model."""

    strong: bool
    score: float
    usual: float
    share: float
    asked: int
    sent: int

    @property
    def reason(self) -> str:
        """Return why, in a sentence."""
        numbers = f"by its text ({self.score:.2f}, usual is {self.usual:.2f})"
        if self.strong:
            return f"Harder than usual {numbers}, so the stronger of two models comes first."
        if self.score < self.usual:
            return f"Not harder than usual {numbers}, so the weaker of two models comes first."
        taken = f"{self.sent} of {self.asked - 1} questions went to the stronger model, whose share is {self.share:.0%}"
        return f"Harder than usual {numbers}, but {taken}: the weaker comes first."


class StrongShare:
    """Sends a question to the strong model when it is harder than usual, and never more than `share` of all so far.

    The same questions in the same order are sent the same way. One instance a pair of models.
    """

    def __init__(self, share: float = 0.5) -> None:
        if not 0 <= share <= 1:
            raise ValueError(f"a share goes from 0 to 1, not {share}")
        self._share = share
        self._asked = 0
        self._strong = 0

    def strong(self, text: str) -> bool:
        """Return whether this question goes to the strong model, and count it."""
        return self.counted(text).strong

    def counted(self, text: str) -> Verdict:
        """Return the verdict on this question, and count it."""
        found = self.weighed(text)
        self._asked, self._strong = self._asked + 1, self._strong + found.strong
        return found

    def weighed(self, text: str) -> Verdict:
        """Return the verdict on this question, were it asked next."""
        score, usual, asked = difficulty(text), _weights().middle, self._asked + 1
        strong = score >= usual and self._strong + 1 <= self._share * asked
        return Verdict(strong, score, usual, self._share, asked, self._strong)


def _value(number: str) -> float:
    plain = number.replace(",", "")
    return float(plain) if plain.count(".") <= 1 else 0.0


@lru_cache(maxsize=1)
def _weights() -> Weights:
    told = orjson.loads(_FILE.read_bytes())
    return Weights(
        tuple(told["means"]), tuple(told["deviations"]), tuple(told["weights"]), told["bias"], told["middle"]
    )
