"""Fits and judges the score of `inference.selection.difficulty` on GSM8K: which questions does the stronger model gain?

    python -m evals.difficulty /path/to/data            judges it
    python -m evals.difficulty /path/to/data --write    and writes the weights, fitted on all questions

reads `routing/gsm8k_responses.csv` there: for each question, whether a weak model (Mixtral 8x7B) and a strong one
(GPT-4) answered it right. What is learned is whether the strong one was right where the weak one was not, from the text
of the question alone: a logistic regression with a ridge penalty, found by Newton's method. Judged by ten-fold
cross-validation over three shuffles: a question is scored by weights that were fitted without it.
"""

import csv
import json
import math
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from mecum.inference.selection.difficulty import FEATURES, Weights, features

TARGET: Final = Path(__file__).resolve().parents[1] / "src/mecum/inference/selection/data/difficulty.json"
PENALTY: Final = 30.0
FOLDS: Final = 10
SHUFFLES: Final = (0, 1, 2)
_STEPS: Final = 20
_WEAK, _STRONG = "mistralai/Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview"


@dataclass(frozen=True, slots=True)
class Question:
    """A question's text and features, and who answered it right."""

    text: str
    features: tuple[float, ...]
    weak: bool
    strong: bool


Score = Callable[[Question], float]


def read(data: Path) -> list[Question]:
    """Return the questions in the folder of shared data."""
    with (data / "routing" / "gsm8k_responses.csv").open(newline="", encoding="utf-8") as file:
        return [
            Question(row["prompt"], features(row["prompt"]), row[_WEAK] == "True", row[_STRONG] == "True")
            for row in csv.DictReader(file)
        ]


def fit(questions: Sequence[Question], penalty: float = PENALTY) -> Weights:
    """Return weights fitted on these questions."""
    columns = list(zip(*(one.features for one in questions), strict=True))
    means = [sum(column) / len(column) for column in columns]
    deviations = [
        math.sqrt(sum((x - mean) ** 2 for x in column) / len(column)) or 1.0
        for column, mean in zip(columns, means, strict=True)
    ]
    rows = [[1.0, *((x - m) / d for x, m, d in zip(one.features, means, deviations, strict=True))] for one in questions]
    gains = [float(one.strong and not one.weak) for one in questions]
    found = _newton(rows, gains, penalty)
    fitted = Weights(tuple(means), tuple(deviations), tuple(found[1:]), found[0], 0.0)
    middle = median(fitted.score(one.features) for one in questions)
    return Weights(fitted.means, fitted.deviations, fitted.weights, fitted.bias, middle)


def accuracy(questions: Sequence[Question], score: Score) -> float:
    """Return the share answered right when the half that scores highest goes to the strong model."""
    ranked = sorted(range(len(questions)), key=lambda at: (-score(questions[at]), at))
    strong = set(ranked[: len(questions) // 2])
    return sum(one.strong if at in strong else one.weak for at, one in enumerate(questions)) / len(questions)


def validated(questions: Sequence[Question]) -> float:
    """Return the accuracy on questions that the weights were fitted without, over all folds and shuffles."""
    right = 0.0
    for seed in SHUFFLES:
        order = list(questions)
        random.Random(seed).shuffle(order)
        for fold in range(FOLDS):
            held = order[fold::FOLDS]
            weights = fit([one for at, one in enumerate(order) if at % FOLDS != fold])
            right += accuracy(held, lambda one, by=weights: by.score(one.features)) * len(held)
    return right / len(SHUFFLES) / len(questions)


def running(questions: Sequence[Question]) -> tuple[float, float]:
    """Return accuracy and share of strong calls when questions come one by one and at most half go to the strong model,
    each fold judged by the others: what `StrongShare` does."""
    right = strong = 0
    for seed in SHUFFLES:
        order = list(questions)
        random.Random(seed).shuffle(order)
        for fold in range(FOLDS):
            weights = fit([one for at, one in enumerate(order) if at % FOLDS != fold])
            sent = 0
            for asked, one in enumerate(order[fold::FOLDS], 1):
                hard = weights.score(one.features) >= weights.middle and sent + 1 <= asked / 2
                sent += hard
                right += one.strong if hard else one.weak
            strong += sent
    asked = len(SHUFFLES) * len(questions)
    return right / asked, strong / asked


def baselines(questions: Sequence[Question]) -> tuple[float, float]:
    """Return the accuracy of a random half, in the mean, and of the longer half of the prompts."""
    mean = sum(one.weak + one.strong for one in questions) / 2 / len(questions)
    return mean, accuracy(questions, lambda one: len(one.text))


def main(arguments: Sequence[str]) -> int:
    """Judge the score, and write the weights when asked to."""
    questions = read(Path(arguments[0]))
    at_random, by_length = baselines(questions)
    held, (online, share) = validated(questions), running(questions)
    sys.stdout.write(
        f"{len(questions)} questions, half of them to the strong model: at random {at_random:.3f}, "
        f"by length {by_length:.3f}, by difficulty {held:.3f} (cross-validated); one by one {online:.3f} "
        f"with {share:.1%} strong\n"
    )
    if "--write" in arguments:
        _write(fit(questions), held, online, share)
    return 0


def _write(weights: Weights, held: float, online: float, share: float) -> None:
    told: dict[str, Any] = {
        "how": "evals/difficulty.py, on the GSM8K answers published with RouteLLM (Apache-2.0; GSM8K: MIT)",
        "cross_validated": round(held, 4),
        "one_by_one": [round(online, 4), round(share, 4)],
        "features": FEATURES,
        "means": [round(value, 6) for value in weights.means],
        "deviations": [round(value, 6) for value in weights.deviations],
        "weights": [round(value, 6) for value in weights.weights],
        "bias": round(weights.bias, 6),
        "middle": round(weights.middle, 6),
    }
    TARGET.write_text(json.dumps(told, indent=1) + "\n")


def _newton(rows: Sequence[Sequence[float]], wanted: Sequence[float], penalty: float) -> list[float]:
    """Return the weights (the bias first, not penalised) of a logistic regression."""
    size = len(rows[0])
    found = [0.0] * size
    for _ in range(_STEPS):
        slope, curve = [0.0] * size, [[0.0] * size for _ in range(size)]
        for row, target in zip(rows, wanted, strict=True):
            said = 1 / (1 + math.exp(-sum(w * x for w, x in zip(found, row, strict=True))))
            for i, x in enumerate(row):
                slope[i] += (target - said) * x
                weight = said * (1 - said) * x
                for j in range(i + 1):
                    curve[i][j] += weight * row[j]
        for i in range(size):
            slope[i] -= penalty * found[i] if i else 0.0
            curve[i][i] += penalty if i else 1e-9
            for j in range(i):
                curve[j][i] = curve[i][j]
        step = _solved(curve, slope)
        found = [a + b for a, b in zip(found, step, strict=True)]
        if max(map(abs, step)) < 1e-8:
            break
    return found


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return x of matrix·x = right, by elimination with pivots."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda at: abs(rows[at][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for other in range(i + 1, size):
            factor = rows[other][i] / rows[i][i]
            rows[other] = [a - factor * b for a, b in zip(rows[other], rows[i], strict=True)]
    found = [0.0] * size
    for i in reversed(range(size)):
        known = sum(rows[i][j] * found[j] for j in range(i + 1, size))
        found[i] = (rows[i][size] - known) / rows[i][i]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
